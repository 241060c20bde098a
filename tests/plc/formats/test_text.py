from pathlib import Path

import pytest

from hil.plc.formats import read_units
from hil.plc.formats.text import decode, flattened, masked
from tests.plc.formats._samples import PLAIN, only, read

UMLAUT = "PROGRAM Kühlung\nVAR ü : INT; END_VAR\nü := 1;\nEND_PROGRAM\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1"])
def test_every_encoding_gives_the_same_text(encoding: str) -> None:
    assert decode(UMLAUT.encode(encoding)) == UMLAUT


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_every_line_end_gives_the_same_lines(ending: str) -> None:
    assert decode(PLAIN.replace("\n", ending).encode()) == PLAIN


def test_bytes_that_cp1252_leaves_undefined_are_taken_too() -> None:
    assert decode(b"x := 1; (* \x81\x8d *)") == "x := 1; (* \x81\x8d *)"


def test_xml_may_declare_its_encoding() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?><a>\u0431</a>'
    assert decode(text.encode("cp1251"), xml=True) == text


@pytest.mark.parametrize("name", ["hex", "zip", "rot13", "utf-7", "nonsense"])
def test_xml_cannot_choose_a_codec_that_is_no_encoding(name: str) -> None:
    text = f'<?xml version="1.0" encoding="{name}"?><a>+ADw-</a>'
    assert decode(text.encode(), xml=True) == text


def test_binary_bytes_are_no_text(tmp_path: Path) -> None:
    project = read(tmp_path, "x.st", bytes(range(32)) * 40)
    assert project.units == ()
    assert "no PLC source is recognised in this file; give Structured Text" in project.problems[0]


def test_comments_strings_and_pragmas_are_blanked_in_place() -> None:
    text = "a (* (* END_VAR *) *) 'b$'c' \"d\" {e} // f\ng /* h */"
    assert masked(text) == "a" + " " * 40 + "\ng" + " " * 8
    assert len(masked(text)) == len(text)


def test_a_dialect_without_nested_comments_reads_as_one_with_them() -> None:
    text = "a (* b (* c *) d"
    assert flattened(text) == "a (* b (  c *) d"
    assert masked(flattened(text)) == "a              d"


def test_the_text_of_a_plain_file_is_the_file(tmp_path: Path) -> None:
    unit = only(tmp_path, "tank.st", PLAIN)
    assert (unit.text, unit.dialect) == (PLAIN, "st")
    assert unit.place(3, 9) == (3, 9)


def test_a_file_without_statements_is_noted(tmp_path: Path) -> None:
    path = tmp_path / "empty.st"
    path.write_text("(* to be done *)\n")
    assert read_units([path]).notes == (f"{path}:1:1: note: this file is empty, or holds comments alone",)
