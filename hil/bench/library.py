"""The blocks that a rig file can name: the bench's own, and those of the project's `controllers/strategies/`."""

from pathlib import Path

from hil.bench.plants import project_module
from hil.blocks import Block
from hil.blocks.actuators import MIXING, VALVE
from hil.blocks.delays import delay
from hil.blocks.sensors import sensor
from hil.errors import InputError, near

_FIXED = {block.name: block for block in (VALVE, MIXING)}
_IN_A_UNIT = {"sensor": sensor, "delay": delay}


_STRATEGIES = "strategies."
"""How the names of a project's own blocks begin; the name of the file follows."""


def find_block(name: str, unit: str | None, root: Path) -> Block:
    """Return the block of a name; a transmitter is made for a unit, `strategies.NAME` is one of the project at `root`.

    Raises:
        InputError: no such block, or a unit is missing or too many.
    """
    if name in _FIXED or name.startswith(_STRATEGIES):
        if unit is not None:
            raise InputError(f"block model {name!r} has units of its own; leave unit out")
        return _FIXED[name] if name in _FIXED else _strategy(name.removeprefix(_STRATEGIES), root)
    if name not in _IN_A_UNIT:
        raise InputError(f"no block model {name!r}{near(name, [*_FIXED, *_IN_A_UNIT, *_own(root)])}")
    if unit is None:
        raise InputError(f'block model {name!r} needs a unit, as unit = "K"')
    return _IN_A_UNIT[name](unit)


def _files(root: Path) -> dict[str, Path]:
    folder = root / "controllers" / "strategies"
    return {file.stem: file for file in sorted(folder.glob("*.py")) if not file.name.startswith("_")}


def _own(root: Path) -> list[str]:
    return [_STRATEGIES + one for one in _files(root)]


def _strategy(name: str, root: Path) -> Block:
    """Return the `BLOCK` of a module in the project's `controllers/strategies/`, which is named like its file."""
    files = _files(root)
    if name not in files:
        known = near(name, files) or f"; it has {', '.join(files) or 'none'}"
        raise InputError(f"no strategy {name!r} in {root / 'controllers' / 'strategies'}{known}")
    file = files[name]
    block = getattr(project_module(file, root), "BLOCK", None)
    if not isinstance(block, Block):
        raise InputError(f"{file}: it holds no block; write BLOCK = Block(...), or begin its name with _")
    if block.name != name:
        raise InputError(f"{file}: the block calls itself {block.name!r}; give it the name of its file")
    return block
