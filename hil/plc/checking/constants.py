"""What must be known while compiling: bounds, lengths, initial values."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.checking.standard import StandardFunctions
from hil.plc.checking.values import poison
from hil.plc.reading.parse_expressions import dotted
from hil.plc.tree import Const, ElementRef, Expr, FieldRef, Place, Variable, VariableRef
from hil.plc.types import ANY_INT, POISON, Array, String, Type, characters, decode, string


class Constants(StandardFunctions):
    """Checks bounds and lengths."""

    def known(self, variable: Variable) -> Const | None:
        """See Paths; a bound takes what the declaration says."""
        return variable.constant

    def call(self, node: s.Call) -> Expr:
        """A standard function; of constants it is one."""
        name = dotted(node.callee).upper().rpartition(".")[2]
        given = [one.value for one in node.arguments if one.value is not None]
        if name in ("SIZEOF", "XSIZEOF") and len(given) == 1:
            return self._size(given[0])
        if name == "__POUNAME" and self.scope.pou is not None:
            content = self.scope.pou.name.encode("latin-1", "replace")
            return Const(string(len(content)), node.at, content)
        found = self.standard_call(node, name)
        return super().call(node) if found is None else found

    def _size(self, node: s.Expression) -> Expr:
        """SIZEOF of a variable or a type."""
        name = dotted(node)
        if name and not self._is_variable(node):
            type_ = self.scope.names.type_of(s.NamedType(node.at, name), self.scope)
        else:
            type_ = self.path(node).type
        return poison(node.at) if type_ is POISON else Const(ANY_INT, node.at, type_.size)

    def _is_variable(self, node: s.Expression) -> bool:
        """Whether a name with dots begins with a variable, or is one."""
        first = node
        while isinstance(first, s.Member):
            first = first.base
        names = self.scope.names
        qualified = self.scope.key(dotted(node), names.globals) in names.globals
        return qualified or (isinstance(first, s.Name) and self.scope.variable(first.name.upper()) is not None)


class Initials(Constants):
    """Checks initial values: in some profiles that of a variable gives what the other one begins with."""

    def expression(self, node: s.Expression) -> Expr:
        """See Expressions."""
        found = super().expression(node)
        if not isinstance(found, VariableRef | FieldRef | ElementRef) or self.scope.names.profile.name != "codesys":
            return found
        image = _image(found)
        if isinstance(found.type, String) and image is not None:
            content = characters(found.type, image)
            return Const(string(len(content) // found.type.width, found.type.width), found.at, content)
        return found if image is None else Const(found.type, found.at, decode(found.type, image))

    def composed(self, node: s.Expression, target: Type) -> bytes | None:
        """The bytes of a structure or array that a path names; None for what is none."""
        if not isinstance(node, s.Name | s.Member | s.Index):
            return None
        found = self.expression(node)
        if found.type is POISON:
            return target.image
        if isinstance(found, Const) and isinstance(found.value, bytes) and found.type.name == target.name:
            return found.value
        return None


def _image(place: Place) -> bytes | None:
    """What lies at a place in the beginning."""
    if isinstance(place, VariableRef):
        return place.variable.image or None
    if isinstance(place, FieldRef):
        base = _image(place.base)
        return None if base is None else base[place.offset : place.offset + place.type.size]
    if isinstance(place, ElementRef) and isinstance(place.base.type, Array):
        base, linear = _image(place.base), 0
        for index, (low, high) in zip(place.indexes, place.base.type.bounds, strict=True):
            if not isinstance(index, Const) or isinstance(index.value, bytes):
                return None
            linear = linear * (high - low + 1) + int(index.value) - low
        return None if base is None else base[linear * place.type.size : (linear + 1) * place.type.size]
    return None
