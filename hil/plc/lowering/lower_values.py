"""Typed expressions to LLVM: strict IEEE arithmetic, integers of native width, every fault caught."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from hil.plc import layout
from hil.plc.lowering.coverage import Probes
from hil.plc.lowering.emit import Text, constant, memory_type, symbol, value_type
from hil.plc.lowering.exceptions import exception_code
from hil.plc.lowering.lower_standard import ORDERED, SIGNED, UNSIGNED, StandardLowering
from hil.plc.lowering.module import Module
from hil.plc.lowering.ranges import Ranges
from hil.plc.tree import (
    AddressOf,
    Attempt,
    Bound,
    CallBlock,
    CallFunction,
    CastRef,
    Const,
    Convert,
    DerefRef,
    ElementRef,
    Expr,
    FieldRef,
    Guarded,
    Operation,
    PartRef,
    Place,
    Pou,
    RangeCheck,
    Sequence,
    Standard,
    ValueRef,
    Variable,
    VariableRef,
    scalar,
)
from hil.plc.types import Array, OpenArray, Scalar, String, Subrange, Type, machine

_INTEGER = {"+": "add", "-": "sub", "*": "mul", "AND": "and", "OR": "or", "XOR": "xor"}
_REAL = {"+": "fadd", "-": "fsub", "*": "fmul", "/": "fdiv"}


class ValueLowering(StandardLowering):
    """Lowers expressions of one unit of organisation."""

    def __init__(self, module: Module, pou: Pou) -> None:
        self.module, self.pou = module, pou
        self.text = Text()
        self.probes = Probes(module.coverage, pou, self.text)
        self.frame = 0  # bytes of stack, where calls may recur
        self.ranges = Ranges()
        self.lent: list[tuple[str, String, str]] = []  # strings beside an in-out of another length
        self.handler = ""  # where faults go while a call has an ENO, or inside a __TRY
        self.exception = ""  # where the number of a fault goes inside a __TRY
        self.slots: dict[Variable, str] = {}  # variables that live in registers
        self.pointers: dict[Variable, str] = {}  # variables that live in memory

    # ---- faults

    def guard(self, bad: str, kind: str, at: int, message: str, *values: str) -> None:
        """Ends the scan with a fault when `bad` holds; the `values` (i64) are {0} and {1} in the message."""
        text, number = self.text, self.module.location(self.pou, kind, at, message)
        fault, well = text.fresh("fault"), text.fresh("well")
        if self.exception:
            text.split(bad, fault, well, likely=False)
            text.label(fault)
            text.do(f"store i64 {exception_code(kind)}, ptr {self.exception}, align 8")
            text.go(self.handler)
            text.label(well)
            return
        if self.handler:
            text.split(bad, self.handler, well, likely=False)
            text.label(well)
            return
        text.split(bad, fault, well, likely=False)
        text.label(fault)
        first, second = ([*values, "0", "0"])[:2]
        text.do(f"call void @fault(ptr %head, i64 {number}, i64 {first}, i64 {second}, i64 %t)")
        text.do("store i64 -1, ptr %status, align 8")
        text.go("exit")
        text.label(well)

    def wide(self, operand: str, type_: Scalar, to: int = 64) -> str:
        """A whole number as i64 (or wider)."""
        kind = value_type(type_)
        if kind == f"i{to}":
            return operand
        return self.text.let(f"{'sext' if type_.signed else 'zext'} {kind} {operand} to i{to}")

    # ---- places

    def address(self, place: Place) -> str:
        """Pointer to a place in memory."""
        if isinstance(place, VariableRef):
            if place.variable.storage == "absolute":
                return self.offset("%mem", place.variable.offset)
            if place.variable.storage == "self" and place.variable not in self.pointers:
                return self.offset("%self", place.variable.offset)
            if place.variable.storage == "reference" and place.variable not in self.pointers:
                return self._kept(place)
            return self.pointers[place.variable]
        if isinstance(place, FieldRef):
            return self.offset(self.address(place.base), place.offset)
        if isinstance(place, ElementRef):
            return self.open_element(place) if isinstance(place.base.type, OpenArray) else self._element(place)
        return self.other_address(place)

    def _kept(self, place: VariableRef) -> str:
        """An in-out of the block around an action or method: where the last call of the block had it."""
        text, owner, name = self.text, self.pou.owner, place.variable.name
        assert owner is not None
        assert owner.memory is not None
        field = owner.memory.fields[layout.kept(name).upper()]
        distance = text.let(f"load i64, ptr {self.offset('%self', field.offset)}, align 8")
        bad = text.let(f"icmp eq i64 {distance}, 0")
        message = f"{name} is nothing before {owner.name} is called; call it first"
        self.guard(bad, "null or foreign pointer", place.at, message)
        return text.let(f"getelementptr i8, ptr %mem, i64 {distance}")

    def offset(self, pointer: str, offset: int) -> str:
        """A pointer some bytes further."""
        return self.text.let(f"getelementptr inbounds i8, ptr {pointer}, i64 {offset}") if offset else pointer

    def _element(self, place: ElementRef) -> str:
        array = place.base.type
        assert isinstance(array, Array)
        pointer, linear = self.address(place.base), ""
        for index, (low, high) in zip(place.indexes, array.bounds, strict=True):
            position = self._position(index, low, high, place)
            if linear:
                scaled = self.text.let(f"mul nsw i64 {linear}, {high - low + 1}")
                position = self.text.let(f"add nsw i64 {scaled}, {position}")
            linear = position
        return self.text.let(f"getelementptr inbounds [{array.element.size} x i8], ptr {pointer}, i64 {linear}")

    def _position(self, index: Expr, low: int, high: int, place: ElementRef) -> str:
        """An index counted from zero, checked unless it is known to be inside."""
        type_, known = scalar(index), self.ranges.of(index)
        wide = self.wide(self.value(index), type_)
        if not (low <= known[0] and known[1] <= high):
            position = self.text.let(f"sub i64 {wide}, {low}") if low else wide
            bad = self.text.let(f"icmp ugt i64 {position}, {high - low}")
            message = f"index {{0}} of {place.text} is outside {low}..{high}"
            self.guard(bad, "index out of bounds", index.at, message, wide)
            return position
        return self.text.let(f"sub nsw i64 {wide}, {low}") if low else wide

    def load(self, place: Place) -> str:
        """The value at a place; a pointer for strings and composed types."""
        if isinstance(place, PartRef):
            return self._load_part(place)
        if isinstance(place, VariableRef) and place.variable in self.slots:
            return self.text.let(f"load {value_type(place.type)}, ptr {self.slots[place.variable]}")
        type_ = machine(place.type)
        if isinstance(place, ValueRef) and type_ is not None:
            return self.value(place.value)
        pointer = self.address(place)
        return pointer if type_ is None else self.load_from(pointer, type_, 1 if far(place) else type_.align)

    def load_from(self, pointer: str, type_: Scalar, align: int = 0) -> str:
        """A value from memory; of a BOOL the lowest bit."""
        found = self.text.let(f"load {memory_type(type_)}, ptr {pointer}, align {align or type_.align}")
        return self.text.let(f"trunc i8 {found} to i1") if type_.family == "bool" else found

    def store(self, place: Place, operand: str) -> None:
        """Stores an elementary value."""
        if isinstance(place, PartRef):
            self._store_part(place, operand)
        elif isinstance(place, VariableRef) and place.variable in self.slots:
            self.text.do(f"store {value_type(place.type)} {operand}, ptr {self.slots[place.variable]}")
        else:
            type_ = machine(place.type)
            assert type_ is not None
            self.store_to(self.address(place), type_, operand, 1 if far(place) else type_.align)

    def store_to(self, pointer: str, type_: Scalar, operand: str, align: int = 0) -> None:
        """A value to memory."""
        if type_.family == "bool":
            operand = self.text.let(f"zext i1 {operand} to i8")
        self.text.do(f"store {memory_type(type_)} {operand}, ptr {pointer}, align {align or type_.align}")

    def _load_part(self, place: PartRef) -> str:
        type_ = scalar(place.base)
        whole = self.load(place.base)
        shifted = self.text.let(f"lshr i{type_.bits} {whole}, {place.shift}")
        if place.bits == type_.bits:
            return shifted
        return self.text.let(f"trunc i{type_.bits} {shifted} to i{place.bits}")

    def _store_part(self, place: PartRef, operand: str) -> None:
        type_, text = scalar(place.base), self.text
        kind = f"i{type_.bits}"
        if place.bits < type_.bits:
            operand = text.let(f"zext i{place.bits} {operand} to {kind}")
        mask = ((1 << place.bits) - 1) << place.shift
        kept = text.let(f"and {kind} {self.load(place.base)}, {~mask & ((1 << type_.bits) - 1)}")
        moved = text.let(f"shl {kind} {operand}, {place.shift}")
        self.store(place.base, text.let(f"or {kind} {kept}, {moved}"))

    # ---- values

    def value(self, expr: Expr) -> str:
        """An operand: a constant or a register; a pointer for strings and composed types."""
        self.probes.value(expr)
        operand = self._uncounted(expr)
        self.probes.condition(expr, operand)
        return operand

    def _uncounted(self, expr: Expr) -> str:
        if isinstance(expr, Const):
            return self._constant(expr)
        if isinstance(expr, Operation):
            return self._operation(expr)
        if isinstance(expr, Convert):
            return self.convert(self.value(expr.operand), scalar(expr.operand), scalar(expr), expr.truncate)
        if isinstance(expr, Standard):
            return self.standard(expr)
        if isinstance(expr, CallFunction):
            return self._call(expr)
        if isinstance(expr, RangeCheck):
            return self._range_check(expr)
        if isinstance(expr, Guarded):
            return self._guarded(expr)
        if isinstance(expr, AddressOf | Attempt | Bound | Sequence | ValueRef):
            return self.other_value(expr)
        return self.load(expr)

    # Addresses and objects, which a subclass lowers.

    def other_value(self, expr: Expr) -> str:
        """Values that are about addresses."""
        raise NotImplementedError

    def other_address(self, place: Place) -> str:
        """Pointer to what an address, a value or a cast stands for."""
        raise NotImplementedError

    def open_element(self, place: ElementRef) -> str:
        """An element of an ARRAY [*]."""
        raise NotImplementedError

    def reference(self, place: Place, formal: Type) -> str:
        """The arguments of an in-out or output."""
        raise NotImplementedError

    def give_back(self, since: int) -> None:
        """Copies the strings back that a call was lent."""
        raise NotImplementedError

    def instance(self, place: Place) -> str:
        """Pointer to the object that a call works on."""
        raise NotImplementedError

    def target_of(self, call: CallFunction | CallBlock) -> tuple[str, str]:
        """The function to call and a first argument that it may need."""
        raise NotImplementedError

    def _constant(self, expr: Const) -> str:
        if isinstance(expr.value, bytes):
            content = expr.value + bytes(expr.type.width) if isinstance(expr.type, String) else expr.value
            return self.module.data(content)
        return constant(scalar(expr), expr.value)

    def _guarded(self, expr: Guarded) -> str:
        """A call with EN and ENO; what it gives is kept in a slot, zero where it does not run to its end."""
        text, type_ = self.text, machine(expr.type)
        gives = not isinstance(expr.call, CallFunction) or expr.call.pou.result is not None
        kind = value_type(expr.type)
        slot = text.slot(kind)
        zero = constant(type_, 0) if type_ else self.module.data(bytes(expr.type.size))
        text.do(f"store {kind} {zero}, ptr {slot}")
        runs, left_out, done = (text.fresh(hint) for hint in ("enabled", "left", "called"))
        if expr.enable is not None:
            text.split(self.value(expr.enable), runs, left_out)
        else:
            text.go(runs)
        text.label(runs)
        with self.caught(left_out if expr.eno is not None else ""):
            operand = self.value(expr.call)
        if gives:
            text.do(f"store {kind} {operand}, ptr {slot}")
        if expr.eno is not None:
            self.store(expr.eno, "true")
        text.go(done)
        text.label(left_out)
        if expr.eno is not None:
            self.store(expr.eno, "false")
        text.label(done)
        return text.let(f"load {kind}, ptr {slot}")

    @contextmanager
    def caught(self, target: str) -> Iterator[None]:
        """Faults go to `target`, if it is one, instead of ending the scan."""
        before = self.handler
        self.handler = target or before
        yield
        self.handler = before

    def _range_check(self, expr: RangeCheck) -> str:
        operand, type_ = self.value(expr.operand), scalar(expr.operand)
        low, high = self.ranges.of(expr.operand)
        assert isinstance(expr.type, Subrange)
        first, last = expr.type.low, expr.type.high
        if not (first <= low and high <= last) and self.module.profile.subrange_violation == "fault":
            wide = self.wide(operand, type_)
            distance = self.text.let(f"sub i64 {wide}, {first}")
            bad = self.text.let(f"icmp ugt i64 {distance}, {last - first}")
            message = f"{expr.text} takes {first} to {last}, {{0}} is outside"
            self.guard(bad, "subrange violation", expr.at, message, wide)
        return operand

    def _operation(self, expr: Operation) -> str:
        op, type_ = expr.op, machine(expr.operands[0].type)
        if op in ("AND_THEN", "OR_ELSE"):
            return self._short_circuit(expr)
        if type_ is None:
            return self.compare_strings(op, expr.operands[0], expr.operands[1])
        operands = [self.value(one) for one in expr.operands]
        kind, text = value_type(type_), self.text
        if op in SIGNED:
            names = ORDERED if type_.family == "real" else SIGNED if type_.signed else UNSIGNED
            return text.let(f"{'fcmp' if type_.family == 'real' else 'icmp'} {names[op]} {kind} {', '.join(operands)}")
        if op in ("*T", "/T"):
            return self._scale_time(expr, operands)
        if op == "NEG":
            zero = f"fneg {kind} {operands[0]}" if type_.family == "real" else f"sub {kind} 0, {operands[0]}"
            return text.let(zero)
        if op == "NOT":
            return text.let(f"xor {kind} {operands[0]}, {'true' if kind == 'i1' else '-1'}")
        if op == "**":
            return self.libm("**", type_, operands)
        if type_.family == "real":
            return text.let(f"{_REAL[op]} {kind} {operands[0]}, {operands[1]}")
        if op in ("/", "MOD"):
            return self.divide(op, type_, operands[0], operands[1], expr)
        return text.let(f"{_INTEGER[op]} {kind} {operands[0]}, {operands[1]}")

    def _short_circuit(self, expr: Operation) -> str:
        text, result = self.text, self.text.slot("i1", 1)
        more, done = text.fresh("more"), text.fresh("done")
        first = self.value(expr.operands[0])
        text.do(f"store i1 {first}, ptr {result}")
        text.split(first, *((more, done) if expr.op == "AND_THEN" else (done, more)))
        text.label(more)
        text.do(f"store i1 {self.value(expr.operands[1])}, ptr {result}")
        text.label(done)
        return text.let(f"load i1, ptr {result}")

    def divide(self, op: str, type_: Scalar, left: str, right: str, expr: Operation) -> str:
        """Whole division: zero is a fault, the lowest number by -1 wraps to itself."""
        text, kind = self.text, value_type(type_)
        divisor = expr.operands[1]
        known = divisor.value if isinstance(divisor, Const) else None
        if (known is None or known == 0) and op == "MOD" and self.module.profile.modulo_by_zero == "zero":
            return self._remainder_or_zero(type_, left, right)
        if known is None or known == 0:
            bad = text.let(f"icmp eq {kind} {right}, 0")
            what = "divided by zero" if op != "MOD" else "MOD zero"
            self.guard(bad, "division by zero", expr.at, f"{{0}} {what}", self.wide(left, type_))
        name = ("s" if type_.signed else "u") + ("rem" if op == "MOD" else "div")
        if not type_.signed or (known is not None and known != -1):
            return text.let(f"{name} {kind} {left}, {right}")
        minus = text.let(f"icmp eq {kind} {right}, -1")
        safe = text.let(f"select i1 {minus}, {kind} 1, {kind} {right}")
        plain = text.let(f"{name} {kind} {left}, {safe}")
        negated = "0" if op == "MOD" else text.let(f"sub {kind} 0, {left}")
        return text.let(f"select i1 {minus}, {kind} {negated}, {kind} {plain}")

    def _remainder_or_zero(self, type_: Scalar, left: str, right: str) -> str:
        """x MOD 0 is 0, and so is x MOD -1."""
        text, kind = self.text, value_type(type_)
        nothing = text.let(f"icmp eq {kind} {right}, 0")
        if type_.signed:
            nothing = text.let(f"or i1 {nothing}, {text.let(f'icmp eq {kind} {right}, -1')}")
        safe = text.let(f"select i1 {nothing}, {kind} 1, {kind} {right}")
        return text.let(f"{'s' if type_.signed else 'u'}rem {kind} {left}, {safe}")

    def _scale_time(self, expr: Operation, operands: list[str]) -> str:
        text, factor = self.text, scalar(expr.operands[1])
        if factor.family != "real":
            if expr.op == "*T":
                return text.let(f"mul i64 {operands[0]}, {operands[1]}")
            return self.divide("/", factor, operands[0], operands[1], expr)
        time = text.let(f"sitofp i64 {operands[0]} to double")
        scaled = text.let(f"{'fmul' if expr.op == '*T' else 'fdiv'} double {time}, {operands[1]}")
        return self.nearest(scaled, "double", "i64", signed=True, truncate=False)

    # ---- functions

    def _call(self, expr: CallFunction) -> str:
        text, pou, since = self.text, expr.pou, len(self.lent)
        arguments = ["i64 %t", "ptr %head", "ptr %mem"]
        if expr.instance is not None:
            arguments.append(f"ptr {self.instance(expr.instance)}")
        for one, formal in zip(expr.inputs, pou.section("input"), strict=True):
            arguments.append(f"{value_type(formal.type)} {self.argument(one, formal.type)}")
        for place, formal in zip(expr.references, pou.section("in_out", "output"), strict=True):
            given = f"ptr {self._scratch(formal.type)}" if place is None else self.reference(place, formal.type)
            arguments.append(given)
        kind, (function, first) = result_type(pou), self.target_of(expr)
        both = text.let(f"call {kind} {function}({first}{', '.join(arguments)})")
        self.check_status(text.let(f"extractvalue {kind} {both}, 0"))
        self.give_back(since)
        result = text.let(f"extractvalue {kind} {both}, 1")
        if pou.result is not None and machine(pou.result.type) is None:
            return self._copied(result, pou.result.type)
        return result

    def argument(self, expr: Expr, target: Type) -> str:
        """An input of a function; a string comes in the callee's own capacity."""
        operand = self.value(expr)
        if isinstance(target, String):
            scratch = self._scratch(target)
            self.copy_string(scratch, target, operand)
            return scratch
        return operand

    def _copied(self, pointer: str, type_: Type) -> str:
        """A result of a function, kept from the next call of it."""
        scratch = self._scratch(type_)
        self.copy(scratch, pointer, type_.size)
        return scratch

    def _scratch(self, type_: Type) -> str:
        """Static memory of this unit for one value in passing."""
        return self.static(bytes(type_.size), max(type_.align, 8))

    def static(self, image: bytes, align: int) -> str:
        """Pointer to memory that belongs to this unit alone; recursion is refused, so one copy is enough."""
        if self.pou.reentrant:
            self.frame += len(image) + align
            return self.text.slot(f"[{len(image)} x i8]", align)
        place = self.module.allocate(image, align)
        return self.text.let(f"getelementptr inbounds i8, ptr %mem, i64 {place}")

    def copy(self, target: str, source: str, size: int) -> None:
        """Moves bytes."""
        self.module.declare("declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)")
        self.text.do(f"call void @llvm.memmove.p0.p0.i64(ptr {target}, ptr {source}, i64 {size}, i1 false)")

    def clear(self, target: str, size: int) -> None:
        """Zeroes bytes."""
        self.module.declare("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)")
        self.text.do(f"call void @llvm.memset.p0.i64(ptr {target}, i8 0, i64 {size}, i1 false)")

    def check_status(self, status: str) -> None:
        """Leaves when a callee faulted."""
        text = self.text
        bad = text.let(f"icmp ne i64 {status}, 0")
        failed, well = text.fresh("failed"), text.fresh("well")
        text.split(bad, failed, well, likely=False)
        text.label(failed)
        if self.exception:
            number = text.let("load i64, ptr %head, align 8")
            text.do(f"store i64 {text.let(f'call i64 @exception(i64 {number})')}, ptr {self.exception}, align 8")
            self.module.catches = True
        if self.handler:
            self.clear("%head", layout.BUDGET)
            text.go(self.handler)
            text.label(well)
            return
        text.do(f"store i64 {status}, ptr %status, align 8")
        text.go("exit")
        text.label(well)


def function_name(pou: Pou) -> str:
    """Symbol of a unit's body."""
    return f"@pou.{symbol(pou.name)}"


def parameters_of(pou: Pou) -> list[str]:
    """The parameters of a unit's function: time, header, memory, instance, inputs, references with their bounds."""
    found = ["i64 %t", "ptr noalias %head", "ptr %mem"]
    whole = pou.kind in ("FUNCTION_BLOCK", "CLASS", "PROGRAM")  # its inputs and outputs lie in its memory
    if whole or pou.owner is not None:
        found.append("ptr %self")
    if not whole:
        found += [f"{value_type(one.type)} %i.{symbol(one.name)}" for one in pou.section("input")]
    for one in pou.section("in_out") if whole else pou.section("in_out", "output"):
        found.append(f"ptr %r.{symbol(one.name)}")
        for number in range(one.type.dimensions if isinstance(one.type, OpenArray) else 0):
            found += [f"i64 %{side}.{symbol(one.name)}.{number}" for side in ("lo", "hi")]
    return found


def far(place: Place) -> bool:
    """Whether a place lies behind an address, or at one, so that nothing is known of its alignment."""
    while isinstance(place, FieldRef | ElementRef | PartRef | CastRef):
        place = place.base
    return isinstance(place, DerefRef) or (isinstance(place, VariableRef) and place.variable.far)


def result_type(pou: Pou) -> str:
    """What a function returns: the status and its result."""
    return f"{{i64, {value_type(pou.result.type) if pou.result else 'i8'}}}"
