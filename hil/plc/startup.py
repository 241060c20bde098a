"""Initial values that are no constants: addresses, objects, calls. They are assigned when the program starts.

A unit with memory gets a hidden action that assigns them once; its body and its members run that first. Functions and
methods assign theirs at every call, global variables in the first scan before everything else.
"""

from __future__ import annotations

from hil.plc import syntax as s

READY = "__READY"  # the variable that is TRUE once the values are assigned
ACTION = "__INITIAL"
_KEEPING = ("PROGRAM", "FUNCTION_BLOCK", "CLASS")


def moving(one: s.VariableDeclaration, interfaces: frozenset[str]) -> bool:
    """Whether the initial value of a variable has to be worked out by the program; `interfaces` are in capitals."""
    addressed = isinstance(one.type, s.PointerType) and one.initial is not None
    if isinstance(one.type, s.NamedType) and one.initial is not None:
        addressed = one.type.name.rpartition(".")[2].upper() in interfaces
    arguments = isinstance(one.type, s.NamedType) and bool(one.type.arguments)
    return addressed or arguments or (one.initial is not None and _moves(one.initial))


def _moves(node: s.Initial | None) -> bool:
    if isinstance(node, s.Call):
        return not isinstance(node.callee, s.Name) or "_TO_" not in node.callee.name.upper()
    if isinstance(node, s.Deref):
        return True
    if isinstance(node, s.Name):
        return node.name.upper() == "THIS"
    if isinstance(node, s.Aggregate):
        return _moves(node.initial)
    if isinstance(node, s.StructInitial):
        return any(_moves(item) for _, _, item in node.items)
    if isinstance(node, s.Binary):
        return _moves(node.left) or _moves(node.right)
    return isinstance(node, s.Member | s.Index | s.Part | s.Unary) and _moves(
        node.operand if isinstance(node, s.Unary) else node.base
    )


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


def prepare(pou: s.Pou, interfaces: frozenset[str]) -> None:
    """Moves the initial values that have to be worked out from the declarations into statements."""
    late = [one for section in pou.sections for one in section.variables if moving(one, interfaces)]
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
        prepare(member, interfaces)
