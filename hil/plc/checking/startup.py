"""Initial values that are no constants: addresses, objects, calls. They are assigned when the program starts.

A unit with memory gets a hidden action that assigns them once; its body and its members run that first. Functions and
methods assign theirs at every call, global variables in the first scan before everything else.
"""

from __future__ import annotations

from dataclasses import dataclass

from hil.plc import syntax as s

READY = "__READY"  # the variable that is TRUE once the values are assigned
ACTION = "__INITIAL"
_KEEPING = ("PROGRAM", "FUNCTION_BLOCK", "CLASS")


@dataclass(frozen=True)
class Project:
    """The names, in capitals and without namespaces, that tell a value to be worked out from a constant."""

    interfaces: frozenset[str]
    functions: frozenset[str]
    initialised: frozenset[str]  # function blocks with a METHOD FB_Init, of their own or of a base

    @classmethod
    def of(cls, units: list[s.Unit], library: frozenset[str]) -> Project:
        """The names of a project and of the units in its libraries."""
        pous = [one for unit in units for one in unit.pous]
        interfaces = frozenset(one.short.upper() for one in pous if one.kind == "INTERFACE")
        functions = frozenset(one.short.upper() for one in pous if one.kind == "FUNCTION") | library
        return cls(interfaces, functions | {"ADR", "REF", "__NEW"}, _initialised(pous))

    def initialises(self, spec: s.TypeSpec) -> bool:
        """Whether variables of this type have an FB_Init to be called."""
        while isinstance(spec, s.ArrayType):
            spec = spec.element
        return isinstance(spec, s.NamedType) and spec.name.rpartition(".")[2].upper() in self.initialised

    def moving(self, one: s.VariableDeclaration) -> bool:
        """Whether the initial value of a variable has to be worked out by the program."""
        if isinstance(one.type, s.NamedType) and one.type.arguments:
            return True
        if self.initialises(one.type):
            return True
        if one.initial is None:
            return False
        named = isinstance(one.type, s.NamedType) and one.type.name.rpartition(".")[2].upper() in self.interfaces
        return named or isinstance(one.type, s.PointerType) or self._moves(one.initial)

    def _moves(self, node: s.Initial | None) -> bool:
        if isinstance(node, s.Call):
            name = node.callee.name.upper() if isinstance(node.callee, s.Name | s.Member) else ""
            known = name in self.functions or isinstance(node.callee, s.Member)
            return known or any(self._moves(one.value) for one in node.arguments)
        if isinstance(node, s.Deref) or (isinstance(node, s.Name) and node.name.upper() == "THIS"):
            return True
        if isinstance(node, s.Aggregate):
            return self._moves(node.initial)
        if isinstance(node, s.StructInitial):
            return any(self._moves(item) for _, _, item in node.items)
        if isinstance(node, s.ArrayInitial):
            return any(self._moves(item) for _, item in node.items)
        if isinstance(node, s.Binary):
            return self._moves(node.left) or self._moves(node.right)
        if isinstance(node, s.Unary):
            return self._moves(node.operand)
        return isinstance(node, s.Member | s.Index | s.Part) and self._moves(node.base)


def _initialised(pous: list[s.Pou]) -> frozenset[str]:
    """Those with an FB_Init, and what extends them."""
    bases = {one.short.upper(): [each.name.rpartition(".")[2].upper() for each in one.extends] for one in pous}
    found = {one.short.upper() for one in pous if any(each.name.upper() == "FB_INIT" for each in one.members)}
    while more := {name for name, above in bases.items() if name not in found and found & set(above)}:
        found |= more
    return frozenset(found)


def assignments(declarations: list[s.VariableDeclaration], project: Project) -> list[s.Statement]:
    """The statements that give variables their first values."""
    found: list[s.Statement] = []
    for one in declarations:
        name = s.Name(one.at, one.name)
        arguments = one.type.arguments if isinstance(one.type, s.NamedType) else []
        if arguments or project.initialises(one.type):
            found.append(s.Initialise(one.at, name, arguments))
        if isinstance(one.initial, s.StructInitial | s.ArrayInitial):
            found.append(s.Assign(one.at, name, s.Aggregate(one.at, one.initial)))
        elif one.initial is not None:
            reference = isinstance(one.type, s.PointerType) and one.type.kind == "REFERENCE"
            found.append(s.Assign(one.at, name, one.initial, "REF=" if reference else ":="))
    return found


def prepare(pou: s.Pou, project: Project) -> None:
    """Moves the initial values that have to be worked out from the declarations into statements."""
    late = [one for section in pou.sections for one in section.variables if project.moving(one)]
    statements = assignments(late, project)
    for one in late:
        one.initial = None
    if pou.kind not in _KEEPING:
        pou.body[:0] = statements
        return
    if statements:
        at = pou.at
        ready = s.VariableDeclaration(at, f"{READY}_{pou.short}", s.NamedType(at, "BOOL"), None)
        pou.sections.append(s.Section(at, "VAR", set(), [ready]))
        flag = s.Name(at, ready.name)
        statements.insert(0, s.Assign(at, flag, s.Literal(at, "TRUE", "TRUE")))
        body: list[s.Statement] = [s.If(at, [(s.Unary(at, "NOT", flag), statements)], [])]
        name = f"{ACTION}_{pou.short}"
        pou.members.append(s.Pou(at, "ACTION", name, None, [], body, pou.source, prefixes=pou.prefixes))
    for member in pou.members:
        prepare(member, project)
