"""Networks are lowered to statements that compute what the drawing says: most tests run them."""

from pathlib import Path
from typing import Any

import pytest

from tests.plc.formats._samples import block, drawn, element, given, lowered, out, ran, read

BITS = "VAR a : BOOL := TRUE; b : BOOL; c : BOOL; q : BOOL; r : BOOL; END_VAR"
NUMBERS = "VAR x : INT := 3; y : INT; z : INT; END_VAR"


def contact(id_: int, words: str, *origins: str, **flags: Any) -> str:
    return element("contact", id_, words, origins, **flags)


def coil(id_: int, words: str, *origins: str, y: int = 0, **flags: Any) -> str:
    return element("coil", id_, words, origins, y=y, **flags)


RAIL = '<leftPowerRail localId="0"/>'


@pytest.mark.feature("74/rails", "75/-| |-", "75/-|/|-", "76/-( )-")
def test_a_rung_is_a_boolean_expression(tmp_path: Path) -> None:
    rung = [
        RAIL,
        contact(1, "a", "0"),
        contact(2, "b", "0", negated="true"),
        contact(3, "c", "1", "2"),
        coil(4, "q", "3"),
    ]
    assert lowered(tmp_path, BITS, *rung, language="LD") == "q := (a OR NOT b) AND c;"


def test_the_flow_of_a_rung_is_that_before_its_coils_write(tmp_path: Path) -> None:
    rung = [RAIL, contact(1, "a", "0"), coil(2, "a", "1", negated="true"), coil(3, "q", "1", y=1)]
    found = ran(tmp_path, 1, BITS, *rung, language="LD")
    assert (found["a"], found["q"]) == (False, True)


def test_a_coil_hands_on_its_flow(tmp_path: Path) -> None:
    rung = [RAIL, contact(1, "a", "0"), coil(2, "a", "1", negated="true"), coil(3, "q", "2")]
    found = ran(tmp_path, 1, BITS, *rung, language="LD")
    assert (found["a"], found["q"]) == (False, True)


@pytest.mark.parametrize(("flags", "scans", "q"), [
    ({"storage": "set"}, 1, True), ({"storage": "reset"}, 1, False), ({"negated": "true"}, 1, False),
    ({"edge": "rising"}, 1, True), ({"edge": "rising"}, 2, False), ({"edge": "falling"}, 2, False),
])  # fmt: skip
@pytest.mark.feature("76/-(/)-", "76/-(S)-", "76/-(R)-", "76/-(P)-", "76/-(N)-")
def test_coils_that_store_negate_and_find_edges(tmp_path: Path, flags: dict[str, Any], scans: int, q: bool) -> None:
    rung = [RAIL, contact(1, "a", "0"), coil(2, "q", "1", **flags)]
    assert ran(tmp_path, scans, BITS, *rung, language="LD")["q"] is q


@pytest.mark.feature("75/-|P|-", "75/-|N|-")
def test_a_contact_can_find_an_edge(tmp_path: Path) -> None:
    rung = [RAIL, contact(1, "a", "0", edge="rising"), coil(2, "q", "1", storage="set"), coil(3, "r", "1", y=1)]
    found = ran(tmp_path, 2, BITS, *rung, language="LD")
    assert (found["q"], found["r"]) == (True, False)


def test_operators_stand_between_their_operands(tmp_path: Path) -> None:
    body = [given(1, "x"), given(2, "2"), block(3, "ADD", {"IN1": "1", "IN2": "2"}),
            block(4, "MUL", {"IN1": "3", "IN2": "1"}), out(5, "y", ["4"])]  # fmt: skip
    assert lowered(tmp_path, NUMBERS, *body) == "y := (x + 2) * x;"


def test_a_comparison_of_three_is_two(tmp_path: Path) -> None:
    body = [*(given(id_, str(id_)) for id_ in (1, 2, 3)), block(4, "LT", {"A": "1", "B": "2", "C": "3"}),
            out(5, "q", ["4"])]  # fmt: skip
    assert lowered(tmp_path, BITS, *body) == "q := (1 < 2) AND (2 < 3);"


def test_a_value_that_two_use_is_taken_once(tmp_path: Path) -> None:
    body = [given(1, "x"), given(2, "1"), block(3, "ADD", {"IN1": "1", "IN2": "2"}),
            out(4, "x", ["3"], y=1), out(5, "y", ["3"], y=2)]  # fmt: skip
    found = ran(tmp_path, 1, NUMBERS, *body)
    assert (found["x"], found["y"]) == (4, 4)


@pytest.mark.feature("42/graphical")
def test_blocks_run_before_what_they_feed_wherever_they_stand(tmp_path: Path) -> None:
    body = [out(1, "n", ["2.CV"], y=0), given(3, "TRUE", y=9), given(4, "2"),
            block(2, "CTU", {"CU": "5", "PV": "4"}, "Q CV", y=50, instanceName="counter"),
            block(5, "NE", {"A": "6", "B": "7"}),
            given(6, "x"), given(7, "0")]  # fmt: skip
    assert ran(tmp_path, 1, "VAR counter : CTU; n : INT; x : INT := 1; END_VAR", *body)["n"] == 1


def test_inputs_are_negated_and_edges_found_where_drawn(tmp_path: Path) -> None:
    body = [given(1, "b"), given(2, "a"),
            block(3, "AND", {"IN1!": "1", "IN2/": "2"}), out(4, "q", ["3"], storage="set")]  # fmt: skip
    text = lowered(tmp_path, BITS, *body)
    assert text == "net_n_3_IN2_edge(CLK := a);\nIF NOT b AND net_n_3_IN2_edge.Q THEN q := TRUE; END_IF;"


def test_execution_order_goes_before_position(tmp_path: Path) -> None:
    body = [given(1, "x"), out(2, "y", ["1"], executionOrderId=2),
            given(3, "9"), out(4, "x", ["3"], y=5, executionOrderId=1)]  # fmt: skip
    assert ran(tmp_path, 1, NUMBERS, *body)["y"] == 9


def test_what_runs_later_gives_the_value_of_the_scan_before(tmp_path: Path) -> None:
    body = [given(1, "x"), given(2, "1"), out(4, "y", ["3"], executionOrderId=1),
            block(3, "ADD", {"IN1": "1", "IN2": "2"}, executionOrderId=2)]  # fmt: skip
    assert [ran(tmp_path, scans, NUMBERS, *body)["y"] for scans in (1, 2)] == [0, 4]


def test_a_loop_is_cut_at_the_variable_on_it(tmp_path: Path) -> None:
    body = [
        given(1, "1"),
        block(2, "ADD", {"IN1": "1", "IN2": "3"}),
        element("inOutVariable", 3, "y", ["2"], y=9),
    ]
    assert ran(tmp_path, 5, NUMBERS, *body)["y"] == 5


def test_a_loop_of_functions_keeps_a_value(tmp_path: Path) -> None:
    body = [
        given(1, "INT#2"),
        block(2, "ADD", {"IN1": "1", "IN2": "2"}),
        out(3, "y", ["2"]),
    ]
    assert ran(tmp_path, 4, NUMBERS, *body)["y"] == 8


def test_enable_leaves_variables_alone(tmp_path: Path) -> None:
    body = [given(1, "b"), given(2, "7"),
            block(3, "MOVE", {"EN": "1", "IN": "2"}, "ENO OUT"),
            out(4, "x", ["3.OUT"]), out(5, "q", ["3.ENO"], negated="true")]  # fmt: skip
    found = ran(tmp_path, 1, "VAR b : BOOL; q : BOOL; x : INT := 3; END_VAR", *body)
    assert (found["x"], found["q"]) == (3, True)


@pytest.mark.feature("20/graphical")
def test_own_functions_are_called_by_the_names_of_their_inputs(tmp_path: Path) -> None:
    twice = (
        "<pou name='twice' pouType='function'><interface><returnType><INT/></returnType><inputVars><variable name='n'>"
    )
    twice += "<type><INT/></type></variable></inputVars></interface><body><ST>twice := 2 * n;</ST></body></pou>"
    body = [given(1, "x"), block(2, "twice", {"n": "1"}), out(3, "y", ["2.OUT"])]
    assert ran(tmp_path, 1, NUMBERS, *body, more=twice)["y"] == 6


def test_connectors_are_wires(tmp_path: Path) -> None:
    body = [given(1, "x"), element("connector", 2, "", ["1"], name="wire"),
            element("continuation", 3, name="wire"), out(4, "y", ["3"])]  # fmt: skip
    assert lowered(tmp_path, NUMBERS, *body) == "y := x;"


@pytest.mark.feature("73/jump")
def test_a_forward_jump_leaps_over(tmp_path: Path) -> None:
    body = [given(1, "TRUE"), element("jump", 2, "", ["1"], label="out"),
            given(3, "5"), out(4, "y", ["3"], y=1), element("label", 5, label="out", y=2),
            out(6, "z", ["3"], y=3)]  # fmt: skip
    found = ran(tmp_path, 1, NUMBERS, *body)
    assert (found["y"], found["z"]) == (0, 5)


@pytest.mark.feature("73/return")
def test_a_return_ends_the_scan(tmp_path: Path) -> None:
    body = [
        given(1, "TRUE"),
        element("return", 2, "", ["1"]),
        out(3, "q", ["1"], y=1),
    ]
    assert ran(tmp_path, 1, BITS, *body)["q"] is False


@pytest.mark.parametrize(("body", "problem"), [
    ([element("label", 1, label="top"), element("jump", 2, "", label="top", y=9)],
     "the jump to top goes backwards, which is not read; write the loop in ST"),
    ([element("jump", 2, label="nowhere")],
     "the jump to nowhere has no label, which is not read; write the loop in ST"),
    ([out(1, "q", ["9"])], "a connection comes from the element 9, which is not there; connect it"),
    ([element("continuation", 1, name="gone"), out(2, "q", ["1"])],
     "no connector is called gone; add it"),
    ([given(1, "a"), block(2, "AND", {"A": "1"}), out(3, "q", ["2"])],
     "AND needs 2 inputs, 1 are connected; connect the others"),
    ([block(1, "mystery", {"A": "1"}), out(3, "q", ["1"])],
     "the type of the feedback from mystery is not known; use a variable"),
])  # fmt: skip
def test_what_cannot_be_lowered_is_named(tmp_path: Path, body: list[str], problem: str) -> None:
    problems = read(tmp_path, "p.xml", drawn("VAR q1 : BOOL; END_VAR", *body)).problems
    assert any(one.endswith(problem) for one in problems), problems


def test_statements_belong_to_the_elements_and_expressions_to_their_words(tmp_path: Path) -> None:
    text = drawn(NUMBERS, "\n", given(1, "x"), "\n", out(2, "y", ["1"]))
    (unit,) = read(tmp_path, "p.xml", text).units
    line = unit.text.split("\n").index("y := x;") + 1
    lines = text.split("\n")
    assert unit.place(line, 1) == (lines.index(lines[2]) + 1, lines[2].index(">y<") + 2)
    assert unit.place(line, 6) == (2, lines[1].index(">x<") + 2)


def test_long_chains_are_cut_into_variables(tmp_path: Path) -> None:
    chain = [contact(id_, "a", str(id_ - 1)) for id_ in range(1, 3000)]
    found = ran(tmp_path, 1, BITS, RAIL, *chain, coil(3000, "q", "2999"), language="LD")
    assert found["q"] is True
