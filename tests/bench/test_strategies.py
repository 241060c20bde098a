"""A rig may name a block of its own project: `strategies.NAME` is controllers/strategies/NAME.py."""

from pathlib import Path

import pytest

from hil.bench.library import find_block
from hil.errors import InputError
from hil.testing import Alone

DOUBLER = """
from typing import Any
from hil.blocks import Block
from hil.signals import record, signal

def doubler_step(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    y.twice = 2.0 * u.value

BLOCK = Block(
    name="{name}", words="twice the value", step=doubler_step,
    inputs=record("Inputs", value=signal("m", "value")), outputs=record("Outputs", twice=signal("m", "twice")),
)
"""


def project(root: Path, text: str) -> Path:
    file = root / "controllers" / "strategies" / "doubler.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return root


def fault(name: str, root: Path, unit: str | None = None) -> str:
    with pytest.raises(InputError) as error:
        find_block(name, unit, root)
    return str(error.value)


def test_a_strategy_of_the_project_is_a_block(tmp_path: Path) -> None:
    block = find_block("strategies.doubler", None, project(tmp_path, DOUBLER.format(name="doubler")))
    assert Alone(block, 1_000_000).step(value=21.0) == {"twice": 42.0}


def test_an_unknown_strategy_names_the_near_ones(tmp_path: Path) -> None:
    root = project(tmp_path, DOUBLER.format(name="doubler"))
    folder = root / "controllers" / "strategies"
    assert fault("strategies.dubler", root) == f"no strategy 'dubler' in {folder}; did you mean 'doubler'?"
    assert fault("strategies.mpc", root) == f"no strategy 'mpc' in {folder}; it has doubler"
    assert fault("strategies.doubled", root / "other").endswith("; it has none")
    assert "did you mean 'strategies.doubler'" in fault("strategis.doubler", root)


def test_a_strategy_is_a_block_called_like_its_file_and_has_its_own_units(tmp_path: Path) -> None:
    root = project(tmp_path, "BLOCK = 1")
    file = root / "controllers" / "strategies" / "doubler.py"
    assert fault("strategies.doubler", root) == (
        f"{file}: it holds no block; write BLOCK = Block(...), or begin its name with _"
    )
    root = project(tmp_path / "another", DOUBLER.format(name="halver"))
    file = root / "controllers" / "strategies" / "doubler.py"
    assert fault("strategies.doubler", root) == (
        f"{file}: the block calls itself 'halver'; give it the name of its file"
    )
    assert fault("strategies.doubler", root, "m") == (
        "block model 'strategies.doubler' has units of its own; leave unit out"
    )
