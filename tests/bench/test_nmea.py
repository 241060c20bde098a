"""A rig whose controller hears a positioning receiver: the level comes as the altitude of a fix, in GGA."""

import os
import pty
import tty
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from hil.errors import InputError
from tests.bench._tiny import Project
from tests.bench.test_run import record

LINK = """
[links.serial]
port = "{}"
framing = "nmea"
to_controller = [
    {{ path = "LEVEL", kind = "altitude" }}, {{ path = "SETPOINT", kind = "f8" }},
    {{ path = "GAIN", kind = "f8" }}, {{ path = "DIVISOR", kind = "i2" }},
]
from_controller = [{{ path = "PUMP", kind = "f8" }}]
sentences = {{ GGA = "100ms" }}
"""


def controller(line: int, stop: bytes) -> None:
    """Read sentences, reckon as control.st does, and answer: nothing of this is the bench's own code."""
    level = 0.0
    for text in iter(lambda: read(line), stop):
        fields = text.split(b"*")[0].split(b",")
        if fields[0] == b"$GPGGA":
            level = float(fields[9])
        elif fields[0] == b"$PHIL":
            body = f"PHIL,{float(fields[2]) * (float(fields[1]) - level)!r}"
            check = 0
            for one in body.encode():
                check ^= one
            os.write(line, f"${body}*{check:02x}\r\n".encode())


def read(line: int) -> bytes:
    return b"".join(iter(lambda: os.read(line, 1), b"\n"))


@pytest.fixture
def line() -> Iterator[Path]:
    own, far = pty.openpty()
    tty.setraw(far)
    thread = Thread(target=controller, args=(own, b"stop"))
    thread.start()
    yield Path(os.ttyname(far))
    os.write(far, b"\nstop\n")
    thread.join()
    os.close(own)
    os.close(far)


def test_a_controller_on_nmea_sentences_gives_the_fused_verdict(project: Project, line: Path) -> None:
    fused = project.run("fused")
    project.rig.write_text(project.rig.read_text() + LINK.format(line))
    wired = project.run("wired", link="serial")
    assert [one["verdict"] for one in wired["findings"]] == [one["verdict"] for one in fused["findings"]]
    assert wired["link_health"]["errors"] == 0
    levels = [record(project, name)["plant.level"] for name in ("fused", "wired")]
    assert 0 < abs(levels[0] - levels[1]).max() < 0.01  # GGA has the altitude to a centimetre


def test_a_rate_that_is_no_multiple_of_the_exchange_is_named(project: Project) -> None:
    text = LINK.format("/dev/null").replace('GGA = "100ms"', 'GGA = "150ms"')
    project.rig.write_text(project.rig.read_text() + text)
    with pytest.raises(InputError, match="GGA every 150ms is no whole multiple of the exchange's 100ms"):
        project.run(link="serial")
