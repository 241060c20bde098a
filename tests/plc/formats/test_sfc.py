from pathlib import Path

import pytest

from hil.plc import compile_text
from tests.plc.formats._samples import block, drawn, element, given, read, wires


def step(id_: int, name: str, *origins: str, initial: bool = False) -> str:
    return element("step", id_, "", origins, name=name, initialStep=str(initial).lower())


def transition(id_: int, origin: str, condition: str, **flags: str) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in flags.items())
    inner = f"<position x='{id_}' y='0'/>{wires([origin])}<condition>{condition}</condition>"
    return f'<transition localId="{id_}"{attributes}>{inner}</transition>'


def inline(expression: str) -> str:
    return f"<inline name=''><ST><xhtml>{expression}</xhtml></ST></inline>"


def actions(id_: int, step_: str, *inner: str) -> str:
    return f'<actionBlock localId="{id_}">{wires([step_])}{"".join(inner)}</actionBlock>'


def chart(folder: Path, *elements: str, declarations: str = "VAR a : BOOL; END_VAR") -> str:
    project = read(folder, "chart.xml", drawn(declarations, *elements, language="SFC"))
    assert project.problems == ()
    return project.units[0].text.partition("END_VAR\n")[2].removesuffix("END_PROGRAM\n")


@pytest.mark.feature("54/graphical", "61/loops")
def test_steps_transitions_and_jumps(tmp_path: Path) -> None:
    text = chart(tmp_path, step(1, "Rest", initial=True), transition(2, "1", inline("a")), step(3, "Work", "2"),
                 transition(4, "3", inline("NOT a")), element("jumpStep", 5, "", ["4"], targetName="Rest"))  # fmt: skip
    assert text == (
        "INITIAL_STEP Rest:\nEND_STEP\nSTEP Work:\nEND_STEP\n"
        "TRANSITION FROM Rest TO Work\n:= a;\nEND_TRANSITION\nTRANSITION FROM Work TO Rest\n:= NOT a;\nEND_TRANSITION\n"
    )


@pytest.mark.feature("57/graphical")
def test_actions_by_name_by_path_and_inline(tmp_path: Path) -> None:
    named = '<action qualifier="L" duration="T#2s"><reference name="a"/></action>'
    path = '<action><reference name="motor.stop"/></action>'
    written = '<action qualifier="P"><inline><ST><xhtml>a := TRUE;</xhtml></ST></inline></action>'
    text = chart(tmp_path, step(1, "Go", initial=True), actions(2, "1", named, path, written))
    assert text == (
        "ACTION Go_action_1:\nmotor.stop();\nEND_ACTION\nACTION Go_action_2:\na := TRUE;\nEND_ACTION\n"
        "INITIAL_STEP Go:\na(L, T#2s);\nGo_action_1(N);\nGo_action_2(P);\nEND_STEP\n"
    )


def test_parallel_branches_leave_and_enter_several_steps(tmp_path: Path) -> None:
    text = chart(tmp_path, step(1, "S", initial=True), transition(2, "1", inline("a")),
                 element("simultaneousDivergence", 3, "", ["2"]), step(4, "L", "3"), step(5, "R", "3"),
                 element("simultaneousConvergence", 6, "", ["4", "5"]), transition(7, "6", inline("a")),
                 element("jumpStep", 8, "", ["7"], targetName="S"))  # fmt: skip
    assert "TRANSITION FROM S TO (L, R)\n" in text
    assert "TRANSITION FROM (L, R) TO S\n" in text


@pytest.mark.feature("55/PRIORITY")
def test_alternatives_go_from_left_to_right_unless_numbered(tmp_path: Path) -> None:
    text = chart(tmp_path, step(1, "S", initial=True), element("selectionDivergence", 2, "", ["1"]),
                 transition(3, "2", inline("a")), transition(4, "2", inline("NOT a"), priority="1"), step(5, "A", "3"),
                 step(6, "B", "4"), element("selectionConvergence", 7, "", ["8", "9"]), transition(8, "5", inline("a")),
                 transition(9, "6", inline("a")), element("jumpStep", 10, "", ["7"], targetName="S"))  # fmt: skip
    heads = [line for line in text.split("\n") if line.startswith("TRANSITION")]
    assert heads == [
        "TRANSITION (PRIORITY := 1) FROM S TO B", "TRANSITION FROM S TO A", "TRANSITION FROM A TO S",
        "TRANSITION FROM B TO S",
    ]  # fmt: skip


@pytest.mark.feature("55/graphical")
def test_a_drawn_condition_is_an_expression(tmp_path: Path) -> None:
    drawn_condition = wires(["4"])
    text = chart(tmp_path, step(1, "S", initial=True), given(3, "a"),
                 block(4, "NOT", {"IN": "3"}), transition(2, "1", drawn_condition), step(5, "T", "2"))  # fmt: skip
    assert "TRANSITION FROM S TO T\n:= NOT a;\n" in text


def test_a_timer_before_a_transition_runs_while_its_step_is_active(tmp_path: Path) -> None:
    text = chart(tmp_path, step(1, "S", initial=True), given(3, "a"), given(6, "T#1s"),
                 block(4, "TON", {"IN": "3", "PT": "6"}, "Q ET", instanceName="delay"),
                 transition(2, "1", wires(["4.Q"])),
                 step(5, "T", "2"))  # fmt: skip
    assert "ACTION S_condition_transition_2:\ndelay(IN := a, PT := T#1s);\nEND_ACTION\n" in text
    assert "INITIAL_STEP S:\nS_condition_transition_2(N);\nEND_STEP\n" in text
    assert ":= delay.Q;\n" in text


def test_conditions_by_name(tmp_path: Path) -> None:
    body = [step(1, "S", initial=True), transition(2, "1", "<reference name='ready'/>"), step(3, "T", "2")]
    text = drawn("VAR a : BOOL; END_VAR", *body, language="SFC")
    named = (
        "<transitions><transition name='ready'><body><ST>ready := a AND TRUE;</ST></body></transition></transitions>"
    )
    text = text.replace("<body><SFC>", f"{named}<body><SFC>")
    assert ":= a AND TRUE;\n" in read(tmp_path, "chart.xml", text).units[0].text


def test_what_codesys_keeps_beside_a_step(tmp_path: Path) -> None:
    guids = [
        "a6b08bd8-b696-47e3-9cbf-7408b61c9ff8",
        "700a583f-b4d4-43e4-8c14-629c7cd3bec8",
        "a2621e18-7de3-4ea6-ae6d-89e9e0b7befd",
    ]
    lines = "".join(
        f"<attribute guid='{guid}'>{name}</attribute>" for guid, name in zip(guids, ["in", "on", "off"], strict=True)
    )
    data = f"<addData><data name='sfc/element'><attributes>{lines}</attributes></data></addData></step>"
    text = chart(tmp_path, step(1, "S", initial=True).replace("</step>", data))
    assert text == "INITIAL_STEP S:\nin(P1);\non(N);\noff(P0);\nEND_STEP\n"


def test_the_time_of_an_action_that_codesys_keeps_beside_it(tmp_path: Path) -> None:
    data = (
        "<addData><data name='e'><attributes><attribute guid='E174FC0D-80B0-4A9E-A530-CA239C249A50'>D T#2s</attribute>"
    )
    action = f'<action qualifier="D" duration=""><reference name="a"/>{data}</attributes></data></addData></action>'
    text = chart(tmp_path, step(1, "S", initial=True), actions(2, "1", action))
    assert "a(D, T#2s);\n" in text


def test_what_is_not_connected_is_named(tmp_path: Path) -> None:
    text = drawn("VAR a : BOOL; END_VAR", step(1, "S", initial=True), transition(2, "1", inline("a")), language="SFC")
    assert (
        read(tmp_path, "chart.xml", text).problems[0].endswith("error: a transition stands before no step; connect it")
    )
    empty = drawn("VAR a : BOOL; END_VAR", step(1, "S"), transition(2, "1", ""), step(3, "T", "2"), language="SFC")
    assert (
        read(tmp_path, "chart.xml", empty)
        .problems[0]
        .endswith("error: the condition of a transition is no expression; write one")
    )


def test_what_charts_of_several_actions_make_has_names_of_its_own(tmp_path: Path) -> None:
    written = '<action qualifier="P"><inline><ST><xhtml>a := TRUE;</xhtml></ST></inline></action>'
    body = f"<body><SFC>{step(1, 'S', initial=True)}{actions(2, '1', written)}</SFC></body>"
    charts = "".join(f"<action name='{name}'>{body}</action>" for name in ("Up", "Down"))
    text = drawn("VAR a : BOOL; END_VAR", step(1, "S", initial=True), actions(2, "1", written), language="SFC")
    (unit,) = read(tmp_path, "p.xml", text.replace("<body>", f"<actions>{charts}</actions><body>", 1)).units
    made = [line for line in unit.text.splitlines() if line.startswith("ACTION")]
    assert made == [f"ACTION {name}:" for name in ("Up", "Down", "Up_S_action_1", "Down_S_action_1", "S_action_1")]
    compile_text(unit.text)


def test_the_end_of_a_statement_behind_a_drawn_expression_is_left_out(tmp_path: Path) -> None:
    text = chart(tmp_path, step(1, "S", initial=True), given(3, "a = TRUE;"), transition(2, "1", wires(["3"])),
                 step(4, "T", "2"))  # fmt: skip
    assert "TRANSITION FROM S TO T\n:= a = TRUE;\nEND_TRANSITION\n" in text
