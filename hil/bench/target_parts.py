"""What a rig file says of its targets, the ways to bring the controller up: a table `[targets.NAME]` for each that
needs one; the controller chooses by name."""

from typing import Literal, get_args

from hil.verdicts.requirements import Strict

TargetName = Literal["plc"]
"""The targets that `--target` and the controller's `target` may name; how each is met stands in `hil.bench.targets`.
`plc` is the program itself: in the loop, or in a virtual PLC."""
TARGET_NAMES: tuple[str, ...] = get_args(TargetName)


class TargetsPart(Strict):
    """The targets of a rig."""
