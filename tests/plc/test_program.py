"""The compiled program as others use it: by address, by path, from the cache."""

import ctypes
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from hil.errors import InputError
from hil.plc import compile_file, compile_text
from hil.plc.layout import HEADER

TEXT = """TYPE KIND : (COLD, HOT := 7); PAIR : STRUCT a : INT;
  {attribute 'unit' := 'bar'} b : LREAL; END_STRUCT; END_TYPE
VAR_GLOBAL g : DINT := 3; END_VAR
FUNCTION_BLOCK Pid
VAR_INPUT {attribute 'unit' := 'K'}
  Sp : REAL; END_VAR
VAR_OUTPUT Y : REAL; END_VAR
VAR I : REAL; END_VAR
  Y := Sp * 2.0; I := I + Y;
END_FUNCTION_BLOCK
PROGRAM Main
VAR_INPUT on : BOOL; END_VAR
VAR Ctl : Pid; Buf : ARRAY [2..3] OF PAIR; k : KIND := HOT; s : STRING[6] := 'abc'; t : TIME := T#1s;
  m : ARRAY [0..1, 0..2] OF INT; w : WORD; END_VAR
  Ctl(Sp := 1.5); m[1, 2] := 9; g := g + 1;
END_PROGRAM
"""


def test_variables_tell_path_type_section_kind_unit_and_place() -> None:
    found = {one.path: one for one in compile_text(TEXT, "x.st").variables}
    sp = found["Ctl.Sp"]
    assert (sp.type, sp.section, sp.kind, sp.unit, sp.file, sp.line) == ("REAL", "input", "f4", "K", "x.st", 6)
    assert (found["Buf[3].b"].unit, found["g"].section, found["on"].section) == ("bar", "global", "input")
    kinds = {path: found[path].kind for path in ("on", "k", "s", "t", "w", "m[1,2]", "g")}
    assert kinds == {"on": "u1", "k": "i2", "s": "S6", "t": "i8", "w": "u2", "m[1,2]": "i2", "g": "i4"}
    assert found["k"].values == (("COLD", 0), ("HOT", 7))
    assert (found["s"].type, found["k"].type) == ("STRING[6]", "KIND")


def test_arrays_and_structures_are_found_whole() -> None:
    program = compile_text(TEXT)
    assert [one.path for one in program.top] == ["g", "on", "Ctl", "Buf", "k", "s", "t", "m", "w"]
    m, buf = program.find("M"), program.find("main.buf")
    assert (m.shape, m.kind, m.type) == ((2, 3), "i2", "ARRAY [0..1, 0..2] OF INT")
    assert (buf.shape, program.find("buf[2]").members) == ((2,), ("a", "b"))


def test_every_variable_round_trips() -> None:
    program = compile_text(TEXT)
    memory = program.new_memory()
    values = {"on": True, "ctl.sp": -2.5, "Buf": [{"a": 1, "b": 2.5}, {"a": -1, "b": 1e300}], "k": 0, "s": "Größe",
              "t": -5, "m": [[1, 2, 3], [4, 5, 6]], "w": 65535, "g": -(2**31)}  # fmt: skip
    for path, value in values.items():
        program.write(memory, path, value)
        assert program.read(memory, path) == value
    program.write(memory, "buf[3]", {"a": 77})
    assert program.read(memory, "BUF[3].A") == 77


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("g", 2**31, "'g' is DINT and cannot hold 2147483648 (<text>:3)"),
        ("g", 1.5, "'g' is DINT and cannot hold 1.5 (<text>:3)"),
        ("g", "x", "'g' is DINT and cannot hold 'x' (<text>:3)"),
        ("s", "seven77", "'s' is STRING[6] and cannot hold 'seven77' (<text>:13)"),
        ("gg", 1, "no variable 'gg' in the program; did you mean 'g'?"),
        ("ctl.spp", 1, "no variable 'ctl.spp': Pid has no member 'spp'; did you mean 'Sp'?"),
        ("m[2,0]", 1, "no variable 'm[2,0]': index 2 is outside 0..1"),
        ("m[1]", 1, "no variable 'm[1]': [1] does not index ARRAY [0..1, 0..2] OF INT"),
        ("m", [1, 2], "'m' has 6 elements, 2 values were given"),
    ],
)
def test_what_cannot_be_written(path: str, value: object, message: str) -> None:
    program = compile_text(TEXT)
    with pytest.raises(InputError) as caught:
        program.write(program.new_memory(), path, value)
    assert str(caught.value) == message


def test_the_scan_has_the_one_c_signature() -> None:
    program = compile_text(TEXT)
    memory = program.new_memory()
    signature = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 2, *[ctypes.c_void_p] * 4)
    assert signature(program.address)(0, 10, None, memory.ctypes.data, None, None) == 0
    assert (program.read(memory, "g"), program.read(memory, "Ctl.Y")) == (4, 3.0)
    assert memory.ctypes.data % 16 == 0
    assert not np.any(memory[:HEADER])


def test_memories_are_independent_and_a_snapshot_is_a_copy() -> None:
    program = compile_text(TEXT)
    one, other = program.new_memory(), program.new_memory()
    program.run(one, 5, 0, 1)
    kept = one.copy()
    program.run(one, 5, 5, 1)
    other[:] = kept
    program.run(other, 5, 5, 1)
    assert one.tobytes() == other.tobytes() != kept.tobytes()


def test_the_digest_follows_the_source() -> None:
    one, same, other = (compile_text(text).digest for text in (TEXT, TEXT, TEXT + " "))
    assert one == same != other
    assert len(one) == 64


WARM = """
import sys
from hil.plc import compile_file
program = compile_file(sys.argv[1])
program.run(program.new_memory(), 10, 0, 1)
names = ("hil.plc.reading.parser", "hil.plc.compiler", "hil.plc.formats", "numba")
print(*(name for name in names if name in sys.modules))
"""


def test_a_warm_start_neither_parses_nor_compiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIL_CACHE", str(tmp_path / "cache"))
    file = tmp_path / "x.st"
    file.write_text(TEXT)
    runs = [
        subprocess.run([sys.executable, "-c", WARM, file], capture_output=True, text=True, check=True) for _ in "ab"
    ]
    cold, warm = (one.stdout.split() for one in runs)
    assert cold == ["hil.plc.reading.parser", "hil.plc.compiler", "hil.plc.formats"]
    assert warm == []


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(InputError, match=r"cannot read 'nowhere\.st': No such file"):
        compile_file("nowhere.st")


def test_a_file_in_latin_1(tmp_path: Path) -> None:
    file = tmp_path / "x.st"
    file.write_bytes("PROGRAM P (* Größe *) VAR s : STRING := 'ä'; END_VAR END_PROGRAM".encode("latin-1"))
    program = compile_file(file)
    assert program.read(program.new_memory(), "s") == "ä"
