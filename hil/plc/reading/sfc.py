"""Sequential function charts as statements (IEC 61131-3 clause 6.7).

Each scan: the transitions behind active steps are evaluated, all that hold fire together, then the actions run. Where a
step begins several transitions, the lowest PRIORITY, else the first in the text, is taken. In the first scan only the
actions of the initial steps run. An action runs while its Q is TRUE, without the final scan (figure 15b); `name.X` is
TRUE while a step is active, `name.T` is how long it is, or was.
"""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.reading.cursor import Cursor

_TIMED = frozenset(("L", "D", "SD", "DS", "SL"))
QUALIFIERS = frozenset(("N", "R", "S", "P", "P0", "P1", *_TIMED))


def expand(pou: s.Pou, cursor: Cursor) -> None:
    """Puts the chart of a unit into its sections and its body."""
    chart = pou.chart
    if chart is None:
        return
    if not _sound(chart, cursor):
        pou.broken = True
        return
    associations: dict[str, list[tuple[s.Step, s.Association]]] = {}
    for step in chart.steps:
        for one in step.actions:
            associations.setdefault(one.name.upper(), []).append((step, one))
    pou.sections.append(_variables(chart, list(associations.values())))
    pou.body += _evolution(chart)
    for used in associations.values():
        pou.body += _control(used, pou)


def _sound(chart: s.Chart, cursor: Cursor) -> bool:
    """Whether the chart has what it names; mistakes are reported."""
    names = {one.name.upper() for one in chart.steps}
    found = True
    for transition in chart.transitions:
        for name in (*transition.sources, *transition.targets):
            if name.upper() not in names:
                cursor.complain(transition.at, f"no STEP {name} in this chart; declare it or correct the name")
                found = False
    if not _begins_once(chart):
        cursor.complain(chart.at, "a chart has one INITIAL_STEP; declare exactly one")
        found = False
    for step in chart.steps:
        for one in step.actions:
            if one.qualifier not in QUALIFIERS:
                known = ", ".join(sorted(QUALIFIERS))
                cursor.complain(one.at, f"{one.qualifier} is no qualifier of an action; use one of {known}")
                found = False
            elif (one.qualifier in _TIMED) != (one.time is not None):
                cure = "needs a time, as in (D, T#5s)" if one.time is None else "takes no time; remove it"
                cursor.complain(one.at, f"the qualifier {one.qualifier} {cure}")
                found = False
    return found


def _begins_once(chart: s.Chart) -> bool:
    """Whether each network of the chart, of which there may be several, has one initial step."""
    networks = [{one.name.upper()} for one in chart.steps]
    for one in chart.transitions:
        joined = {name.upper() for name in (*one.sources, *one.targets)}
        apart = [each for each in networks if not each & joined]
        networks = [*apart, joined.union(*(each for each in networks if each & joined))]
    initial = {one.name.upper() for one in chart.steps if one.initial}
    return bool(networks) and all(len(each & initial) == 1 for each in networks)


def _variables(chart: s.Chart, associations: list[list[tuple[s.Step, s.Association]]]) -> s.Section:
    """An instance for each step and each action; the initial step begins with X TRUE."""
    found: list[s.VariableDeclaration] = []
    for step in chart.steps:
        initial = (
            s.StructInitial(step.at, [(step.at, "X", s.Literal(step.at, "TRUE", "TRUE"))]) if step.initial else None
        )
        found.append(s.VariableDeclaration(step.at, step.name, s.NamedType(step.at, "SFC_STEP"), initial))
    for used in associations:
        _, one = used[0]
        found.append(s.VariableDeclaration(one.at, _block(one), s.NamedType(one.at, "SFC_ACTION"), None))
    return s.Section(chart.at, "VAR", set(), found)


def _block(one: s.Association) -> str:
    return f"__ACTION_{one.name}"


def _path(at: int, *names: str) -> s.Expression:
    found: s.Expression = s.Name(at, names[0])
    for name in names[1:]:
        found = s.Member(at, found, name)
    return found


def _all(at: int, parts: list[s.Expression], op: str = "AND") -> s.Expression:
    found = parts[0]
    for part in parts[1:]:
        found = s.Binary(at, op, found, part)
    return found


def _evolution(chart: s.Chart) -> list[s.Statement]:
    """Each transition marks the steps that it ends and begins; then the steps change, all at once."""
    body: list[s.Statement] = []
    for step in chart.steps:
        now = s.Call(step.at, s.Name(step.at, "__SCAN_TIME"), [])
        elapsed = s.Binary(step.at, "-", now, _path(step.at, step.name, "SINCE"))
        update: list[s.Statement] = [s.Assign(step.at, _path(step.at, step.name, "T"), elapsed)]
        body.append(s.If(step.at, [(_path(step.at, step.name, "READY"), update)], []))
    true = s.Literal(chart.at, "TRUE", "TRUE")
    for one in sorted(chart.transitions, key=lambda each: each.priority):
        at = one.at
        ready: list[s.Expression] = [_path(at, name, "READY") for name in one.sources]
        free: list[s.Expression] = [s.Unary(at, "NOT", _path(at, name, "LEAVES")) for name in one.sources]
        marks: list[s.Statement] = [s.Assign(at, _path(at, name, "LEAVES"), true) for name in one.sources]
        marks += [s.Assign(at, _path(at, name, "ENTERS"), true) for name in one.targets]
        fires: list[s.Statement] = [s.If(at, [(one.condition, marks)], [])]
        body.append(s.If(at, [(_all(at, [*ready, *free]), fires)], []))
    return body + [s.Invoke(one.at, s.Call(one.at, s.Name(one.at, one.name), [])) for one in chart.steps]


def _control(used: list[tuple[s.Step, s.Association]], pou: s.Pou) -> list[s.Statement]:
    """Calls the control block of an action with what the steps ask for, then runs the action."""
    at, first = used[0][1].at, used[0][1]
    asked: dict[str, list[s.Expression]] = {}
    body: list[s.Statement] = []
    for step, one in used:
        asked.setdefault(one.qualifier, []).append(_path(one.at, step.name, "X"))
        if one.time is not None:
            target = _path(one.at, _block(first), "T")
            body.append(s.If(one.at, [(_path(one.at, step.name, "X"), [s.Assign(one.at, target, one.time)])], []))
    arguments = [s.Argument(at, name, _all(at, parts, "OR")) for name, parts in asked.items()]
    body.append(s.Invoke(at, s.Call(at, s.Name(at, _block(first)), arguments)))
    runs = _path(at, _block(first), "Q")
    if any(each.kind == "ACTION" and each.name.upper() == first.name.upper() for each in pou.members):
        call = s.Invoke(at, s.Call(at, s.Name(at, first.name), []))
        return [*body, s.If(at, [(runs, [call])], [])]
    return [*body, s.Assign(at, s.Name(at, first.name), runs)]
