"""Calls of functions and function blocks: which argument goes where."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.access_paths import root_of, text_of
from hil.plc.checking.check_objects import Objects, exact, in_out_key
from hil.plc.checking.choosing import Choosing
from hil.plc.checking.enabling import NAMES, Enabling, split
from hil.plc.checking.standard import StandardFunctions
from hil.plc.checking.values import poison
from hil.plc.prelude import FILE, input_of
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import (
    Assign,
    CallBlock,
    CallFunction,
    Const,
    DerefRef,
    Expr,
    FieldRef,
    Guarded,
    If,
    PartRef,
    Place,
    Pou,
    Variable,
    VariableRef,
)
from hil.plc.types import POISON, Array, Enum, OpenArray, Pointer, String, Struct, Type, decode, same


class Calls(StandardFunctions, Objects, Choosing, Enabling):
    """Checks calls; `units` gives the unit of a name in capitals, with its variables declared."""

    def prelude(self, name: str) -> Pou | None:
        """A unit of the standard library by its name in capitals, noted as called."""
        pou = self.interface(name)
        if pou is not None:
            self.note_call(pou, 0)
        return pou

    def expression(self, node: s.Expression) -> Expr:
        """See Expressions; a call in an expression gives a value."""
        found = super().expression(node)
        called = found.call if isinstance(found, Guarded) else found
        if isinstance(node, s.Call) and isinstance(called, CallFunction) and called.pou.result is None:
            name = text_of(node.callee)
            self.scope.error(node.at, f"{name} gives no result; call it as a statement or give it a result type")
            return poison(node.at)
        return found

    def call(self, node: s.Call) -> Expr:
        """A call, perhaps for its effects alone."""
        if self._has_enable(node):
            plain, enable, eno = split(node)
            return self.enabled(self._followed(plain), enable, eno)
        return self._followed(node)

    def _has_enable(self, node: s.Call) -> bool:
        """Whether a call has EN or ENO that the callee has not declared itself."""
        given = {one.name.upper() for one in node.arguments} & set(NAMES)
        if not given:
            return False
        if (method := self.method(node.callee)) is not None:
            return not given & set(method[0].variables)
        name = self.scope.key(dotted(node.callee), self.scope.names.pou_declarations)
        variable = self.scope.variable(name)
        if variable is not None:
            return not (isinstance(variable.type, Struct) and given & set(variable.type.fields))
        pou = self.interface(name)
        return pou is None or not given & set(pou.variables)

    def _followed(self, node: s.Call) -> Expr:
        found = self._plain_call(node)
        if isinstance(found.type, Pointer) and found.type.kind == "REFERENCE" and not isinstance(found, Const):
            return DerefRef(found.type.target, node.at, found, text_of(node.callee))
        return found

    def _plain_call(self, node: s.Call) -> Expr:
        if (method := self.method(node.callee)) is not None:
            pou, place, super_ = method
            return self._method_call(node, pou, place, super_)
        name = dotted(node.callee)
        if isinstance(node.callee, s.Member) and name and self.is_qualified(node.callee):
            return self._named_call(node, name)
        if isinstance(node.callee, s.Name) and self.scope.variable(node.callee.name.upper()) is None:
            return self._named_call(node, node.callee.name)
        declared = self.scope.names.pou_declarations
        if isinstance(node.callee, s.Name) and self.scope.key(node.callee.name, declared) in declared:
            return self._named_call(node, node.callee.name)  # beside the result of its name; itself is recursion
        found = self.path(node.callee)
        if found.type is not POISON:
            self.scope.error(
                node.at,
                f"{text_of(node.callee)} is {found.type.name} and gives no value; call it as a statement",
            )
        return poison(node.at)

    def _named_call(self, node: s.Call, name: str) -> Expr:
        upper = self.scope.key(name, self.scope.names.pou_declarations)
        pou = self.interface(upper)
        if pou is None and (special := self.address_function(node, upper)) is not None:
            return special
        if pou is None:
            if upper in self.scope.names.pou_declarations:
                return poison(node.at)
            if (standard := self.standard_call(node, upper.rpartition(".")[2])) is not None:
                return standard
            known = [one.name for one in self.scope.names.pou_declarations.values()]
            self._quiet_arguments(node)
            known += self.standard_names()
            self.scope.unknown(node.at, "function", name, known, "declare it", elsewhere=True)
            return poison(node.at)
        if pou.kind != "FUNCTION":
            kind = pou.kind.lower().replace("_", " ")
            self.scope.error(node.at, f"{name} is a {kind}; declare an instance of it and call that")
            return poison(node.at)
        several = self._same_name(name, upper)
        chosen = pou if len(several) < 2 else self.choose(node, several)
        return poison(node.at) if chosen is None else self._function_call(node, chosen)

    def _same_name(self, name: str, upper: str) -> list[Pou]:
        """All functions that a name may mean: the overloads, in each of the namespaces that are seen."""
        declared = self.scope.names.pou_declarations
        seen = [one + name.upper() for one in self.scope.prefixes]
        keys = dict.fromkeys([upper, *(one for one in seen if one in declared)])
        found = [each for one in keys for each in self.scope.names.overloads.get(one, [one])]
        pous = [self.interface(one) for one in found]
        return [one for one in pous if one is not None and one.kind == "FUNCTION"]

    def _quiet_arguments(self, node: s.Call) -> None:
        for argument in node.arguments:
            if argument.value is not None:
                self.expression(argument.value)

    def _method_call(self, node: s.Call, pou: Pou, place: Place, super_: bool) -> Expr:
        owner = self.unit_of(place.type)
        if owner is not None and (several := self.units.overloads(owner, pou.name.partition("(")[0].split(".")[-1])):
            chosen = several[0] if len(several) == 1 else self.choose(node, several)
            if chosen is None:
                return poison(node.at)
            pou = chosen
        if pou.owner is not None:
            self.guard(pou.access, pou.owner, pou.name.partition("(")[0].split(".")[-1], node.at)
        call = self._function_call(node, pou, method=True)
        if not isinstance(call, CallFunction):
            return call
        made = self.member_call(pou, place, call.inputs, node.at, super_)
        made.references = call.references
        return made

    def _function_call(self, node: s.Call, pou: Pou, method: bool = False) -> Expr:
        if not method:
            self.note_call(pou, node.at)
        formals = pou.section("input", "in_out", "output")
        given = self._match(node, pou, formals)
        if given is None:
            return poison(node.at)
        inputs: list[Expr] = []
        references: list[Place | None] = []
        for variable in pou.section("input"):
            argument = given.get(variable.name.upper())
            if argument is None or argument.value is None:
                inputs.append(default_of(variable, node.at))
            else:
                inputs.append(self.value(argument.value, variable.type, f"{pou.name}'s {variable.name}"))
        for variable in pou.section("in_out", "output"):
            references.append(self._reference(given.get(variable.name.upper()), variable, pou, node.at))
        result = pou.result.type if pou.result else POISON
        return CallFunction(result, node.at, pou, inputs, references)

    def _match(self, node: s.Call, pou: Pou, formals: list[Variable]) -> dict[str, s.Argument] | None:
        """Arguments by formal name in capitals; None when that was reported."""
        by_name = {one.name.upper(): one for one in formals}
        given: dict[str, s.Argument] = {}
        positional = [one for one in node.arguments if not one.name]
        lenient = self.scope.names.profile.name == "codesys"
        if positional and len(positional) < len(node.arguments) and not lenient:
            self.scope.error(node.at, f"the call of {pou.name} mixes named and plain arguments; name all or none")
            return None
        places = [one for one in formals if one.section != "output"] or formals
        if len(positional) > len(places) and len(positional) > len(formals):
            self.scope.error(
                node.at,
                f"{pou.name} takes {len(places)} arguments, here are {len(positional)}; remove the surplus",
            )
            return None
        wanted = formals if len(positional) > len(places) else places
        for place, argument in enumerate(node.arguments):
            if not argument.name and place < len(wanted):
                given[wanted[place].name.upper()] = argument
        for argument in node.arguments:
            if not argument.name:
                continue
            upper = argument.name.upper()
            if pou.source.file == FILE:
                upper = input_of(pou.name, upper, self.scope.names.profile)
            if upper not in by_name and (pou.unknown_base or (pou.owner is not None and pou.owner.unknown_base)):
                continue
            if upper not in by_name:
                names = [one.name for one in formals]
                what = f"parameter of {pou.name} called"
                self.scope.unknown(argument.at, what, argument.name, names, f"it has {', '.join(names) or 'none'}")
                continue
            if upper in given:
                self.scope.error(argument.at, f"{argument.name} is given twice; remove one")
            given[upper] = argument
        return given

    def _reference(self, argument: s.Argument | None, formal: Variable, pou: Pou, at: int) -> Place | None:
        """The variable behind an in-out or an output of a function."""
        if argument is None or argument.value is None:
            if formal.section == "in_out":
                self.scope.error(at, f"{pou.name} needs its in-out {formal.name}; give it a variable")
            return None
        place = self.path(argument.value)
        if place.type is POISON or formal.type is POISON:
            return None
        if isinstance(place, Const) or (isinstance(place, VariableRef) and place.variable.constant):
            self.scope.error(
                place.at, f"{pou.name}'s {formal.name} needs a variable, this is a constant; use a variable"
            )
            return None
        if isinstance(place, PartRef):
            self.scope.error(place.at, f"{pou.name}'s {formal.name} cannot be a single bit; use a variable of its own")
            return None
        if isinstance(formal.type, OpenArray) and _opens(place.type, formal.type):
            mark(place, addressed=True)
            return place
        if isinstance(place.type, Enum) and place.type.named and same(place.type.base, formal.type):
            mark(place, addressed=True)
            return place
        if not same(place.type, formal.type) and not self._stands_for(place.type, formal.type):
            self.scope.error(
                place.at,
                f"{pou.name}'s {formal.name} is {formal.type.name}, this variable is {place.type.name};"
                " the types must be the same",
            )
            return None
        mark(place, addressed=True)
        return place

    def _stands_for(self, have: Type, want: Type) -> bool:
        """Whether an object may stand where one of its bases is wanted, or a string where one of another length is."""
        if isinstance(have, String) and isinstance(want, String) and have.width == want.width:
            return self.scope.names.profile.in_out_strings == "any length"
        return isinstance(have, Struct) and isinstance(want, Struct) and want.name.upper() in have.kin

    # ---- function blocks

    def block_call(self, node: s.Call) -> CallBlock | If | Expr | None:
        """A call as a statement: of a function block's instance, or of a function for its effects."""
        named = isinstance(node.callee, s.Name) and self.scope.variable(node.callee.name.upper()) is None
        if named and self.program(dotted(node.callee), node.at) is None:
            return self.call(node)
        if self.method(node.callee) is not None or isinstance(node.callee, s.Call):
            return self.call(node)
        qualified = isinstance(node.callee, s.Member) and self.is_qualified(node.callee)
        key = self.scope.key(dotted(node.callee), self.scope.names.pou_declarations) if qualified else ""
        if qualified and self.interface(key) is not None:
            return self.call(node)
        if not self._has_enable(node):
            return self._block_call(node)
        plain, enable, eno = split(node)
        call = self._block_call(plain)
        return None if call is None else self.enabled_block(call, enable, eno)

    def _block_call(self, node: s.Call) -> CallBlock | None:
        place = self.path(node.callee)
        if place.type is POISON or isinstance(place, Const):
            self._quiet_arguments(node)
            return None
        if not isinstance(place.type, Struct) or not place.type.block:
            self.scope.error(
                node.at,
                f"{text_of(node.callee)} is {place.type.name} and cannot be called; call a function block",
            )
            return None
        pou = self.interface(place.type.name.upper())
        assert pou is not None
        self.note_call(pou, node.at, virtual=bool(pou.number) and not exact(place))
        if isinstance(place, VariableRef):
            place.variable.read = place.variable.written = True
        given = self._match(node, pou, pou.section("input", "in_out", "output"))
        return None if given is None else self._block_arguments(node, pou, place, given)

    def _block_arguments(self, node: s.Call, pou: Pou, place: Place, given: dict[str, s.Argument]) -> CallBlock:
        inputs, outputs, references = list[Assign](), list[Assign](), list[Place]()
        for variable in pou.section("in_out"):
            if (
                reference := self._reference(given.pop(variable.name.upper(), None), variable, pou, node.at)
            ) is not None:
                references.append(reference)
                if dotted(node.callee):
                    self.handed[in_out_key(node.callee, variable.name)] = reference
        for upper, argument in given.items():
            if argument.value is None:
                continue
            variable = pou.variables[upper]
            field = FieldRef(variable.type, argument.at, place, variable.name, variable.offset)
            if argument.output or variable.section == "output":
                if (assign := self._output(argument, field)) is not None:
                    outputs.append(assign)
            else:
                value = self.value(argument.value, variable.type, f"{pou.name}'s {variable.name}")
                inputs.append(Assign(field, value))
        return CallBlock(node.at, pou, place, inputs, references, outputs, not exact(place) and bool(pou.number))

    def _output(self, argument: s.Argument, field: FieldRef) -> Assign | None:
        assert argument.value is not None
        if not argument.output:
            self.scope.error(argument.at, f"{field.name} is an output; write {field.name} => variable")
            return None
        target = self.target(argument.value)
        if target is None:
            return None
        return Assign(target, self.coerce(field, target.type, text_of(argument.value)))

    def target(self, node: s.Expression) -> Place | None:
        """A variable that is assigned; None when that was reported."""
        place = self.path(node)
        if place.type is POISON:
            return None
        root = root_of(place) if not isinstance(place, Const) else None
        if isinstance(place, DerefRef):
            self.effects += 1
        given = root is not None and root.fixed and self.scope.pou is not None and self.scope.pou.short == "FB_Init"
        if root is None or (root.constant is not None and not given) or root.section == "constant":
            self.scope.error(node.at, f"{text_of(node)} is a constant and cannot be assigned; use a variable")
            return None
        assert not isinstance(place, Const)
        mark(place)
        return place


def mark(place: Place, addressed: bool = False) -> None:
    """Notes that a variable is written, perhaps through its address."""
    root = root_of(place)
    root.written = True
    root.addressed = root.addressed or addressed


def _opens(have: Type, want: OpenArray) -> bool:
    """Whether an array can be given for an ARRAY [*]."""
    if isinstance(have, OpenArray):
        return have.dimensions == want.dimensions and same(have.element, want.element)
    return isinstance(have, Array) and len(have.bounds) == want.dimensions and same(have.element, want.element)


def default_of(variable: Variable, at: int) -> Expr:
    """The initial value of an input that the caller leaves out."""
    return Const(variable.type, at, decode(variable.type, variable.image))
