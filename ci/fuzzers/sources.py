"""Damaged sources of every format: each ends in diagnostics or in machine code, never in anything else."""

import re
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hil.plc.front.batch import File, examine
from hil.plc.front.reading import read
from hil.plc.front.workers import Task, answers
from hil.plc.profiles import PROFILES
from tests.plc.formats._samples import RAIL_AND_CHART, SAMPLES

SECONDS = 10.0  # for one source; the longest has a few hundred lines
_PIECES = re.compile(rb"\w+#?|:=|=>|\.\.|</?|[^\w\s]")
_FOLDER = Path(__file__).parents[2]
_PLAIN = [*sorted((_FOLDER / "tests" / "plc").glob("*.st")), *sorted((_FOLDER / "ci" / "benches" / "plc").glob("*.st"))]


def seeds() -> list[tuple[str, bytes]]:
    """Sound sources: the name of a file and its bytes."""
    found = [(name, text.encode()) for name, text in SAMPLES.items()]
    found += [("drawn.xml", RAIL_AND_CHART.encode()), *((one.name, one.read_bytes()) for one in _PLAIN)]
    return found


def damaged(number: int) -> tuple[str, bytes]:
    """A source with one to four changes of bytes or tokens, the same for the same number."""
    chance = Random(number)
    name, content = chance.choice(seeds())
    pieces = _PIECES.findall(b" ".join(one for _, one in seeds()))
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(content)) if content else 0
        if chance.random() < 0.4:
            odd = [b"", b"\0", b"(*", b"'", b"]]>", b"\xff\xfe", "ж".encode("cp1251"), b"9" * 5000, b"(" * 300]
            new = chance.choice([*odd, bytes([chance.randrange(256)])])
            content = content[:at] + new + content[at + chance.choice([0, 1, 1, 40]) :]
            continue
        one = chance.choice([*_PIECES.finditer(content)] or [*re.finditer(b"", content)])
        other = chance.choice(pieces)
        new = chance.choice([b"", other, other + b" " + one.group(), one.group() * 2])
        content = content[: one.start()] + new + content[one.end() :]
    return name, content


def judged(number: int, folder: Path) -> str:
    """What is wrong with the compiler, as one damaged source shows it; nothing when it ended as it should."""
    name, content = damaged(number)
    path = folder / f"{number}_{name}"
    path.write_bytes(content)
    try:
        reading = read(path, True, "")
        file = File(str(path), reading.units, True, not reading.found, None)
        found = examine([file], (list(PROFILES)[number % len(PROFILES)],)).files[str(path)]
    finally:
        path.unlink()
    said = [*reading.found, *found.found]
    if internal := [str(one) for one in said if "no machine code for this" in one.message]:
        return internal[0]
    return "" if said or found.compiled else "neither a diagnostic nor a program"


def fuzz(cases: int, seed: int) -> tuple[int, str]:
    """How many sources were tried, and the first that showed a fault of the compiler, if any."""
    with TemporaryDirectory() as folder:
        tasks = [Task(judged, (seed + number, Path(folder)), SECONDS) for number in range(cases)]
        for done, (number, answer) in enumerate(answers(tasks)):
            if fault := answer.fault or answer.value:
                return done, f"seed {seed + number} ({damaged(seed + number)[0]}): {fault}"
    return cases, ""
