"""What a rig file says of its targets, the ways to bring the controller up: a table `[targets.NAME]` for each that
needs one; the controller chooses by name."""

from typing import Literal, get_args

from pydantic import Field

from hil.bench.external_parts import ExternalPart
from hil.bench.link_parts import SerialPart
from hil.verdicts.requirements import Strict

TargetName = Literal["plc", "firmware", "external"]
"""The targets that `--target` and the controller's `target` may name; how each is met stands in `hil.bench.targets`.
`plc` is the program itself: in the loop, or in a virtual PLC; `external` is a box that is there already. Another target
has variables of the program's names."""
TARGET_NAMES: tuple[str, ...] = get_args(TargetName)


class FirmwarePart(SerialPart):
    """Firmware on an emulated board: its image, and what its UART carries, frames of the rig's or slcan."""

    link: Literal["serial", "can"] = "serial"
    image: str = Field(description="an ELF file, relative to the rig file")
    board: Literal["lm3s6965evb", "mps2-an385", "mps2-an386"]
    emulator: Literal["unicorn", "qemu"] | None = Field(
        None,
        description="unicorn in virtual time and qemu on the wall clock when left out; qemu in virtual time is for "
        "images that know no time but their frames",
    )


class TargetsPart(Strict):
    """The targets of a rig."""

    firmware: FirmwarePart | None = None
    external: ExternalPart = ExternalPart()
