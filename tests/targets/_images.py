"""Small images for the emulator, built from C beside the firmware's common parts."""

import subprocess
from pathlib import Path

from hil.targets.emulation import Emulation
from hil.targets.firmware_boards import BOARDS, Board
from hil.targets.firmware_image import Image, read_image
from tests.conftest import FIRMWARE

CPU = {
    "cortex-m3": ["-mcpu=cortex-m3"],
    "cortex-m4": ["-mcpu=cortex-m4", "-mfloat-abi=hard", "-mfpu=fpv4-sp-d16"],
}
MS = 1_000_000


def build(folder: Path, source: str, board: str = "lm3s6965evb", *options: str) -> tuple[Image, Board]:
    """Compile and link an image whose main is in `source`."""
    (folder / "image.c").write_text(source)
    found, out = BOARDS[board], folder / "image.elf"
    common = [str(one) for one in sorted((FIRMWARE / "common").glob("*.c"))]
    subprocess.run(
        ["arm-none-eabi-gcc", *CPU[found.cpu], "-mthumb", "-O1", "-ffreestanding", "-nostdlib", "-Icommon",
         "-include", f"boards/{board}.h", str(folder / "image.c"), *common, "-T", f"boards/{board}.ld", "-lgcc",
         "-fno-tree-loop-distribute-patterns", "-Wl,--no-warn-rwx-segments", *options, "-o", str(out)],
        cwd=FIRMWARE, check=True, timeout=60,
    )  # fmt: skip
    return read_image(out, found), found


def switched_on(folder: Path, source: str, board: str = "lm3s6965evb") -> Emulation:
    """Return a board with such an image just after its reset."""
    return Emulation(*build(folder, source, board))
