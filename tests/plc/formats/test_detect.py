from pathlib import Path

import pytest

from hil.plc.formats import detect
from tests.plc.formats._samples import AX, EXPORT, PLAIN, PLCOPEN, SAMPLES, SCL, TWINCAT

CONTENTS = [
    (PLAIN, "st"), (EXPORT, "codesys2"), (TWINCAT, "twincat"), (PLCOPEN, "plcopen"), (AX, "ax"), (SCL, "scl"),
    ("<?xml version='1.0'?><ppx:Project xmlns:ppx='www.iec.ch/public/TC65SC65BWG7TF10'/>", "plcopen"),
    ("<svg xmlns='http://www.w3.org/2000/svg'/>", ""), ("Dear reader, this is a letter.", ""), ("", ""),
    ("(* CLASS x *)\nPROGRAM p END_PROGRAM", "st"), ("ORGANIZATION_BLOCK Main\nBEGIN\nEND_ORGANIZATION_BLOCK", "scl"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "dialect"), CONTENTS)
def test_the_contents_decide(text: str, dialect: str) -> None:
    assert detect(Path("unknown.txt"), text.encode()) == dialect


def test_the_ending_decides_where_the_contents_fit_both() -> None:
    text = b"FUNCTION f : INT\nVAR_INPUT a : INT; END_VAR\nf := a;\nEND_FUNCTION\n"
    assert [detect(Path(name), text) for name in ("f.st", "f.scl")] == ["st", "scl"]


def test_an_ending_does_not_hide_the_contents() -> None:
    assert [detect(Path("x.st"), text.encode()) for text in SAMPLES.values()] == [
        "st", "codesys2", "twincat", "plcopen", "ax", "scl",
    ]  # fmt: skip


def test_any_head_of_any_sample_is_detected_as_something() -> None:
    for name, text in SAMPLES.items():
        data = text.encode("utf-16")
        assert {detect(Path(name), data[:size]) for size in range(0, 400, 3)} <= {
            "", "st", "codesys2", "twincat", "plcopen", "ax", "scl",
        }  # fmt: skip
