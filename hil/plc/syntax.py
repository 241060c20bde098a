"""The syntax tree: what was written, with the offset `at` of each thing in its source."""

from __future__ import annotations

from dataclasses import dataclass, field

from hil.plc.diagnostics import Source


@dataclass(slots=True)
class Node:
    """Anything that was written somewhere."""

    at: int


# ---- expressions


@dataclass(slots=True)
class Name(Node):
    """A name."""

    name: str


@dataclass(slots=True)
class Literal(Node):
    """`kind` is the token's (int real time date string TRUE FALSE, id as in `Colour#RED`)."""

    kind: str
    text: str
    prefix: str = ""


@dataclass(slots=True)
class Member(Node):
    """`base.name`."""

    base: Expression
    name: str


@dataclass(slots=True)
class Index(Node):
    """`base[i, j]`."""

    base: Expression
    indexes: list[Expression]


@dataclass(slots=True)
class Deref(Node):
    """`base^`."""

    base: Expression


@dataclass(slots=True)
class Direct(Node):
    """A direct variable: `%IX0.0`."""

    address: str


@dataclass(slots=True)
class Part(Node):
    """Partial access `w.3`, `w.%X3`, `w.%B1`: `size` is one of X B W D L."""

    base: Expression
    size: str
    number: int


@dataclass(slots=True)
class Unary(Node):
    """- or NOT."""

    op: str
    operand: Expression


@dataclass(slots=True)
class Binary(Node):
    """An operator in capitals between two operands."""

    op: str
    left: Expression
    right: Expression


@dataclass(slots=True)
class Argument(Node):
    """`name := value`, `name => value` (output) or a plain value (name is '')."""

    name: str
    value: Expression | None
    output: bool = False
    negated: bool = False  # `NOT name => value`


@dataclass(slots=True)
class Call(Node):
    """A call of a function or of a function block's instance."""

    callee: Expression
    arguments: list[Argument]
    plain: bool = False  # only a name: an action, or a mistake


@dataclass(slots=True)
class Assigned(Node):
    """`target := value` where a value stands."""

    target: Expression
    value: Expression


@dataclass(slots=True)
class Aggregate(Node):
    """`(a := 1, b := 2)` or `[1, 2]` where a value stands."""

    initial: ArrayInitial | StructInitial


Expression = Name | Literal | Member | Index | Deref | Direct | Part | Unary | Binary | Call | Aggregate | Assigned


# ---- statements


@dataclass(slots=True)
class Assign(Node):
    """`target := value`; `op` is one of := REF= ?= S= R=."""

    target: Expression
    value: Expression
    op: str = ":="


@dataclass(slots=True)
class Several(Node):
    """`a := b := value` as its assignments, the last first."""

    assigns: list[Assign]


@dataclass(slots=True)
class Invoke(Node):
    """A call as a statement."""

    call: Call


@dataclass(slots=True)
class If(Node):
    """IF with its ELSIF branches."""

    branches: list[tuple[Expression, list[Statement]]]
    otherwise: list[Statement]


@dataclass(slots=True)
class Case(Node):
    """Each branch has labels (low, high or None)."""

    selector: Expression
    branches: list[tuple[list[tuple[Expression, Expression | None]], list[Statement]]]
    otherwise: list[Statement]


@dataclass(slots=True)
class For(Node):
    """FOR."""

    variable: Expression
    first: Expression
    last: Expression
    step: Expression | None
    body: list[Statement]


@dataclass(slots=True)
class While(Node):
    """WHILE."""

    condition: Expression
    body: list[Statement]


@dataclass(slots=True)
class Repeat(Node):
    """REPEAT."""

    body: list[Statement]
    until: Expression


@dataclass(slots=True)
class Jump(Node):
    """EXIT, CONTINUE or RETURN."""

    kind: str


@dataclass(slots=True)
class Label(Node):
    """`name:`, where a JMP may go."""

    name: str


@dataclass(slots=True)
class Initialise(Node):
    """The arguments of an instance's declaration: of its FB_Init, or its inputs."""

    target: Expression
    arguments: list[Argument]


@dataclass(slots=True)
class Goto(Node):
    """`JMP name`."""

    name: str


@dataclass(slots=True)
class Try(Node):
    """`__TRY body __CATCH(code) handled __FINALLY last __ENDTRY` of CODESYS."""

    body: list[Statement]
    code: Expression | None  # takes what the fault was
    handled: list[Statement]
    last: list[Statement]


Statement = Assign | Several | Invoke | If | Case | For | While | Repeat | Try | Jump | Label | Goto | Initialise


# ---- sequential function charts


@dataclass(slots=True)
class Association(Node):
    """An action of a step: `name (qualifier, time)`."""

    name: str
    qualifier: str
    time: Expression | None


@dataclass(slots=True)
class Step(Node):
    """STEP or INITIAL_STEP."""

    name: str
    initial: bool
    actions: list[Association]


@dataclass(slots=True)
class Transition(Node):
    """TRANSITION FROM steps TO steps := condition."""

    sources: list[str]
    targets: list[str]
    condition: Expression
    priority: int


@dataclass(slots=True)
class Chart(Node):
    """A body written as steps and transitions."""

    steps: list[Step] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)


# ---- types and initial values


@dataclass(slots=True)
class NamedType(Node):
    """A type by its name; `arguments` initialise a function block: `fb : FB(a := 1)`."""

    name: str
    arguments: list[Argument] = field(default_factory=list)


@dataclass(slots=True)
class StringType(Node):
    """STRING[length]; no length means the default."""

    name: str
    length: Expression | None


@dataclass(slots=True)
class ArrayType(Node):
    """ARRAY [low..high, ...] OF element; `open` counts the dimensions of an ARRAY [*]."""

    ranges: list[tuple[Expression, Expression]]
    element: TypeSpec
    open: int = 0


@dataclass(slots=True)
class PointerType(Node):
    """POINTER TO, REFERENCE TO or REF_TO: `kind` is the first word."""

    kind: str
    target: TypeSpec


@dataclass(slots=True)
class StructType(Node):
    """STRUCT or UNION; `extends` is the structure whose members come first."""

    fields: list[VariableDeclaration]
    union: bool = False
    extends: str = ""


@dataclass(slots=True)
class EnumType(Node):
    """`(A, B := 3)`: (offset, name, value); `named`: `WORD (A := 3)`, names for some values of a type."""

    base: str
    values: list[tuple[int, str, Expression | None]]
    named: bool = False
    strict: bool = False


@dataclass(slots=True)
class SubrangeType(Node):
    """INT (0..10)."""

    name: str
    low: Expression
    high: Expression


@dataclass(slots=True)
class Broken(Node):
    """A type that could not be read; it was reported, so nothing is said about its uses."""


TypeSpec = NamedType | StringType | ArrayType | PointerType | StructType | EnumType | SubrangeType | Broken


@dataclass(slots=True)
class ArrayInitial(Node):
    """Items with their repetition count: `[1, 2(7)]`."""

    items: list[tuple[Expression | None, Initial]]


@dataclass(slots=True)
class StructInitial(Node):
    """`(a := 1, b := 2)`: (offset, name, value)."""

    items: list[tuple[int, str, Initial]]


Initial = Expression | ArrayInitial | StructInitial


# ---- declarations

Prefixes = tuple[str, ...]  # in capitals, what may stand before a name: the namespaces around it and those it uses


@dataclass(slots=True)
class VariableDeclaration(Node):
    """One variable; `location` is the address behind AT."""

    name: str
    type: TypeSpec
    initial: Initial | None
    location: str = ""
    pragmas: list[str] = field(default_factory=list)
    edge: str = ""  # R_EDGE or F_EDGE of an input


@dataclass(slots=True)
class Section(Node):
    """One VAR ... END_VAR; `kind` is VAR, VAR_INPUT, ...; `qualifiers` in capitals."""

    kind: str
    qualifiers: set[str]
    variables: list[VariableDeclaration]
    namespace: str = ""
    prefixes: Prefixes = ("",)
    list: str = ""  # of a VAR_GLOBAL: the name that may stand before its variables
    qualified_only: bool = False  # and must


@dataclass(slots=True)
class TypeDeclaration(Node):
    """One entry of TYPE ... END_TYPE."""

    name: str
    type: TypeSpec
    initial: Initial | None
    source: Source
    prefixes: Prefixes = ("",)


@dataclass(slots=True)
class Pou(Node):
    """A program organisation unit; `kind` is PROGRAM, FUNCTION, FUNCTION_BLOCK, CLASS or INTERFACE.

    Members are METHOD, ACTION, GET or SET; names of units carry their namespace.
    """

    kind: str
    name: str
    result: TypeSpec | None
    sections: list[Section]
    body: list[Statement]
    source: Source
    broken: bool = False  # a declaration could not be read, so an unknown name in here proves nothing
    modifiers: set[str] = field(default_factory=set)
    extends: list[NamedType] = field(default_factory=list)
    implements: list[NamedType] = field(default_factory=list)
    members: list[Pou] = field(default_factory=list)
    chart: Chart | None = None
    prefixes: Prefixes = ("",)
    pragmas: list[str] = field(default_factory=list)
    generic: list[str] = field(default_factory=list)  # the names of types that a function leaves open

    @property
    def external(self) -> bool:
        """Whether the body is elsewhere, in another language."""
        return any(one.upper().lstrip("@{ ").startswith(("EXTERNAL", "EXTERN ")) for one in self.pragmas)

    @property
    def short(self) -> str:
        """The name without its namespace, and without the parameters by which overloads are told apart."""
        return self.name.partition("(")[0].rpartition(".")[2]


@dataclass(slots=True)
class Task(Node):
    """TASK name (INTERVAL := ...)."""

    name: str
    properties: dict[str, Expression]
    resource: str = ""


@dataclass(slots=True)
class Instance(Node):
    """PROGRAM name WITH task : type(connections)."""

    name: str
    task: str
    type: str
    connections: list[Argument] = field(default_factory=list)
    retain: bool = False
    resource: str = ""


@dataclass(slots=True)
class Path(Node):
    """An entry of VAR_CONFIG, or of VAR_ACCESS, where `access` is the new name."""

    access: str
    path: list[str]
    type: TypeSpec
    initial: Initial | None


@dataclass(slots=True)
class Configuration(Node):
    """CONFIGURATION with everything its resources hold."""

    name: str
    sections: list[Section]
    tasks: list[Task]
    instances: list[Instance]
    source: Source
    prefixes: Prefixes = ("",)
    paths: list[Path] = field(default_factory=list)
    resource: str = ""  # the RESOURCE that is being read


@dataclass(slots=True)
class Unit:
    """Everything one source declares."""

    source: Source
    types: list[TypeDeclaration] = field(default_factory=list)
    pous: list[Pou] = field(default_factory=list)
    configurations: list[Configuration] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)  # direct addresses, in capitals
    broken: bool = False  # a whole declaration was skipped
