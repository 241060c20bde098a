"""Damaged sources end in a diagnostic or in a program that runs or faults; never in anything else."""

import random
import re
from pathlib import Path

import pytest

from ci.benches.plc import FOLDER
from ci.fuzzers import sources
from hil.errors import InputError
from hil.plc import PROFILES, Diagnostics, compile_text
from hil.plc.compiler import checked
from hil.plc.front import check

HERE = Path(__file__).parent
SOURCES = [
    *(path.read_text() for path in sorted(FOLDER.glob("*.st"))),
    (HERE / "library.st").read_text(),
    (HERE / "everything.st").read_text(),
]
WORDS = re.findall(r"\w+#?|:=|=>|\.\.|[^\w\s]", " ".join(SOURCES))


def damaged(seed: int) -> str:
    """A source with one to three random changes of bytes or tokens."""
    chance = random.Random(seed)
    text = chance.choice(SOURCES)
    for _ in range(chance.randint(1, 3)):
        at, kind = chance.randrange(len(text)), chance.random()
        if kind < 0.3:
            number = chance.choice(list(re.finditer(r"\d+", text)))
            text = text[: number.start()] + str(chance.choice([0, 1, 2, 9, 100, 70000])) + text[number.end() :]
            continue
        if kind < 0.6:
            text = text[:at] + chance.choice(["", chr(chance.randrange(1, 256)), "(*", "'", "\0", "é"]) + text[at + 1 :]
            continue
        pieces = list(re.finditer(r"\w+#?|:=|=>|\.\.|[^\w\s]", text))
        one, other = chance.choice(pieces), chance.choice(WORDS)
        text = text[: one.start()] + chance.choice(["", other, other + " " + one.group()]) + text[one.end() :]
    return text


def diagnostics(text: str, profile: str = "iec") -> tuple[str, ...]:
    """What the compiler says about a text."""
    try:
        checked(text, "x.st", profile=PROFILES[profile])
    except Diagnostics as found:
        return found.faults
    return ()


@pytest.mark.parametrize("block", range(10))
def test_damaged_sources(block: int) -> None:
    outcomes = {True: 0, False: 0}
    for seed in range(block * 50, block * 50 + 50):
        found = diagnostics(damaged(seed), list(PROFILES)[seed % len(PROFILES)])
        assert all(re.match(r"x\.st:\d+:\d+: error: .", one) for one in found)
        outcomes[not found] += 1
    assert min(outcomes.values()) > 0


def test_damaged_programs_run_or_fault() -> None:
    ran = 0
    for seed in range(1000, 1200):
        try:
            program = compile_text(damaged(seed), "x.st", profile=list(PROFILES)[seed % len(PROFILES)])
        except InputError:
            continue
        program.run(program.new_memory(), 20, 0, 10_000_000)
        ran += 1
    assert ran > 5


def test_a_source_cut_anywhere_ends_in_diagnostics() -> None:
    text = SOURCES[-1]
    for at in range(0, len(text), max(1, len(text) // 150)):
        assert all("x.st:" in one for one in diagnostics(text[:at]))


@pytest.mark.parametrize("profile", PROFILES)
def test_the_sources_run_undamaged(profile: str) -> None:
    for text in SOURCES:
        program = compile_text(text, "x.st", profile=profile)
        assert program.run(program.new_memory(), 20, 0, 10_000_000) is None


def test_damaged_files_of_every_format_end_in_a_diagnostic_or_a_program() -> None:
    assert sources.fuzz(300, 0) == (300, "")


@pytest.mark.parametrize("name", [name for name, _ in sources.seeds()])
def test_every_seed_is_sound_in_some_profile(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(dict(sources.seeds())[name])
    (result,) = check([tmp_path / name]).results
    assert result.parsed
