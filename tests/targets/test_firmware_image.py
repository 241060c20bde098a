"""What is taken for a firmware image, and what is refused in one sentence."""

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from hil.errors import InputError
from hil.targets.firmware_boards import BOARDS, find_board
from hil.targets.firmware_image import read_image
from tests.targets._images import build

BOARD = BOARDS["lm3s6965evb"]
DATA = """
#include "uart.h"
int table[3] = {1, 2, 3};
int main(void)
{
    uart_start();
    uart_send((const uint8_t *)table, sizeof table);
    for (;;) uart_wait();
}
"""


def refused(path: Path) -> str:
    with pytest.raises(InputError) as error:
        read_image(path, BOARD)
    return str(error.value).removeprefix(f"{path}: ")


def test_an_image_lies_where_it_is_loaded_not_where_it_runs(images: Path, tmp_path: Path) -> None:
    """What is initialised lies in flash, behind the code, until the start-up copies it."""
    image, board = build(tmp_path, DATA)
    assert [board.memory_at(one.address) for one in image.segments] == [board.memories[0]] * len(image.segments)
    assert (1).to_bytes(4, "little") + (2).to_bytes(4, "little") in b"".join(one.data for one in image.segments)
    assert 0x2000_0000 <= image.address_of("table") < 0x2001_0000
    assert image.stack == 0x2001_0000
    assert image.place(image.reset - 1).endswith(" (reset+0x0)")
    assert image.compiler.startswith("GCC: ")


def test_what_is_no_elf_file_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "image.bin"
    text.write_bytes(b"\x00\x00\x01\x20")
    assert refused(text) == "no ELF file; give what the linker wrote, not a .bin or .hex made of it"
    with pytest.raises(InputError, match=r"cannot read the firmware image .*nothing\.elf: No such file"):
        read_image(tmp_path / "nothing.elf", BOARD)


def test_an_image_for_another_machine_is_refused() -> None:
    words = refused(Path(shutil.which("true") or "/bin/true").resolve())
    assert words.startswith("an ELF file of 64 bits, little-endian, machine ")
    assert words.endswith("a Cortex-M image is a linked one (ET_EXEC) of 32 bits, little-endian, EM_ARM")


def test_an_object_that_is_not_linked_is_refused(images: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "one.c", tmp_path / "one.o"
    source.write_text("int one(void) { return 1; }")
    subprocess.run(["arm-none-eabi-gcc", "-c", source, "-o", out], check=True)
    assert "type ET_REL; a Cortex-M image is a linked one" in refused(out)


@pytest.mark.parametrize(
    ("place", "word", "sentence"),
    [
        ("stack", 0x4000_0000, "the vector table begins with the stack at 0x40000000, which is no end in RAM"),
        ("stack", 0x2000_8002, "the vector table begins with the stack at 0x20008002, which is no end in RAM"),
        ("reset", 0x80, "the reset handler 0x00000080 is no Thumb code (bit 0 is not set)"),
        ("reset", 0x8001, "the reset handler 0x00008001 lies outside of what the image loads"),
        ("address", 0x100, "nothing at 0x00000000; the vector table has to begin there"),
        ("address", 0x0800_0000, "a segment from 0x08000000 to 0x08000400 lies in no memory of lm3s6965evb, which has "
         "flash from 0x00000000 to 0x00040000 and RAM from 0x20000000 to 0x20010000; link the image for this board"),
        ("size", 0x7FFF_FFFF, "a damaged ELF file (a segment reaches beyond the end of the file); build it anew"),
    ],
)  # fmt: skip
def test_an_image_that_cannot_start_is_refused(
    images: Path, tmp_path: Path, place: str, word: int, sentence: str
) -> None:
    sound = (images / "lm3s6965evb" / "echo.elf").read_bytes()
    header = int.from_bytes(sound[28:32], "little")  # the first of the program headers, which loads the code
    code = int.from_bytes(sound[header + 4 : header + 8], "little")
    at = {"stack": code, "reset": code + 4, "address": header + 12, "size": header + 16}[place]
    file = tmp_path / "image.elf"
    file.write_bytes(sound[:at] + word.to_bytes(4, "little") + sound[at + 4 :])
    assert refused(file) == sentence


def test_a_board_that_nobody_knows_is_refused() -> None:
    with pytest.raises(InputError, match="no board 'lm3s6956evb'; did you mean 'lm3s6965evb'"):
        find_board("lm3s6956evb")


def test_damaged_images_are_refused_in_one_sentence(images: Path, tmp_path: Path) -> None:
    """300 images with bytes changed or cut off: read, or refused as no image that the board can run."""
    sound, chance = (images / "lm3s6965evb" / "echo.elf").read_bytes(), random.Random("firmware")
    file, faults = tmp_path / "image.elf", []
    for _ in range(300):
        data = bytearray(sound[: chance.randrange(len(sound))] if chance.random() < 0.2 else sound)
        for _ in range(chance.randrange(1, 6)):
            if data:
                # Most of the damage goes where an ELF file says what is where.
                area = chance.choice([range(52), range(52, 180), range(max(0, len(data) - 600), len(data))])
                data[area[chance.randrange(len(area))] % len(data)] = chance.randrange(256)
        file.write_bytes(data)
        try:
            read_image(file, BOARD)
        except InputError as error:
            faults.append(len(error.faults))
    assert 0 < len(faults) < 300
    assert set(faults) == {1}
