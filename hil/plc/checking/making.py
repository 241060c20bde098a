"""Values that need statements first: assignments that stand as values, structures made for a call, queries."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.access_paths import root_of, text_of
from hil.plc.checking.calls import Calls, mark
from hil.plc.checking.check_objects import retyped
from hil.plc.checking.values import operation, poison
from hil.plc.tree import Assign, Const, Expr, Place, Pou, Sequence, Statement, ValueRef, Variable, VariableRef
from hil.plc.types import ADDRESS, BOOL, POISON, Array, Interface, Pointer, Struct, Type, string


class Making(Calls):
    """Checks them; the statements themselves are checked by a subclass."""

    def assign(self, node: s.Assign) -> Statement | None:
        """An assignment as a statement."""
        raise NotImplementedError

    def hidden(self, type_: Type, at: int) -> Variable:
        """A variable of the body that the program does not name."""
        pou = self.scope.pou
        assert pou is not None
        variable = Variable(f"__MADE{len(pou.variables)}", type_, "temp", "local", at, image=type_.image)
        variable.read = variable.written = variable.addressed = True
        pou.variables[variable.name] = variable
        return variable

    def expression(self, node: s.Expression) -> Expr:
        """See Expressions."""
        if isinstance(node, s.Aggregate) and (given := _single(node)) is not None:
            return self._assigned(given)
        return self._assigned(node) if isinstance(node, s.Assigned) else super().expression(node)

    def value(self, node: s.Expression, target: Type, what: str) -> Expr:
        """See Expressions."""
        if isinstance(node, s.Aggregate) and isinstance(target, Struct | Array):
            return self.made(node, target)
        return super().value(node, target, what)

    def _assigned(self, node: s.Assigned) -> Expr:
        """`(x := value)`: assigns, then gives the value of x."""
        statement = self.assign(s.Assign(node.at, node.target, node.value))
        given = self.expression(node.target)
        if statement is None or given.type is POISON:
            return poison(node.at)
        if isinstance(given, Place):
            root_of(given).pointed = root_of(given).addressed = True
        return Sequence(given.type, node.at, [statement], given)

    def made(self, node: s.Aggregate, target: Struct | Array) -> Expr:
        """`(a := 1, b := x)` or `[1, x]` as a value: a hidden variable, assigned member by member."""
        variable = self.hidden(target, node.at)
        place = VariableRef(target, node.at, variable)
        body: list[Statement] = [Assign(place, Const(target, node.at, target.image))]
        one = self.assign(s.Assign(node.at, s.Name(node.at, variable.name), node))
        return Sequence(target, node.at, body if one is None else [*body, one], place)

    def _reference(self, argument: s.Argument | None, formal: Variable, pou: Pou, at: int) -> Place | None:
        """Values may be given for a VAR_IN_OUT CONSTANT: they are kept in a hidden variable."""
        given = None if argument is None else argument.value
        if not formal.fixed or formal.section != "in_out" or given is None or self._is_variable(given, formal.type):
            return super()._reference(argument, formal, pou, at)
        value = self.value(given, formal.type, f"{pou.name}'s {formal.name}")
        if value.type is POISON:
            return None
        place = VariableRef(formal.type, at, self.hidden(formal.type, at))
        return ValueRef(formal.type, at, Sequence(formal.type, at, [Assign(place, value)], place))

    def _is_variable(self, node: s.Expression, type_: Type) -> bool:
        """Whether a path names a variable of this type."""
        if not isinstance(node, s.Name | s.Member | s.Index | s.Deref):
            return False
        place = self.path(node)
        return place.type is POISON or (not isinstance(place, Const | ValueRef) and place.type.name == type_.name)

    # ---- queries

    def query(self, node: s.Call, source: s.Expression, target: s.Expression) -> Expr:
        """__QUERYINTERFACE(a, b) and __QUERYPOINTER(a, b): `b ?= a`, and whether there is something."""
        given, raw = self.expression(source), self.raw_path(target)
        if given.type is POISON or raw.type is POISON or isinstance(raw, Const):
            return poison(node.at)
        if not isinstance(raw.type, Pointer | Interface):
            name = f"{text_of(target)} is {raw.type.name}"
            self.scope.error(target.at, f"a query assigns a pointer or an interface, {name}; give such a variable")
            return poison(node.at)
        mark(raw)
        asked = not isinstance(raw.type, Pointer) or self.unit_of(raw.type.target) is not None
        found = self.attempt(given, raw.type) if asked else retyped(given, raw.type)
        there = operation(BOOL, node.at, "<>", [retyped(raw, ADDRESS), Const(ADDRESS, node.at, 0)])
        return Sequence(BOOL, node.at, [Assign(raw, found)], there)

    # ---- what the compiler knows

    def address_function(self, node: s.Call, name: str) -> Expr | None:
        """See Objects; __POUNAME and __POSITION besides."""
        if name in ("__POUNAME", "__POSITION") and not node.arguments:
            return self._told(node.at, name)
        return super().address_function(node, name)

    def _told(self, at: int, name: str) -> Expr:
        source, pou = self.scope.source, self.scope.pou
        text = f"Line {source.line(at)}, Column {source.column(at)}"
        if name == "__POUNAME" and pou is not None:
            text = pou.name if pou.owner is None else f"{pou.owner.name}.{pou.short}"
        content = text.encode("latin-1", "replace")
        return Const(string(len(content)), at, content)


def _single(node: s.Aggregate) -> s.Assigned | None:
    """`(x := value)` as an assignment, which it is where no structure is wanted."""
    if isinstance(node.initial, s.ArrayInitial) or len(node.initial.items) != 1:
        return None
    (at, name, value) = node.initial.items[0]
    if isinstance(value, s.ArrayInitial | s.StructInitial):
        return None
    return s.Assigned(at, s.Name(at, name), value)
