"""A PLC as it runs: retained variables, forced values, states, snapshots."""

import pytest

from hil.errors import InputError
from hil.plc import Runtime, compile_text
from tests.plc._plc import MS

TEXT = """VAR_GLOBAL RETAIN total : DINT := 5; END_VAR VAR_GLOBAL scratch : DINT; END_VAR
FUNCTION_BLOCK Count VAR n : INT; END_VAR VAR RETAIN kept : INT; END_VAR
  n := n + 1; kept := kept + 1; END_FUNCTION_BLOCK
TYPE PAIR : STRUCT a : INT; b : LREAL; END_STRUCT; END_TYPE
PROGRAM P
VAR_INPUT i : INT; END_VAR VAR_OUTPUT o : INT; END_VAR
VAR c : Count; z : INT := 1; s : INT; END_VAR VAR PERSISTENT p : PAIR; name : STRING[8]; d : Count; END_VAR
  c(); d(); total := total + 1; scratch := scratch + 1; p.b := p.b + 0.1; name := 'on'; o := 2 * i; s := 10 / z;
END_PROGRAM
"""


def test_retained_variables_stay_over_a_restart_and_others_do_not() -> None:
    plc = Runtime(compile_text(TEXT))
    plc.run(3, 0, MS)
    assert plc.restart() == ()
    assert (plc.read("total"), plc.read("scratch"), plc.read("c.kept"), plc.read("c.n")) == (8, 0, 3, 0)
    assert (plc.read("p.b"), plc.read("name"), plc.read("d.n")) == (0.1 + 0.1 + 0.1, "on", 3)
    plc.restart(b"")
    assert (plc.read("total"), plc.read("p.b"), plc.read("name")) == (5, 0.0, "")


def test_a_changed_program_takes_what_still_fits() -> None:
    old = Runtime(compile_text(TEXT))
    old.run(3, 0, MS)
    new = compile_text(TEXT.replace("total : DINT", "other, total : DINT").replace("b : LREAL", "b : REAL"))
    memory = new.new_memory()
    assert new.restart(memory, old.program.retained(old.memory)) == ("p.b",)
    assert (new.read(memory, "total"), new.read(memory, "other"), new.read(memory, "d.kept")) == (8, 5, 3)
    assert [one.path for one in new.variables if one.retain][:3] == ["other", "total", "c.kept"]
    with pytest.raises(InputError, match=r"these are no retained values; give what Program\.retained returned, or b''"):
        new.restart(memory, b"x")


def test_a_retained_instance_keeps_everything() -> None:
    text = "PROGRAM P VAR n : INT; END_VAR n := n + 1; END_PROGRAM"
    plc = Runtime(compile_text(f"{text} CONFIGURATION C PROGRAM RETAIN Q : P; END_CONFIGURATION"))
    plc.run(3, 0, MS)
    plc.restart()
    assert plc.read("n") == 3


def test_a_forced_input_is_read_and_a_forced_output_is_seen() -> None:
    plc = Runtime(compile_text(TEXT))
    plc.force("i", 7)
    plc.run(2, 0, MS)
    assert (plc.read("o"), plc.read("total")) == (14, 7)
    plc.force("O", -1)
    plc.write("i", 3)
    plc.scan(2)
    assert (plc.read("i"), plc.read("o"), plc.forced) == (7, -1, {"i": 7, "o": -1})
    plc.unforce("I")
    plc.write("i", 4)
    plc.unforce()
    plc.scan(3)
    assert (plc.read("o"), plc.forced) == (8, {})


def test_structures_and_members_are_forced() -> None:
    plc = Runtime(compile_text(TEXT))
    plc.force("p", {"a": 3})
    plc.force("c.kept", 100)
    plc.run(5, 0, MS)
    assert (plc.read("p"), plc.read("c.kept"), plc.read("c.n")) == ({"a": 3, "b": 0.0}, 100, 5)


def test_what_cannot_be_forced() -> None:
    plc = Runtime(compile_text(TEXT))
    with pytest.raises(InputError, match="'i' is INT and cannot hold 40000"):
        plc.force("i", 40000)
    with pytest.raises(InputError, match="'i' is not forced; forced are none"):
        plc.unforce("i")


def test_stop_run_and_fault() -> None:
    plc = Runtime(compile_text(TEXT))
    assert plc.state == "run"
    plc.stop()
    plc.run(5, 0, MS)
    assert (plc.state, plc.read("scratch")) == ("stop", 0)
    plc.start()
    plc.write("z", 0)
    fault = plc.run(5, 0, MS)
    assert fault is not None
    assert (plc.state, plc.fault, plc.read("scratch"), fault.kind) == ("fault", fault, 1, "division by zero")
    plc.write("z", 1)
    plc.clear_fault()
    plc.scan(0)
    assert (plc.state, plc.read("scratch")) == ("run", 2)


def test_a_snapshot_continues_to_the_bit_with_its_forces() -> None:
    plc, other = (Runtime(compile_text(TEXT)) for _ in "ab")
    plc.force("i", 9)
    plc.run(3, 0, MS)
    kept = plc.snapshot()
    plc.run(3, 3 * MS, MS)
    other.restore(kept)
    other.run(3, 3 * MS, MS)
    assert other.snapshot() == plc.snapshot() != kept
    with pytest.raises(InputError, match="this is no snapshot of Q as it is compiled here; take a new one"):
        Runtime(compile_text("PROGRAM Q END_PROGRAM")).restore(kept)
    with pytest.raises(InputError, match="this is no snapshot"):
        plc.restore(b"nothing")
