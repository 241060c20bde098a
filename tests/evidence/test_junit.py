"""junit.xml says what the run said: nothing but a pass looks like one."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from hil.evidence import junit
from tests.evidence.samples import finding, recording, result


@pytest.mark.parametrize(
    ("verdict", "element"), [("fail", "failure"), ("inconc", "error"), ("error", "error"), ("none", "error")]
)
def test_what_is_not_a_pass_is_a_failure_or_an_error(tmp_path: Path, verdict: str, element: str) -> None:
    suite = ET.fromstring(junit(result(recording(tmp_path, 50), verdict)))[0]
    cases = suite.findall("testcase")
    outcomes = [(child.tag, child.get("type")) for case in cases for child in case]
    assert outcomes == [("system-out", None), (element, verdict), ("system-out", None), ("system-out", None)]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == (
        "4",
        str(int(element == "failure")),
        str(int(element == "error")),
    )
    assert cases[1][0].get("message") == "left the band after the disturbance"
    assert cases[1][0].text == ("margin −0.38 K, at 1241.8 s, 364.3 ≤ reactor.T ≤ 372.3, window 900 … 1800 s")


def test_a_passed_run_has_no_failure_and_no_time_stamp(tmp_path: Path) -> None:
    text = junit(result(recording(tmp_path, 50)))
    suite = ET.fromstring(text)[0]
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("tank.start-up", "0", "0")
    assert "timestamp" not in text
    assert " time=" not in text
    assert suite.find("properties/property[@name='record']") is not None


@pytest.mark.parametrize(("verdict", "shown"), [("pass", "none"), ("none", "none"), ("error", "error")])
def test_a_run_without_findings_is_an_error(tmp_path: Path, verdict: str, shown: str) -> None:
    suite = ET.fromstring(junit(result(recording(tmp_path, 50), verdict, findings=[])))[0]
    assert [child.get("type") for child in suite.findall("testcase/error")] == [shown]


def test_a_run_worse_than_its_findings_has_its_own_case(tmp_path: Path) -> None:
    good = [finding("A", "holds", "pass", 1.0)]
    run = result(recording(tmp_path, 50), "error", findings=good, ended="the solver diverged at 3 s")
    error = ET.fromstring(junit(run))[0].find("testcase/error")
    assert error is not None
    assert error.get("message") == "the solver diverged at 3 s"


def test_hostile_words_are_escaped(tmp_path: Path) -> None:
    words = '</testcase><x a="\x07&'
    run = result(recording(tmp_path, 50), findings=[finding("A", words, "pass", None)])
    case = ET.fromstring(junit(run))[0].find("testcase")
    assert case is not None
    assert case.get("name") == "A: " + words.replace("\x07", "\ufffd")
