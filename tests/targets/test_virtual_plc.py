import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hil.errors import InputError, RunError
from hil.targets import VirtualPlc
from tests.targets.conftest import PROGRAM

BENCH = f"""
import sys
from hil.targets import VirtualPlc
plc = VirtualPlc({str(PROGRAM)!r})
plc.start()
print(plc._process.pid, flush=True)
sys.stdin.read()
"""


def test_a_server_ends_with_a_bench_that_is_killed() -> None:
    command = [sys.executable, "-c", BENCH]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as bench:
        assert bench.stdout is not None
        server = os.pidfd_open(int(bench.stdout.readline()))
        bench.send_signal(signal.SIGKILL)
        assert select.select([server], [], [], 20.0)[0], "the server outlived its bench"
        os.close(server)


def test_what_is_up_has_no_fault_and_what_was_stopped_has(plc: VirtualPlc) -> None:
    assert plc.fault() is None
    assert VirtualPlc("a.st").fault() == "the virtual PLC of a.st is not started"


def test_a_program_with_an_error_is_refused_in_the_compilers_words(tmp_path: Path) -> None:
    file = tmp_path / "bad.st"
    file.write_text("PROGRAM Bad\nVAR n : INT; END_VAR\nn := 1.5;\nEND_PROGRAM\n")
    with pytest.raises(InputError, match=r"bad\.st:3:\d+: error: "):
        VirtualPlc(file).start()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("print('hello')", "said 'hello' where its ready line was due"),
        ("raise SystemExit('no disk')", r"did not start \(status 1\): no disk"),
        ("import time; time.sleep(60)", "was not ready within 0.2 s"),
    ],
)
def test_a_server_that_does_not_come_up_is_one_error(code: str, words: str) -> None:
    plc = VirtualPlc(PROGRAM, command=(sys.executable, "-c", code), deadline=0.2 if "60" in code else 20.0)
    with pytest.raises(RunError, match=words):
        plc.start()
    assert plc.fault() == f"the virtual PLC of {PROGRAM} is not started"
