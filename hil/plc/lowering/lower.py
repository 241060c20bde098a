"""A checked project to the text of one LLVM module with the functions `scan` and `run`."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from hil.plc import layout
from hil.plc.checking.check_statements import flat
from hil.plc.lowering.carried import BACK, FILL
from hil.plc.lowering.clock import CLOCK, moving
from hil.plc.lowering.costs import Costs
from hil.plc.lowering.coverage import Coverage
from hil.plc.lowering.division import Division
from hil.plc.lowering.emit import Text, constant, memory_type, symbol, value_type
from hil.plc.lowering.lower_statements import StatementLowering
from hil.plc.lowering.lower_values import function_name, parameters_of, result_type
from hil.plc.lowering.module import Location, Module
from hil.plc.tree import For, Instance, Loop, Pou, Project, Variable, VariableRef
from hil.plc.types import decode, machine

# One scan is a run of one, so that the program is there once and LLVM inlines it into the loop.
SCAN = (
    """
define i64 @scan(i64 %t, i64 %h, ptr %p, ptr align 16 %x, ptr %u, ptr %y) {
  %status = call i64 @run(ptr %x, i64 1, i64 %t, i64 0)
  ret i64 %status
}
define i64 @run(ptr align 16 %x, i64 %n, i64 %t0, i64 %dt) {
entry:
  %fault = load i64, ptr %x, align 16
  %sound = icmp eq i64 %fault, 0
  br i1 %sound, label %start, label %broken, !prof !0
start:
  %place = getelementptr inbounds i8, ptr %x, i64 STOPPED
  %stopped = load i64, ptr %place, align 8
  %running = icmp eq i64 %stopped, 0
  %count = select i1 %running, i64 %n, i64 0
  %some = icmp sgt i64 %count, 0
  br i1 %some, label %first, label %done
first:
  FILL
  br label %loop
loop:
  %i = phi i64 [ 0, %first ], [ %next, %more ]
  %t = phi i64 [ %t0, %first ], [ %later, %more ]
  %status = call i64 @step(i64 %t, ptr %x, ptr %x)
  %bad = icmp ne i64 %status, 0
  br i1 %bad, label %hurt, label %more, !prof !1
more:
  %next = add nsw i64 %i, 1
  %later = add i64 %t, %dt
  %again = icmp slt i64 %next, %n
  br i1 %again, label %loop, label %last
hurt:
  BACK
  br label %broken
last:
  BACK
  br label %done
broken:
  ret i64 -1
done:
  ret i64 0
}
""".replace("STOPPED", str(layout.STOPPED))
    .replace("FILL", FILL)
    .replace("BACK", BACK)
)


@dataclass(frozen=True)
class Lowered:
    """The module, the initial memory and the places that can fault."""

    text: str
    image: bytes
    locations: list[Location]
    loops: bool
    coverage: Coverage | None
    counters: int  # where they begin
    division: Division  # of a text that is too long for one module


def lower(project: Project, coverage: Coverage | None = None) -> Lowered:
    """The module of a project."""
    module = Module(project.image, project.classes, project.dispatch, project.profile)
    module.coverage = coverage
    costs = Costs(project.profile)
    roots = [*project.startup, *(one.body for one in project.instances)]
    reached = _callees_first(roots, project)
    clock = next((one.offset for one in project.globals if one.name == CLOCK), None)
    for pou in reached:
        function = _Body(module, pou, costs).function()
        module.functions.append(function if clock is None else moving(function, clock))
    if coverage is not None:
        _unreached(coverage, project, reached)
    module.functions.append(_step(module, project))
    module.functions.append(SCAN)
    module.image += bytes(-len(module.image) % 16)
    largest = max((one.memory.size for one in project.pous.values() if one.number and one.memory), default=0)
    behind = -(-largest // 16) * 16 + 16
    module.counters = len(module.image) + behind
    division = module.division()
    text = module.text()  # which knows where addresses end; behind that a string ends and an object may reach
    counters = 8 * len(coverage.probes) if coverage is not None else 0
    module.image += bytes(behind + -(-counters // 16) * 16)
    image = bytes(module.image)
    return Lowered(text, image, module.locations, module.loops, coverage, module.counters, division)


def _unreached(coverage: Coverage, project: Project, reached: list[Pou]) -> None:
    """What no program calls is part of the sources all the same: its counters stay at zero."""
    aside = Module(bytearray(project.image), project.classes, project.dispatch, project.profile)
    aside.coverage = coverage
    costs, known = Costs(project.profile), {one.name for one in reached}
    for pou in _callees_first([one for one in project.pous.values() if coverage.counts(one)], project):
        if pou.name not in known:
            _Body(aside, pou, costs).function()


def lower_each(project: Project, roots: list[Pou]) -> tuple[str, dict[Pou, Exception]]:
    """The module of some units, without anything that runs them, and those that could not be translated, with why."""
    module = Module(project.image, project.classes, project.dispatch, project.profile)
    costs, refused = Costs(project.profile), dict[Pou, Exception]()
    for pou in _callees_first(roots, project):
        try:
            module.functions.append(_Body(module, pou, costs).function())
        except Exception as fault:  # noqa: BLE001 - a fault of ours in one unit leaves the others as they are
            refused[pou] = fault
    return module.text(), refused


def _callees_first(roots: list[Pou], project: Project) -> list[Pou]:
    order: dict[str, Pou] = {}
    seen: set[str] = set()

    def visit(pou: Pou) -> None:
        if pou.name.upper() in seen:
            return
        seen.add(pou.name.upper())
        for callee, _ in pou.calls.values():
            visit(callee)
        for method in pou.virtual.values():
            for _, callee in project.dispatch.get(method.name.upper(), []):
                visit(callee)
        if not pou.abstract or pou.owner is None:
            order[pou.name.upper()] = pou

    for pou in roots:
        visit(pou)
    return list(order.values())


class _Body(StatementLowering):
    """One unit as an LLVM function."""

    def function(self) -> str:
        pou, text = self.pou, self.text
        text.head.append("  %status = alloca i64, align 8")
        text.do("store i64 0, ptr %status, align 8")
        self.exposed = _exposed(pou)
        # Registers pay in loops. Straight code would only load and store what it does not touch.
        self.has_loops = any(isinstance(one, For | Loop) for one in flat(pou.body))
        self.module.loops |= self.has_loops
        if pou.reentrant:
            self._deeper()
        for variable in pou.variables.values():
            self._enter(variable)
        self.probes.unit()
        cost = self.costs.body(pou.body)
        if cost > layout.FREE or pou.reentrant:
            self.charge(str(cost), pou.at)
            cost = 1
        self.costs.pous[pou.name.upper()] = cost
        self.body(pou.body)
        text.label("exit")
        if pou.reentrant:
            self._back()
        for variable in pou.variables.values():
            self._leave(variable)
        status = text.let("load i64, ptr %status, align 8")
        parameters = ", ".join(parameters_of(pou))
        if pou.kind in ("FUNCTION_BLOCK", "CLASS", "PROGRAM"):
            text.end(f"ret i64 {status}")
            self.module.inlining.note(pou.name.upper(), len(text.lines), self.called)
            group = "" if pou.reentrant else self.module.inlining.attribute(pou.name.upper())
            return text.text(f"internal i64 {function_name(pou)}({parameters}) {group}")
        return self._function_end(status)

    def _function_end(self, status: str) -> str:
        pou, text, kind = self.pou, self.text, result_type(self.pou)
        both = text.let(f"insertvalue {kind} poison, i64 {status}, 0")
        value, type_ = "0", "i8"
        if pou.result is not None:
            type_ = value_type(pou.result.type)
            value = self.load(VariableRef(pou.result.type, pou.at, pou.result))
        text.end(f"ret {kind} {text.let(f'insertvalue {kind} {both}, {type_} {value}, 1')}")
        return text.text(f"internal {kind} {function_name(pou)}({', '.join(parameters_of(pou))})")

    def _deeper(self) -> None:
        """Takes stack for a call that may recur."""
        text = self.text
        place = self.offset("%head", layout.DEPTH)
        taken = text.let(f"add i64 {text.let(f'load i64, ptr {place}, align 8')}, FRAME")
        text.do(f"store i64 {taken}, ptr {place}, align 8")
        bad = text.let(f"icmp sgt i64 {taken}, {layout.STACK}")
        message = f"{self.pou.name} calls itself again and again by way of other objects"
        self.guard(bad, "endless recursion", self.pou.at, message)

    def _back(self) -> None:
        """Gives it back."""
        text, frame = self.text, str(self.frame + 1024)
        place = self.offset("%head", layout.DEPTH)
        rest = text.let(f"sub i64 {text.let(f'load i64, ptr {place}, align 8')}, FRAME")
        text.do(f"store i64 {rest}, ptr {place}, align 8")
        text.lines = [line.replace("FRAME", frame) if line.endswith("FRAME") else line for line in text.lines]

    def _enter(self, variable: Variable) -> None:
        """Gives a variable its register or its memory."""
        if variable.storage == "reference":
            self.pointers[variable] = f"%r.{symbol(variable.name)}"
            self._keep(variable)
        elif variable.storage == "self":
            self._enter_own(variable)
        elif variable.storage == "local":
            self._enter_local(variable)

    def _keep(self, variable: Variable) -> None:
        """Notes where an in-out is, for the actions and methods of the block."""
        text, memory = self.text, self.pou.memory
        field = memory.fields.get(layout.kept(variable.name).upper()) if memory is not None else None
        if field is not None:
            there, base = (text.let(f"ptrtoint ptr {one} to i64") for one in (self.pointers[variable], "%mem"))
            distance = text.let(f"sub i64 {there}, {base}")
            text.do(f"store i64 {distance}, ptr {self.offset('%self', field.offset)}, align 8")

    def _enter_own(self, variable: Variable) -> None:
        type_ = machine(variable.type)
        self.pointers[variable] = self.offset("%self", variable.offset)
        used = variable.read or variable.written
        if type_ is None or variable.addressed or not used or not self.has_loops or self.exposed:
            return
        slot = self.text.slot(value_type(type_), type_.align)
        self.text.do(f"store {value_type(type_)} {self.load_from(self.pointers[variable], type_)}, ptr {slot}")
        self.slots[variable] = slot

    def _enter_local(self, variable: Variable) -> None:
        type_ = machine(variable.type)
        given = variable.section == "input"
        if type_ is None:
            self._enter_static(variable, given)
            return
        initial = f"%i.{symbol(variable.name)}" if given else self._initial(variable)
        if variable.pointed:
            self.pointers[variable] = self.static(bytes(type_.size), 8)
            self.store_to(self.pointers[variable], type_, initial)
        elif variable.addressed:
            slot = self.text.slot(memory_type(type_), type_.align)
            self.pointers[variable] = slot
            self.store_to(slot, type_, initial)
        else:
            slot = self.text.slot(value_type(type_), type_.align)
            self.slots[variable] = slot
            self.text.do(f"store {value_type(type_)} {initial}, ptr {slot}")

    def _initial(self, variable: Variable) -> str:
        type_, value = machine(variable.type), decode(variable.type, variable.image)
        assert type_ is not None
        assert not isinstance(value, bytes)
        return constant(type_, value)

    def _enter_static(self, variable: Variable, given: bool) -> None:
        pointer = self.static(variable.image, max(variable.type.align, 8))
        self.pointers[variable] = pointer
        if given:
            self.copy(pointer, f"%i.{symbol(variable.name)}", variable.type.size)
        elif any(variable.image):
            self.copy(pointer, self.module.data(variable.image), variable.type.size)
        else:
            self.clear(pointer, variable.type.size)

    def _leave(self, variable: Variable) -> None:
        """Writes registers back, and a function's outputs to whoever asked for them."""
        type_ = machine(variable.type)
        if variable.storage == "self" and variable in self.slots and variable.written:
            assert type_ is not None
            value = self.load(VariableRef(variable.type, 0, variable))
            self.store_to(self.pointers[variable], type_, value)
        elif variable.storage == "local" and variable.section == "output":
            target = f"%r.{symbol(variable.name)}"
            if type_ is not None:
                self.store_to(target, type_, self.load(VariableRef(variable.type, 0, variable)))
            else:
                self.copy(target, self.pointers[variable], variable.type.size)


def _exposed(pou: Pou) -> bool:
    return pou.exposed or any(_exposed(one) for one in pou.bases)


def _step(module: Module, project: Project) -> str:
    """One scan: runs the tasks that are due, the most urgent first."""
    text, instances = Text(), project.instances
    if project.startup:
        _begin(module, text, project.startup)
    module.inlining.scan(Counter(one.body.name.upper() for one in instances))
    intervals = {one.interval for one in instances}
    if len(intervals) > 1:
        _several_rates(module, text, instances)
    else:
        for one in instances:
            _instance(module, text, one)
    text.end("ret i64 0")
    text.label("broken")
    text.end("ret i64 -1")
    return text.text("internal i64 @step(i64 %t, ptr noalias %head, ptr %mem) alwaysinline")


def _begin(module: Module, text: Text, startup: list[Pou]) -> None:
    """What runs once, before everything else."""
    flag = text.let(f"getelementptr inbounds i8, ptr %head, i64 {layout.BEGUN}")
    first, begun = text.fresh("first"), text.fresh("begun")
    text.split(text.let(f"icmp eq i64 {text.let(f'load i64, ptr {flag}, align 8')}, 0"), first, begun)
    text.label(first)
    text.do(f"store i64 1, ptr {flag}, align 8")
    _budget(module, text, layout.PASSES)
    for pou in startup:
        kind, following = result_type(pou), text.fresh("next")
        both = text.let(f"call {kind} {function_name(pou)}(i64 %t, ptr %head, ptr %mem)")
        status = text.let(f"extractvalue {kind} {both}, 0")
        text.split(text.let(f"icmp eq i64 {status}, 0"), following, "broken", likely=True)
        text.label(following)
    text.label(begun)


def _budget(module: Module, text: Text, passes: int) -> None:
    """How many loop passes follow at most."""
    for place in (layout.BUDGET, layout.LIMIT) if module.counts else ():
        pointer = text.let(f"getelementptr inbounds i8, ptr %head, i64 {place}")
        text.do(f"store i64 {passes}, ptr {pointer}, align 8")


def _instance(module: Module, text: Text, one: Instance) -> None:
    _budget(module, text, one.watchdog)
    pointer = text.let(f"getelementptr inbounds i8, ptr %mem, i64 {one.offset}")
    status = text.let(f"call i64 {function_name(one.body)}(i64 %t, ptr %head, ptr %mem, ptr {pointer})")
    following = text.fresh("next")
    text.split(text.let(f"icmp eq i64 {status}, 0"), following, "broken", likely=True)
    text.label(following)


def _several_rates(module: Module, text: Text, instances: list[Instance]) -> None:
    """Each instance keeps the time at which it is due; what was missed is not made up for."""
    for one in instances:
        if one.interval is None:
            _instance(module, text, one)
            continue
        place = text.let(f"getelementptr inbounds i8, ptr %mem, i64 {module.allocate(bytes(8), 8)}")
        started_at = text.let(f"getelementptr inbounds i8, ptr %head, i64 {layout.STARTED}")
        due = text.let(f"load i64, ptr {place}, align 8")
        fresh = text.let(f"icmp eq i64 {text.let(f'load i64, ptr {started_at}, align 8')}, 0")
        now = text.let(f"or i1 {fresh}, {text.let(f'icmp sge i64 %t, {due}')}")
        runs, skips = text.fresh("due"), text.fresh("skip")
        text.split(now, runs, skips)
        text.label(runs)
        base = text.let(f"select i1 {fresh}, i64 %t, i64 {due}")
        late = text.let(f"sub i64 %t, {base}")
        missed = text.let(f"sdiv i64 {late}, {one.interval}")
        steps = text.let(f"mul i64 {text.let(f'add i64 {missed}, 1')}, {one.interval}")
        text.do(f"store i64 {text.let(f'add i64 {base}, {steps}')}, ptr {place}, align 8")
        _instance(module, text, one)
        text.label(skips)
    started_at = text.let(f"getelementptr inbounds i8, ptr %head, i64 {layout.STARTED}")
    text.do(f"store i64 1, ptr {started_at}, align 8")
