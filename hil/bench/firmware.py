"""The target `firmware`: a rig's image on an emulated board, by Unicorn in lockstep or by QEMU on the wall clock."""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from hil.bench.controller import shortest
from hil.bench.links import framed, on_can
from hil.errors import InputError

if TYPE_CHECKING:
    from hil.bench.links import Wanted
    from hil.bench.target_parts import FirmwarePart
    from hil.links import Link
    from hil.targets.firmware_boards import Board
    from hil.targets.firmware_image import Image


def firmware_link(link: str, wanted: "Wanted") -> "Link":
    """Return the link to the rig's image, not yet open.

    Raises:
        InputError: the rig names no image, none is there, or it is none for its board.
    """
    from hil.links.can.ports import Address
    from hil.links.serial_port import SerialPort
    from hil.targets import Qemu

    part, source = wanted.rig.file.targets.firmware, wanted.rig.source
    if part is None:
        raise InputError(f"{source.at('targets')}: the target firmware needs [targets.firmware] with image and board")
    if link not in ("serial", "can"):
        place = source.at("targets", "firmware")
        raise InputError(f"{place}: firmware is met over its UART, with serial frames or as can, not over {link!r}")
    board, image = _image(source.path.parent / part.image, part.board)
    wanted.facts.update(image=str(image.path), digest=image.digest, compiler=image.compiler, board=board.name)
    if (part.emulator or ("unicorn" if wanted.lockstep else "qemu")) == "unicorn":
        wanted.facts["emulator"] = f"Unicorn {version('unicorn')}"
        return _in_lockstep(link, wanted, part, image, board)
    if link == "can" and wanted.lockstep:
        place = source.at("targets", "firmware")
        raise InputError(f'{place}: over CAN QEMU keeps no lockstep; run with --clock wall, or emulator = "unicorn"')
    qemu = wanted.stack.enter_context(Qemu(image, board))
    wanted.facts["emulator"] = qemu.version
    if link == "can":
        return on_can(wanted, Address("slcan", qemu.url), lockstep=False)
    return framed(wanted, part, SerialPort(qemu.url))


def _in_lockstep(link: str, wanted: "Wanted", part: "FirmwarePart", image: "Image", board: "Board") -> "Link":
    from hil.links.can.ports import Address
    from hil.targets.firmware import LockstepLink, LockstepPort
    from hil.targets.firmware_bus import opens

    period = wanted.side.period
    if link == "can":  # the image sends by itself, on the bench's clock
        where = Address("slcan", f"{image.path.name} on {board.name}")
        return on_can(wanted, where, lockstep=False, opens=opens(image, board, period))
    return framed(wanted, part, LockstepPort(image, board, period), LockstepLink)


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
