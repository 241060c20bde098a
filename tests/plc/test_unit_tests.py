"""`hil plc test`: suites of TcUnit and TEST blocks, in virtual time, each from fresh memory."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hil.errors import InputError
from hil.plc.diagnostics import Diagnostics
from hil.plc.testing import Limits, Outcome, open_tests, run_tests
from tests.plc.test_cli_plc import called

COUNTER = """FUNCTION_BLOCK Counter
VAR_INPUT reset : BOOL; END_VAR VAR_OUTPUT count : INT; END_VAR
IF reset THEN count := 0; ELSE count := count + 1; END_IF;
END_FUNCTION_BLOCK
FUNCTION Twice : INT VAR_INPUT n : INT; END_VAR Twice := 2 * n; END_FUNCTION
FUNCTION_BLOCK Doubler
VAR c : Counter; END_VAR VAR_OUTPUT n : INT; END_VAR
c(); n := Twice(c.count);
END_FUNCTION_BLOCK
PROGRAM Cyclic VAR n : INT; END_VAR n := n + 1; END_PROGRAM
"""


def outcomes(tmp_path: Path, text: str, **given: int) -> dict[str, Outcome]:
    (tmp_path / "x.st").write_text(text)
    limits = Limits(**given)
    found = [each for one in open_tests([tmp_path]) for each in run_tests(one, limits).outcomes]
    return {one.name: one for one in found}


def block(tmp_path: Path, body: str) -> tuple[str, list[str]]:
    """State and failures of one TEST, which begins on line 11."""
    (one,) = outcomes(tmp_path, f"{COUNTER}TEST 'it'\n{body}\nEND_TEST").values()
    return one.state, [str(each).removeprefix(str(tmp_path) + "/") for each in one.failures]


def suite(body: str, members: str = "", variables: str = "") -> str:
    head = f"FUNCTION_BLOCK Suite EXTENDS TcUnit.FB_TestSuite\nVAR {variables} END_VAR\n"
    return f"{head}{members}{body}\nEND_FUNCTION_BLOCK"


def asserted(tmp_path: Path, assertion: str, variables: str = "") -> list[str]:
    """The failures of one assertion of TcUnit, without their place."""
    found = outcomes(tmp_path, suite(f"TEST('it');\n{assertion}\nTEST_FINISHED();", variables=variables))
    return [one.words for one in found["it"].failures]


# ---- TEST blocks


def test_a_block_passes_or_names_place_expected_and_actual(tmp_path: Path) -> None:
    held = "VAR c : Counter; END_VAR\nc(); c();\nASSERT_EQ(c.count, 2); ASSERT_GE(c.count, 2); ASSERT_NEQ(c.count, 1);"
    assert block(tmp_path, held) == ("passed", [])
    broken = held + "\nASSERT_EQ(c.count, 3, 'counts');\nASSERT_TRUE(FALSE);"
    assert block(tmp_path, broken) == ("failed", ["x.st:15:1: expected 3, actual 2: counts (scan 1, t = 0 s)"])


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("ASSERT_TRUE(1 > 2)", "expected TRUE, actual FALSE"),
        ("ASSERT_FALSE(2 > 1)", "expected FALSE, actual TRUE"),
        ("ASSERT_GT(2, 3)", "expected > 3, actual 2"),
        ("ASSERT_LT(3, 3)", "expected < 3, actual 3"),
        ("ASSERT_LE(4, 3)", "expected <= 3, actual 4"),
        ("ASSERT_EQ('ab', 'ac')", "expected ac, actual ab"),
        ("ASSERT_EQ(T#1s, T#2s)", "expected T#2000ms, actual T#1000ms"),
        ("ASSERT_NEAR(1.5, 1.0, 0.4)", "expected 1.0, actual 1.5"),
    ],
)
def test_every_assertion_of_blocks(tmp_path: Path, assertion: str, words: str) -> None:
    assert block(tmp_path, f"{assertion};") == ("failed", [f"x.st:12:1: {words} (scan 1, t = 0 s)"])


def test_time_advances_inside_of_a_block(tmp_path: Path) -> None:
    body = """VAR t : TON; i : INT; END_VAR
t(IN := TRUE, PT := T#100ms);
FOR i := 1 TO 9 DO ADVANCE_TIME(T#10ms); t(); ASSERT_FALSE(t.Q); END_FOR;
ADVANCE_TIME(10_000_000); t();
ASSERT_EQ(t.ET, T#100ms);
ASSERT_FALSE(t.Q);"""
    assert block(tmp_path, body) == ("failed", ["x.st:17:1: expected FALSE, actual TRUE (scan 1, t = 0.1 s)"])


def test_mocks_replace_blocks_and_functions(tmp_path: Path) -> None:
    body = """VAR d : Doubler; END_VAR
MOCK d.c; MOCK_FUNCTION Twice RETURNS 42;
d(); d();
ASSERT_EQ(d.n, 42); ASSERT_EQ(d.c.count, 0);
MOCK_VERIFY_CALLED(d.c); MOCK_VERIFY_CALL_COUNT(d.c, 2);
MOCK_VERIFY_CALL_COUNT(d.c, 3);"""
    assert block(tmp_path, body)[1] == ["x.st:17:1: expected 3, actual 2: calls of the mock (scan 1, t = 0 s)"]


def test_setup_runs_before_and_teardown_behind_each_block(tmp_path: Path) -> None:
    text = f"""{COUNTER}SETUP VAR c : Counter; p : Cyclic; END_VAR c(); p(); END_SETUP
TEST 'one' c(); ASSERT_EQ(c.count, 2); END_TEST
TEST 'two' ASSERT_EQ(c.count, 1); ASSERT_EQ(p.n, 1); END_TEST
TEST 'three' ASSERT_TRUE(FALSE, 'first'); END_TEST
TEARDOWN ASSERT_EQ(c.count, 1, 'behind'); END_TEARDOWN"""
    found = outcomes(tmp_path, text)
    assert {name: [one.words for one in each.failures] for name, each in found.items()} == {
        "one": ["expected 1, actual 2: behind"],
        "two": [],
        "three": ["expected TRUE, actual FALSE: first"],
    }


def test_a_fault_fails_its_block_alone(tmp_path: Path) -> None:
    text = "TEST 'bad' VAR n : INT; END_VAR\nn := 1 / n; END_TEST TEST 'good' ASSERT_TRUE(TRUE); END_TEST"
    found = outcomes(tmp_path, text)
    assert [str(one) for one in found["bad"].failures] == [
        f"{tmp_path}/x.st:2:8: PLC fault: division by zero: 1 divided by zero (scan 1, t = 0 s)"
    ]
    assert found["good"].state == "passed"


# ---- TcUnit


@pytest.mark.parametrize(
    ("assertion", "words"),
    [
        ("AssertEquals_INT(Expected := 3, Actual := 4, Message := 'no');", ["expected 3, actual 4: no"]),
        ("AssertEquals_INT(3, 3, 'no');", []),
        ("AssertEquals_ULINT(18446744073709551615, 0, '');", ["expected 18446744073709551615, actual 0"]),
        ("AssertEquals_LREAL(1.0, 1.09, 0.1, '');", []),
        ("AssertEquals_LREAL(1.0, 1.25, 0.125, '');", ["expected 1.0, actual 1.25"]),
        ("AssertEquals_STRING('a', 'b', '');", ["expected a, actual b"]),
        ('AssertEquals_WSTRING("a", "b", \'\');', ["expected a, actual b"]),
        ("AssertEquals_TIME(T#1s, T#1ms, '');", ["expected T#1000ms, actual T#1ms"]),
        ("AssertEquals(Expected := DINT#3, Actual := DINT#5, Message := 'any');", ["expected 3, actual 5: any"]),
        ("AssertEquals('a', 'b', 'any');", ["expected a, actual b: any"]),
        (
            "AssertEquals(Expected := 1.5, Actual := 1.5, Message := ''); AssertTrue(FALSE, 'on');",
            ["expected TRUE, actual FALSE: on"],
        ),
        ("AssertTrue(Condition := FALSE, Message := 'm');", ["expected TRUE, actual FALSE: m"]),
        ("AssertFalse(TRUE, 'm');", ["expected FALSE, actual TRUE: m"]),
    ],
)
def test_assertions_of_tcunit(tmp_path: Path, assertion: str, words: list[str]) -> None:
    assert asserted(tmp_path, assertion) == words


def test_arrays_are_compared_by_size_and_element(tmp_path: Path) -> None:
    variables = """a : ARRAY [1..3] OF INT := [1, 2, 3]; b : ARRAY [0..2] OF INT := [1, 2, 4]; c : ARRAY [0..1] OF INT;
m, k : ARRAY [0..1, 1..2] OF REAL := [1.0, 2.0, 3.0, 4.0];"""
    assert asserted(tmp_path, "AssertArrayEquals_INT(a, b, 'm');", variables) == ["expected [3] = 3, actual 4: m"]
    assert asserted(tmp_path, "AssertArrayEquals_INT(a, c, '');", variables) == [
        "expected 3 elements, actual 2 elements"
    ]
    assert asserted(tmp_path, "AssertArray2dEquals_REAL(m, k, 0.0, '');", variables) == []
    changed = "k[1, 2] := 4.5; AssertArray2dEquals_REAL(m, k, 0.25, '');"
    assert asserted(tmp_path, changed, variables) == ["expected [1,2] = 4.0, actual 4.5"]


def test_a_test_lasts_until_it_is_finished(tmp_path: Path) -> None:
    body = """TEST('waits'); t(IN := TRUE, PT := T#1s);
IF t.Q THEN AssertEquals_INT(101, n, 'scans'); TEST_FINISHED(); AssertTrue(FALSE, 'behind it'); END_IF;
n := n + 1;"""
    found = outcomes(tmp_path, suite(body, variables="t : TON; n : INT := 1;"))["waits"]
    assert (found.state, found.scans, found.t_ns) == ("passed", 101, 1_000_000_000)


def test_a_test_that_does_not_finish_fails(tmp_path: Path) -> None:
    found = outcomes(tmp_path, suite("TEST('never');\nTEST('other'); TEST_FINISHED();"), scans=7)
    assert [one.words for one in found["never"].failures] == ["did not finish within 7 scans"]
    assert found["other"].state == "passed"


def test_ordered_tests_wait_for_each_other(tmp_path: Path) -> None:
    body = """n := n + 1;
IF TEST_ORDERED('one') THEN IF n = 3 THEN TEST_FINISHED(); END_IF; END_IF;
IF TEST_ORDERED('two') THEN AssertEquals_INT(3, n, ''); TEST_FINISHED(); END_IF;"""
    found = outcomes(tmp_path, suite(body, variables="n : INT;"))
    assert [(one.state, one.scans) for one in found.values()] == [("passed", 3), ("passed", 3)]


def test_tests_are_finished_and_asked_for_by_name(tmp_path: Path) -> None:
    body = """TEST('a'); TEST('b');
AssertFalse(IS_TEST_FINISHED('a'), 'not yet'); TEST_FINISHED_NAMED('a'); AssertTrue(IS_TEST_FINISHED('a'), 'now');
TEST_FINISHED();"""
    assert {one.state for one in outcomes(tmp_path, suite(body)).values()} == {"passed"}


def test_disabled_tests_are_skipped(tmp_path: Path) -> None:
    found = outcomes(tmp_path, suite("TEST('disabled_x'); AssertTrue(FALSE, ''); TEST_FINISHED();"))
    assert found["disabled_x"].state == "skipped"


def test_a_fault_fails_its_test_and_the_others_go_on(tmp_path: Path) -> None:
    members = """METHOD Bad TEST('bad'); n := 1 / n; TEST_FINISHED(); END_METHOD
METHOD Good TEST('good'); AssertTrue(TRUE, ''); TEST_FINISHED(); END_METHOD
"""
    found = outcomes(tmp_path, suite("Bad(); Good();", members, "n : INT;"))
    assert [one.words for one in found["bad"].failures] == ["PLC fault: division by zero: 1 divided by zero"]
    assert found["good"].state == "passed"


def test_a_program_says_which_suites_run(tmp_path: Path) -> None:
    text = suite("TEST('it'); AssertEquals_INT(2, wanted, ''); TEST_FINISHED();", variables="")
    text = text.replace("VAR  END_VAR", "VAR_INPUT wanted : INT; END_VAR")
    variables = "a : Suite := (wanted := 2); b : ARRAY [1..2] OF Suite;"
    (tmp_path / "x.st").write_text(f"{text}\nPROGRAM MAIN VAR {variables} END_VAR TcUnit.RUN(); END_PROGRAM")
    (project,) = open_tests([tmp_path])
    found = [(one.suite, one.state) for one in run_tests(project).outcomes]
    assert found == [("a", "passed"), ("b[1]", "failed"), ("b[2]", "failed")]


def test_write_protected_variables_are_written_by_address(tmp_path: Path) -> None:
    assertion = "WRITE_PROTECTED_INT(ADR(n), 7); AssertEquals_INT(7, n, '');"
    assert asserted(tmp_path, assertion, "n : INT;") == []


# ---- the command


def test_the_command_prints_and_writes_junit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.st").write_text(
        COUNTER + "TEST 'a' ASSERT_TRUE(TRUE); END_TEST\nTEST 'b'\nASSERT_EQ(1, 2); END_TEST"
    )
    file = tmp_path / "out.xml"
    assert called(["test", str(tmp_path), "--junit", str(file)], monkeypatch) == 1
    assert capsys.readouterr().out.splitlines() == [
        "PASS  x: a",
        "FAIL  x: b",
        f"      {tmp_path}/x.st:13:1: expected 2, actual 1 (scan 1, t = 0 s)",
        "2 tests, 1 passed, 1 failed, 0 skipped",
    ]
    suites = ET.fromstring(file.read_text())
    assert [(one.get("name"), one.get("tests"), one.get("failures")) for one in suites] == [("x", "2", "1")]
    assert [one.find("failure") is not None for one in suites[0]] == [False, True]


def test_coverage_of_tests_leaves_the_tests_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "VAR d : Doubler; END_VAR MOCK d.c; d(); ASSERT_EQ(d.n, 0); END_TEST"
    (tmp_path / "x.st").write_text(f"{COUNTER}TEST 'a' {text}\n{suite('TEST_FINISHED();')}")
    trace = tmp_path / "x.info"
    assert called(["test", str(tmp_path), "--coverage", str(trace)], monkeypatch) == 0
    functions = [line for line in trace.read_text().splitlines() if line.startswith("FNDA")]
    assert functions == ["FNDA:1,Counter", "FNDA:1,Twice", "FNDA:1,Doubler", "FNDA:0,Cyclic"]
    assert "coverage: 3 of 7 statements" in capsys.readouterr().out


def test_without_tests_and_with_mistakes_there_is_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tests here; write TEST blocks"):
        outcomes(tmp_path, COUNTER)
    with pytest.raises(Diagnostics, match=r"x\.st:1:10: error: no function c here"):
        outcomes(tmp_path, "TEST 'a' c(); END_TEST")


def test_files_that_do_not_compile_leave_the_others_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.st").write_text(COUNTER + "TEST 'good' VAR c : Counter; END_VAR c(); END_TEST")
    (tmp_path / "bad.st").write_text("TEST 'bad' VAR n : INT; END_VAR n := TRUE; END_TEST")
    assert called(["test", str(tmp_path)], monkeypatch) == 2
    assert capsys.readouterr().out.splitlines() == [
        "ERROR bad: compiles",
        f"      {tmp_path}/bad.st:1:38: n is INT, but the value is BOOL; convert it with BOOL_TO_INT(...)",
        "PASS  good: good",
        "1 tests, 1 passed, 0 failed, 0 skipped, 1 files do not compile",
    ]


def test_enumerations_and_texts_of_twincat_keep_their_places(tmp_path: Path) -> None:
    (tmp_path / "E.TcDUT").write_text(_object("DUT", "E", "TYPE E : (red, green); END_TYPE"))
    body = "TEST('colour');\nAssertEquals(E.red, c, 'any');\nAssertEquals_INT(E.green, c, 'no');\nTEST_FINISHED();"
    head = "FUNCTION_BLOCK Suite EXTENDS TcUnit.FB_TestSuite\nVAR c : E := E.green; END_VAR"
    (tmp_path / "Suite.TcPOU").write_text(_object("POU", "Suite", head, body))
    (project,) = open_tests([tmp_path])
    (found,) = run_tests(project).outcomes
    assert [str(one).removeprefix(f"{tmp_path}/") for one in found.failures] == [
        "Suite.TcPOU:3:1: expected 0, actual 1: any (scan 1, t = 0 s)"
    ]


def _object(kind: str, name: str, declaration: str, body: str = "") -> str:
    """A file of TwinCAT whose declaration fills line 1 and 2, so that the body goes on behind them."""
    code = f"<Implementation><ST><![CDATA[{body}]]></ST></Implementation>" if body else ""
    text = f"<Declaration><![CDATA[{declaration}]]></Declaration>{code}"
    return f'<TcPlcObject Version="1.1.0.1"><{kind} Name="{name}">{text}</{kind}></TcPlcObject>'


def test_fixtures_of_axunit(tmp_path: Path) -> None:
    text = """USING AxUnit.Assert;
NAMESPACE My.Tests
{TestFixture}
CLASS Sums
VAR PROTECTED n : INT; END_VAR
{TestSetup}
METHOD PUBLIC Before n := n + 5; END_METHOD
{Test}
METHOD PUBLIC Adds
Equal(expected := 5, actual := n); AxUnit.Assert.Equal(actual := 2 + 2, expected := 5);
END_METHOD
{Test(a := 1, b := 2)}
{Test(a := 2, b := 2)}
METHOD PUBLIC Less VAR_INPUT a, b : INT; END_VAR
Assert.LessThan(actual := a, expected := b);
END_METHOD
END_CLASS
END_NAMESPACE"""
    found = outcomes(tmp_path, text)
    assert {name: [one.words for one in each.failures] for name, each in found.items()} == {
        "Adds": ["expected 5, actual 4"],
        "Less(a := 1, b := 2)": [],
        "Less(a := 2, b := 2)": ["expected < 2, actual 2"],
    }
