import re
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from hil.errors import InputError
from hil.targets.serve import Doors, serve
from tests.targets._client import Plain, talk
from tests.targets.conftest import PROGRAM

SERVE = (sys.executable, "-m", "hil", "plc", "serve", str(PROGRAM), "--opcua")


@contextmanager
def ready(program: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve a program; the process and the first line that it prints."""
    command = [sys.executable, "-m", "hil", "plc", "serve", str(program), *options]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 60.0)[0], "no ready line"
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def served(*options: str) -> AbstractContextManager[tuple[subprocess.Popen[str], str]]:
    return ready(PROGRAM, "--opcua", "opc.tcp://127.0.0.1:0", *options)


def test_a_fault_on_the_wall_clock_is_said_with_its_place() -> None:
    async def work(plain: Plain) -> None:
        await plain.write("divisor", 0, "Int32")
        while await plain.state("State") != "fault":
            pass
        await plain.write("divisor", 1, "Int32")
        await plain.call("Start")
        while await plain.read("quotient") != 100:
            pass

    with served("--clock", "wall") as (process, line):
        talk(line.split()[-1], work)
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=20)
    assert re.fullmatch(r"hil plc: PLC fault: \S+wire\.st:76:\d+: .*divided by zero.*\n", said)


def test_on_the_wall_clock_it_scans_by_itself_and_ends_at_a_signal() -> None:
    async def work(plain: Plain) -> None:
        while await plain.state("ScanCount") < 3:
            pass
        assert (await plain.state("State"), await plain.state("Period")) == ("run", 5_000_000)
        assert await plain.state("Overruns") >= 0

    with served("--clock", "wall", "--period", "5ms") as (process, line):
        assert line.startswith("hil plc: serving Wire at opc.tcp://127.0.0.1:")
        talk(line.split()[-1], work)
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_it_ends_with_its_input_when_it_is_told_to() -> None:
    with served("--clock", "lockstep", "--until-eof") as (process, _):
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(20) == 0


def test_a_missing_file_is_one_error_and_status_2() -> None:
    command = [*SERVE[:-2], "nowhere.st", "--opcua", "opc.tcp://127.0.0.1:0"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert "nowhere.st" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        (
            "http://127.0.0.1:1",
            "'http://127.0.0.1:1' is not an OPC UA endpoint; write opc.tcp://127.0.0.1:4840",
        ),
        ("opc.tcp://127.0.0.1", "is not an OPC UA endpoint"),
        ("opc.tcp://127.0.0.1:99999", "is not an OPC UA endpoint"),
        ("opc.tcp://0.0.0.0:4840", "without security the server listens on the loopback only"),
    ],
)
def test_a_url_that_cannot_be_served_is_refused(url: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        serve(PROGRAM, Doors(url))


def test_a_taken_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"opc.tcp://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(InputError, match=f"cannot listen at {url}: .*choose another port, or 0 for a free"):
            serve(PROGRAM, Doors(url))


def test_the_wall_clock_needs_a_period(tmp_path: Path) -> None:
    file = tmp_path / "idle.st"
    file.write_text("PROGRAM Idle\nVAR n : INT; END_VAR\nn := n + 1;\nEND_PROGRAM\n")
    with pytest.raises(InputError, match="Idle has no task INTERVAL, so on the wall clock it needs --period"):
        serve(file, Doors("opc.tcp://127.0.0.1:0"), "wall")
