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

    @classmethod
    def of(cls, units: list[s.Unit]) -> Project:
        """The names of a project."""
        pous = [one for unit in units for one in unit.pous]
        interfaces = frozenset(one.short.upper() for one in pous if one.kind == "INTERFACE")
        return cls(interfaces, frozenset(one.short.upper() for one in pous if one.kind == "FUNCTION") | {"ADR", "REF"})

    def moving(self, one: s.VariableDeclaration) -> bool:
        """Whether the initial value of a variable has to be worked out by the program."""
        if isinstance(one.type, s.NamedType) and one.type.arguments:
            return True
        if one.initial is None:
            return False
        named = isinstance(one.type, s.NamedType) and one.type.name.rpartition(".")[2].upper() in self.interfaces
        return named or isinstance(one.type, s.PointerType) or self._moves(one.initial)

    def _moves(self, node: s.Initial | None) -> bool:
        if isinstance(node, s.Call):
            name = node.callee.name.upper() if isinstance(node.callee, s.Name | s.Member) else ""
            return name in self.functions or any(self._moves(one.value) for one in node.arguments)
        if isinstance(node, s.Deref) or (isinstance(node, s.Name) and node.name.upper() == "THIS"):
            return True
        if isinstance(node, s.Aggregate):
            return self._moves(node.initial)
        if isinstance(node, s.StructInitial):
            return any(self._moves(item) for _, _, item in node.items)
        if isinstance(node, s.Binary):
            return self._moves(node.left) or self._moves(node.right)
        if isinstance(node, s.Unary):
            return self._moves(node.operand)
        return isinstance(node, s.Member | s.Index | s.Part) and self._moves(node.base)


def assignments(declarations: list[s.VariableDeclaration]) -> list[s.Statement]:
    """The statements that give variables their first values."""
    found: list[s.Statement] = []
    for one in declarations:
        name = s.Name(one.at, one.name)
        if isinstance(one.type, s.NamedType) and one.type.arguments:
            found.append(s.Initialise(one.at, name, one.type.arguments))
        elif isinstance(one.initial, s.ArrayInitial):
            continue
        elif isinstance(one.initial, s.StructInitial):
            found.append(s.Assign(one.at, name, s.Aggregate(one.at, one.initial)))
        elif one.initial is not None:
            reference = isinstance(one.type, s.PointerType) and one.type.kind == "REFERENCE"
            found.append(s.Assign(one.at, name, one.initial, "REF=" if reference else ":="))
    return found


def prepare(pou: s.Pou, project: Project) -> None:
    """Moves the initial values that have to be worked out from the declarations into statements."""
    late = [one for section in pou.sections for one in section.variables if project.moving(one)]
    statements = assignments(late)
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
