"""The target `firmware`: a rig's image on an emulated board, by Unicorn in lockstep or by QEMU on the wall clock."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hil.bench.controller import shortest
from hil.bench.links import framed
from hil.errors import InputError

if TYPE_CHECKING:
    from hil.bench.links import Wanted
    from hil.links import Link
    from hil.targets.firmware_boards import Board
    from hil.targets.firmware_image import Image


def firmware_link(link: str, wanted: "Wanted") -> "Link":
    """Return the link to the rig's image, not yet open.

    Raises:
        InputError: the rig names no image, none is there, or it is none for its board.
    """
    from hil.links.serial_port import SerialPort
    from hil.targets import Qemu
    from hil.targets.firmware import LockstepLink, LockstepPort

    part, source = wanted.rig.file.targets.firmware, wanted.rig.source
    if part is None:
        raise InputError(f"{source.at('targets')}: the target firmware needs [targets.firmware] with image and board")
    if link != "serial":
        raise InputError(f"{source.at('targets', 'firmware')}: firmware is met over serial, not over {link!r}")
    board, image = _image(source.path.parent / part.image, part.board)
    wanted.facts.update(image=str(image.path), digest=image.digest, compiler=image.compiler, board=board.name)
    if (part.emulator or ("unicorn" if wanted.lockstep else "qemu")) == "unicorn":
        wanted.facts["emulator"] = f"Unicorn {version('unicorn')}"
        return framed(wanted, part, LockstepPort(image, board, wanted.side.period), LockstepLink)
    qemu = wanted.stack.enter_context(Qemu(image, board))
    wanted.facts["emulator"] = qemu.version
    return framed(wanted, part, SerialPort(qemu.url))


def _image(path: Path, board: str) -> "tuple[Board, Image]":
    from hil.targets.firmware_boards import find_board
    from hil.targets.firmware_image import read_image

    shown = shortest(path)
    if not path.exists():
        maker = next((one for one in path.resolve().parents if (one / "Makefile").is_file()), None)
        cure = f"; build it: make -C {shortest(maker)}" if maker is not None else ""
        raise InputError(f"no firmware image {shown}{cure}")
    found = find_board(board)
    return found, read_image(shown, found)
