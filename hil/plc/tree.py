"""The typed tree: every name resolved, every conversion written out; what the lowering reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from hil.plc import layout
from hil.plc.diagnostics import Source
from hil.plc.profiles import Profile
from hil.plc.types import Field, Scalar, Struct, Type, machine

Value = int | float | bytes


@dataclass(slots=True, eq=False)
class Variable:
    """A variable of a unit of organisation.

    `storage`: `self` (at `offset` in the instance), `absolute` (at `offset` in the program's memory), `local`
    (a register of one call, or static memory if it is no scalar), `reference` (an in-out: a pointer).
    """

    name: str
    type: Type
    section: str
    storage: str
    at: int
    offset: int = 0
    image: bytes = b""  # initial value
    constant: Const | None = None
    unit: str = ""
    location: str = ""  # the address behind AT
    retain: bool = False
    read: bool = False
    written: bool = False
    pointed: bool = False  # a pointer may point to it
    access: str = ""  # PRIVATE or PROTECTED
    addressed: bool = False  # its address is given to a call, so it must stay in memory
    fixed: bool = False  # CONSTANT, but a declaration or a caller gives the value
    far: bool = False  # at an address that need not suit its type
    bit: tuple[Variable, int] | None = None  # a located BOOL under a wider variable: a bit of this byte


@dataclass(slots=True, eq=False)
class Pou:
    """A program organisation unit with its variables in the order of declaration, by name in capitals."""

    name: str
    kind: str
    source: Source
    at: int
    variables: dict[str, Variable] = field(default_factory=dict)
    memory: Struct | None = None  # of a program or function block
    result: Variable | None = None
    body: list[Statement] = field(default_factory=list)
    calls: dict[str, tuple[Pou, int]] = field(default_factory=dict)  # callee by name, and a place of the call
    owner: Pou | None = None  # of a method, property or action
    bases: list[Pou] = field(default_factory=list)  # what it extends; of an interface perhaps several
    virtual: dict[str, Pou] = field(default_factory=dict)  # methods that it calls on objects of unknown type
    number: int = 0  # of a class: what its objects begin with
    abstract: bool = False
    final: bool = False  # of a member: those that extend its unit keep it as it is
    override: bool = False  # of a member: it replaces one of a base
    access: str = ""  # of a member: PRIVATE or PROTECTED
    exposed: bool = False  # others may change its variables while its body runs
    unknown_base: bool = False  # it was reported; what this unit has is not known
    reentrant: bool = False  # may call itself by way of objects: refused when it happens
    statics: list[Variable] = field(default_factory=list)  # VAR_STAT
    declared: str = ""  # the name of a member as it was declared

    @property
    def short(self) -> str:
        """A member's name as it was declared, without its unit; of a part of a property that of the property."""
        return self.declared or self.name.rpartition(".")[2]

    def section(self, *names: str) -> list[Variable]:
        """The variables of these sections, in order."""
        return [one for one in self.variables.values() if one.section in names]


# ---- expressions; `at` is the place that a fault names


@dataclass(slots=True)
class Const:
    """A constant."""

    type: Type
    at: int
    value: Value


@dataclass(slots=True)
class VariableRef:
    """A variable."""

    type: Type
    at: int
    variable: Variable


@dataclass(slots=True)
class FieldRef:
    """A member of a structure or an instance."""

    type: Type
    at: int
    base: Place
    name: str
    offset: int


@dataclass(slots=True)
class ElementRef:
    """An element of an array."""

    type: Type
    at: int
    base: Place
    indexes: list[Expr]
    text: str  # the array in the words of the program


@dataclass(slots=True)
class DerefRef:
    """What a pointer or reference points to."""

    type: Type
    at: int
    pointer: Expr
    text: str


@dataclass(slots=True)
class ValueRef:
    """A value where a path goes on: the result of a call."""

    type: Type
    at: int
    value: Expr


@dataclass(slots=True)
class CastRef:
    """The same bytes as another type."""

    type: Type
    at: int
    base: Place


@dataclass(slots=True)
class PartRef:
    """`bits` bits from bit `shift` upwards of a bit string or whole number."""

    type: Type
    at: int
    base: Place
    bits: int
    shift: int


@dataclass(slots=True)
class Convert:
    """The value in another elementary type; `truncate` cuts a real towards zero instead of to the nearest.

    `temporary`: the operand is an intermediate result that the next operator takes as it is (temporaries.py).
    """

    type: Type
    at: int
    operand: Expr
    truncate: bool = False
    temporary: bool = False


@dataclass(slots=True)
class RangeCheck:
    """The value, or a fault when it is outside the subrange `type`."""

    type: Type
    at: int
    operand: Expr
    text: str


@dataclass(slots=True)
class Operation:
    """An operator on operands of one type; NEG is minus, *T and /T scale a duration."""

    type: Type
    at: int
    op: str
    operands: list[Expr]


@dataclass(slots=True)
class Standard:
    """A standard function that is no operator."""

    type: Type
    at: int
    name: str
    operands: list[Expr]


@dataclass(slots=True)
class AddressOf:
    """The offset of a place in the program's memory."""

    type: Type
    at: int
    place: Place


@dataclass(slots=True)
class Attempt:
    """An object's address when it has the class or interface `name`, or 0."""

    type: Type
    at: int
    operand: Expr
    name: str


@dataclass(slots=True)
class Sequence:
    """Statements that run first, then the value."""

    type: Type
    at: int
    body: list[Statement]
    value: Expr


@dataclass(slots=True)
class Bound:
    """LOWER_BOUND or UPPER_BOUND of an ARRAY [*]."""

    type: Type
    at: int
    variable: Variable
    dimension: int
    upper: bool


@dataclass(slots=True)
class CallFunction:
    """`inputs` follow the function's inputs, `references` its outputs and in-outs (None: not wanted).

    A method has its `instance`; `virtual`: which method it is, the object says.
    """

    type: Type
    at: int
    pou: Pou
    inputs: list[Expr]
    references: list[Place | None]
    instance: Place | None = None
    virtual: bool = False


@dataclass(slots=True)
class Guarded:
    """`call`, left out (the type's zero) when `enable` is FALSE; with an `eno` a fault inside makes that FALSE."""

    type: Type
    at: int
    enable: Expr | None
    eno: Place | None
    call: Expr


Place = VariableRef | FieldRef | ElementRef | PartRef | DerefRef | ValueRef | CastRef
_Plain = Const | Place | Convert | RangeCheck | Operation | Standard | CallFunction | Guarded
Expr = _Plain | AddressOf | Attempt | Bound | Sequence


# ---- statements


@dataclass(slots=True)
class Assign:
    """target := value."""

    target: Place
    value: Expr


@dataclass(slots=True)
class Evaluate:
    """A function called as a statement."""

    call: Expr


@dataclass(slots=True)
class CallBlock:
    """`inputs` are assigned in order before the call, `outputs` after it; `references` are the in-outs."""

    at: int
    pou: Pou
    instance: Place
    inputs: list[Assign]
    references: list[Place]
    outputs: list[Assign]
    virtual: bool = False
    eno: Place | None = None  # becomes FALSE by a fault inside, TRUE without


@dataclass(slots=True)
class If:
    """IF with its branches."""

    branches: list[tuple[Expr, list[Statement]]]
    otherwise: list[Statement]


@dataclass(slots=True)
class Case:
    """CASE; labels as (low, high)."""

    selector: Expr
    branches: list[tuple[list[tuple[int, int]], list[Statement]]]
    otherwise: list[Statement]


@dataclass(slots=True)
class For:
    """`steady`: nothing in the body assigns the variable, so the passes can be counted before the first."""

    at: int
    variable: Place
    first: Expr
    last: Expr
    step: Expr
    body: list[Statement]
    steady: bool
    leaves: bool  # EXIT or RETURN may end it early


@dataclass(slots=True)
class Loop:
    """WHILE (`before`) or REPEAT: runs while the condition holds."""

    at: int
    condition: Expr
    body: list[Statement]
    before: bool


@dataclass(slots=True)
class Jump:
    """EXIT, CONTINUE or RETURN."""

    kind: str


@dataclass(slots=True)
class Label:
    """Where a JMP goes."""

    name: str


@dataclass(slots=True)
class Goto:
    """JMP."""

    at: int
    name: str


@dataclass(slots=True)
class Try:
    """__TRY: a fault in `body` goes to `handled`, its number to `code`; `last` runs behind both."""

    at: int
    body: list[Statement]
    code: Place | None
    handled: list[Statement]
    last: list[Statement]


Statement = Assign | Evaluate | CallBlock | If | Case | For | Loop | Try | Jump | Label | Goto


@dataclass(slots=True)
class Instance:
    """One program instance and the task it runs in."""

    name: str
    pou: Pou
    offset: int
    file: str
    line: int
    interval: int | None  # ns; None: every scan
    priority: int
    retain: bool = False
    task: str = ""
    resource: str = ""
    configuration: str = ""
    watchdog: int = layout.PASSES  # loop passes in one scan
    runner: Pou | None = None  # carries connections in and out, waits for SINGLE
    variable: Variable | None = None  # the instance, as the runner calls it
    trigger: Variable | None = None  # SINGLE in the scan before

    @property
    def body(self) -> Pou:
        """What a scan calls."""
        return self.runner or self.pou


@dataclass(slots=True)
class Access:
    """A name of VAR_ACCESS for a variable somewhere."""

    name: str
    type: Type
    offset: int
    file: str
    line: int


@dataclass(slots=True)
class Project:
    """All that was checked: `image` is the initial memory from the header up to the last instance."""

    pous: dict[str, Pou]
    globals: list[Variable]
    global_sources: dict[str, Source]
    instances: list[Instance]
    image: bytearray
    profile: Profile
    classes: dict[str, list[Pou]] = field(default_factory=dict)  # by class or interface: those whose objects it may be
    startup: list[Pou] = field(default_factory=list)  # functions that the first scan begins with
    dispatch: dict[str, list[tuple[int, Pou]]] = field(default_factory=dict)  # by method: (class, what it runs)
    access: list[Access] = field(default_factory=list)
    places: dict[int, tuple[Statement, int]] = field(default_factory=dict)  # where statements begin, by identity
    direct: list[Variable] = field(default_factory=list)  # direct variables, as %QW4, that some body names
    located: list[tuple[Pou, Field, Variable]] = field(default_factory=list)  # of programs: outside of their memory


def scalar(expr: Expr) -> Scalar:
    """The elementary type of a value that has one."""
    found = machine(expr.type)
    assert found is not None
    return found
