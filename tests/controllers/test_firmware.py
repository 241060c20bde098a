"""The firmware is what its digests say, wherever it is built, and its mathematics is a good library's."""

import math
import random
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from hil.links.codecs.frames import Field, Format, Frames
from hil.targets.emulation import Emulation
from hil.targets.firmware_boards import BOARDS
from hil.targets.firmware_image import read_image
from tests.conftest import FIRMWARE
from tests.targets._images import MS, switched_on

MATHS = """
#include "maths.h"
#include "uart.h"
int main(void)
{
    double x;
    uart_start();
    for (uint32_t n = 0;;) {
        if (!uart_take((uint8_t *)&x + n % 8)) { uart_wait(); continue; }
        if (++n % 8) continue;
        double y[2] = {exponential(x), x > 0.0 ? logarithm(x) : 0.0};
        uart_send((const uint8_t *)y, sizeof y);
    }
}
"""


def noted() -> tuple[str, dict[str, str]]:
    """Return the compiler and the digests on record."""
    compiler, *lines = (FIRMWARE / "digests.txt").read_text().splitlines()
    digests = {name: digest for digest, name in (one.split("  ") for one in lines)}
    return compiler.removeprefix("# arm-none-eabi-gcc "), digests


def test_each_image_has_a_digest_on_record() -> None:
    images = {one.stem for one in FIRMWARE.glob("*.c")}
    boards = {one.stem for one in (FIRMWARE / "boards").glob("*.ld")}
    assert set(noted()[1]) == {f"build/{board}/{image}.elf" for board in boards for image in images}


def test_the_same_compiler_makes_the_same_bytes_in_another_folder(images: Path, tmp_path: Path) -> None:
    anew = shutil.copytree(FIRMWARE, tmp_path / "anew", ignore=shutil.ignore_patterns("build"))
    subprocess.run(["make", "-s", "-C", anew], check=True, timeout=120, stdout=subprocess.DEVNULL)
    compiler, digests = noted()
    for name, digest in digests.items():
        image = read_image(anew / name, BOARDS[Path(name).parent.name])
        if image.compiler == f"GCC: {compiler}":
            assert sha256((anew / name).read_bytes()).hexdigest() == digest, f"{name} changed: make digests"
        else:  # another compiler: the image as it is built here twice
            assert image.digest == sha256((images.parent / name).read_bytes()).hexdigest()


def bits(machine: Emulation, x: float) -> list[float]:
    machine.feed(np.float64(x).tobytes())
    machine.run_to(round(machine.cycle / machine.board.clock * 1e9) + 20 * MS)
    return [float(one) for one in np.frombuffer(machine.drain(), "<f8")]


@pytest.mark.usefixtures("images")
def test_exponential_and_logarithm_are_those_of_a_good_library(tmp_path: Path) -> None:
    """Within one unit in the last place of glibc's always, and the same number in at least 97 of 100."""
    machine, chance = switched_on(tmp_path, MATHS), np.random.default_rng(1)
    same = []
    for x in [0.0, 1.0, -745.0, 709.0, *chance.uniform(-30, 30, 60), *10.0 ** chance.uniform(-300, 300, 40)]:
        expected = [math.exp(x) if x < 709.0 else math.inf, math.log(x) if x > 0 else 0.0]
        for ours, theirs in zip(bits(machine, x), expected, strict=True):
            assert ours == theirs or abs(ours - theirs) <= max(math.ulp(theirs), 1e-300)
            same.append(ours == theirs)
    assert sum(same) >= 0.97 * len(same)


@pytest.mark.parametrize("board", ["lm3s6965evb", "mps2-an386"])
def test_damaged_frames_get_no_answer_and_the_next_sound_one_does(board: str, images: Path) -> None:
    """200 frames with bytes changed, left out or put in, too long ones among them; none takes the image with it."""
    machine = Emulation(read_image(images / board / "echo.elf", BOARDS[board]), BOARDS[board])
    chance, form = random.Random("frames"), Format([Field("x", "f8"), Field("y", "u2")], sequence=True)
    for number in range(200):
        sound = form.encode([number * 0.5, number], number)
        damaged = bytearray(sound[:-1])
        for _ in range(chance.randrange(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(1, 256)
        damaged[chance.randrange(len(damaged)) :] = chance.randbytes(chance.choice((0, 3, 600)))
        machine.feed(bytes(damaged) + b"\0")
        machine.run_to((2 * number + 1) * 20 * MS)
        answers = list(Frames(form).feed(machine.drain()))
        assert all(form.encode(values, one) in bytes(damaged) + b"\0" for one, values in answers)
        machine.feed(sound)
        machine.run_to((2 * number + 2) * 20 * MS)
        assert machine.drain() == sound
