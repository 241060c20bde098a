from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.blocks import FAILED, Block
from hil.blocks.interpreted import interpret
from hil.errors import InputError
from hil.loop import Step, call_block
from tests.blocks import _kernels
from tests.blocks._kernels import CELL, kernel


def memory() -> list[Any]:
    return [CELL.new() for _ in range(4)]


def call(name: str, records: list[Any], t: int = 5, h: int = 2) -> int:
    return call_block(Step(name, kernel(name).address, h, *records), t)


def test_a_kernel_does_compiled_what_it_does_in_python() -> None:
    compiled, interpreted = memory(), memory()
    for records in (compiled, interpreted):
        records[1]["slab"] = np.arange(6.0).reshape(2, 3) / 8.0
        records[2]["T"] = 412.5
    assert call("mixed", compiled) == interpret(_kernels.mixed, 5, 2, *interpreted) == 6
    for one, other in zip(compiled, interpreted, strict=True):
        assert one.tobytes() == other.tobytes()
    assert compiled[3]["slab"][0].tolist() == [[0.0, 1.25, 25.0], [1.375, 6.0, 63.5]]


def test_time_and_period_reach_a_kernel_as_64_bits() -> None:
    records = memory()
    assert call("mixed", records, t=2**62, h=5) == 6 + (2**62 + 5) % 7


def test_a_kernel_that_returns_nothing_says_that_all_is_well() -> None:
    assert call("returns_nothing", memory()) == 0


def test_a_raise_in_a_kernel_is_a_status() -> None:
    records = memory()
    assert call("raises", records) == FAILED
    records[1]["n"] = 2
    assert call("raises", records) == 0


def test_a_division_by_zero_is_that_of_ieee_754() -> None:
    records = memory()
    assert call("divides", records) == 0
    assert records[3]["T"][0] == np.inf


@pytest.mark.parametrize(
    ("name", "words"),
    [
        (
            "allocates",
            "needs NRT_MemInfo_alloc_aligned: a kernel never allocates and never calls Python; "
            "write a loop over the elements instead of an array expression",
        ),
        ("returns_a_float", "returns float64; a kernel returns a 64-bit integer (np.int64) or nothing"),
        ("writes_no_field", "cannot be compiled: the record has no field 'pressure'"),
        ("reads_no_field", "cannot be compiled: the record has no field 'pressure'"),
        ("calls_nobody", "cannot be compiled: NameError: name 'nobody' is not defined"),
    ],
)
def test_a_kernel_that_cannot_be_one_is_refused_with_its_place(name: str, words: str) -> None:
    line = getattr(_kernels, name).__code__.co_firstlineno
    with pytest.raises(InputError) as error:
        _ = kernel(name).address
    assert str(error.value) == f"{Path(_kernels.__file__)}:{line}: kernel {name} {words}"


def test_a_function_that_its_module_does_not_know_is_no_kernel() -> None:
    block = Block(name="made", words="", step=lambda t, h, p, x, u, y: 0)
    with pytest.raises(InputError) as error:
        _ = block.kernel.address
    assert str(error.value) == (
        "tests.blocks.test_kernel has no <lambda> of its own that is this one: write it with def in the module itself; "
        "after another project with a module of that name, open this one again"
    )
