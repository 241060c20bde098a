import numpy as np
import pytest

from hil.errors import InputError
from hil.links import ControllerFault, LinkError, OpcUaLink
from hil.plc import compile_file
from hil.targets import VirtualPlc
from tests.targets.conftest import PROGRAM

PERIOD = 10_000_000
WRITES = [("TT101", "f4"), ("i_bool", "u1"), ("i_lint", "i8"), ("i_text", "S12"), ("i_time", "i8")]
WRITES += [("i_array[2]", "i2")]
READS = [("VALVE", "f4"), ("filter", "f8"), ("scans.count", "i4"), ("o_text", "S12"), ("o_time", "i8")]
READS += [("o_bool", "u1"), ("o_lint", "i8"), ("on_delay.ET", "i8"), ("o_array[2]", "i2")]


def sample(k: int) -> tuple[float, int, int, bytes, int, int]:
    return 300.0 + k / 7, k // 5 % 2, k * 2**50 - 7, b"T%d" % k, k * 1_000_001, -k


def test_the_wire_gives_what_the_program_gives_to_the_bit(plc: VirtualPlc) -> None:
    program = compile_file(PROGRAM)
    memory = program.new_memory()
    link = OpcUaLink(plc.url, WRITES, READS, lockstep=True)
    link.open()
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    for k in range(50):
        out[0] = sample(k)
        link.exchange(k * PERIOD, out, into)
        for (path, _), value in zip(WRITES, out[0].item(), strict=True):
            program.write(memory, path, value.decode() if isinstance(value, bytes) else value)
        assert program.scan(memory, k * PERIOD) is None
        for (path, _), value in zip(READS, into[0].item(), strict=True):
            direct = program.read(memory, path)
            assert value == (direct.encode() if isinstance(direct, str) else direct), path
    link.close()


def test_opening_starts_the_program_anew_so_runs_are_the_same(plc: VirtualPlc) -> None:
    runs = []
    for _ in range(2):
        link = OpcUaLink(plc.url, WRITES, READS, lockstep=True, scans=3)
        link.open()
        out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
        trace = b""
        for k in range(10):
            out[0] = sample(k)
            link.exchange(k * 3 * PERIOD, out, into)
            trace += into.tobytes()
        link.close()
        runs.append(trace)
    assert runs[0] == runs[1]
    assert into["scans.count"][0] == 30


def test_all_wiring_faults_are_found_at_once(plc: VirtualPlc) -> None:
    link = OpcUaLink(plc.url, [("TT10", "f4"), ("VALVE", "f4"), ("i_int", "f8")], [("i_array", "i2")], lockstep=True)
    with pytest.raises(InputError) as wrong:
        link.open()
    assert [one.replace(plc.url, "URL") for one in wrong.value.faults] == [
        "no variable 'TT10' at URL; did you mean 'TT101'?",
        "'i_int' at URL is Int16 (i2), the wire carries f8",
        "'i_array' at URL is an array of Int16: wire its elements, as i_array[1]",
        "'VALVE' at URL is an output: the program writes it, and no wire does",
    ]
    assert not link.health.connected


def test_the_server_describes_what_is_wired(plc: VirtualPlc) -> None:
    link = OpcUaLink(plc.url, [("TT101", "f4")], [("o_time", "i8")], lockstep=True)
    link.open()
    tt101, o_time = link.describe()
    link.close()
    assert (tt101.built_in, tt101.unit, tt101.writable) == ("Float", "K", True)
    assert (o_time.built_in, o_time.type, o_time.exact) == ("Int64", "TIME", True)


def test_a_plc_fault_ends_the_run_in_its_own_words(plc: VirtualPlc) -> None:
    link = OpcUaLink(plc.url, [("divisor", "i4")], [("quotient", "i4")], lockstep=True)
    link.open()
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    out["divisor"] = 4
    link.exchange(0, out, into)
    assert into["quotient"] == 25
    out["divisor"] = 0
    with pytest.raises(ControllerFault, match=r"divided by zero \(.*wire\.st:76\)$"):
        link.exchange(PERIOD, out, into)
    assert into["quotient"] == 25
    assert (link.health.connected, link.health.stale, link.health.errors) == (False, True, 1)


def test_a_link_that_is_not_open_says_so() -> None:
    link = OpcUaLink("opc.tcp://127.0.0.1:9", [], [("a", "f8")], lockstep=True)
    link.close()
    with pytest.raises(LinkError, match=r"127\.0\.0\.1:9: the link is not open; open it before the first exchange"):
        link.exchange(0, np.zeros(1, link.outgoing), np.zeros(1, link.incoming))


def test_nobody_there_is_an_error_with_its_cure() -> None:
    link = OpcUaLink("opc.tcp://127.0.0.1:9", [], [("a", "f8")], lockstep=True)
    with pytest.raises(LinkError, match="nobody listens there; start the controller or correct the URL"):
        link.open()


def test_a_foreign_namespace_is_named(plc: VirtualPlc) -> None:
    link = OpcUaLink(plc.url, [], [("a", "f8")], lockstep=False, namespace="urn:other")
    with pytest.raises(InputError, match=r"has no namespace 'urn:other'; it has http://opcfoundation\.org/UA/"):
        link.open()


def test_a_server_that_dies_breaks_the_exchange() -> None:
    with VirtualPlc(PROGRAM, "wall") as plc:
        lockstep = OpcUaLink(plc.url, [], [("VALVE", "f4")], lockstep=True)
        with pytest.raises(InputError, match=r"does not run in lockstep; serve with --clock lockstep, or run with"):
            lockstep.open()
        link = OpcUaLink(plc.url, [("TT101", "f4")], [("scans.count", "i4")], lockstep=False)
        link.open()
        out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
        link.exchange(0, out, into)
        plc.stop()
        with pytest.raises(LinkError, match=r"the connection is lost .*is the controller still running"):
            link.exchange(PERIOD, out, into)
    assert (link.health.exchanges, link.health.errors, link.health.connected) == (1, 1, False)
