import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.loop import Conductor, address_of, call_block, wires

KINDS = ["f8", "f4", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1"]


def carried(value: float, source_kind: str, target_kind: str, scale: float = 1.0, offset: float = 0.0) -> float:
    """What comes out of one wire; the target's neighbours have to stay as they are."""
    source, target = np.array([value], source_kind), np.array([7, 7, 7], target_kind)
    at = target.ctypes.data + target.itemsize
    step = wires(
        "wire", [Conductor(address_of(source), at, source_kind, target_kind, scale, offset)], 1, source, target
    )
    assert call_block(step, 0) == 0
    assert [target[0], target[2]] == [7, 7]
    return target[1].item()  # type: ignore[no-any-return]


@pytest.mark.parametrize("target", KINDS)
@pytest.mark.parametrize("source", KINDS)
def test_every_kind_goes_to_every_kind(source: str, target: str) -> None:
    assert carried(100, source, target) == 100
    assert carried(100, source, target, 0.5, -3.0) == 47


@pytest.mark.parametrize("kind", KINDS)
def test_a_wire_between_equal_kinds_moves_every_bit(kind: str) -> None:
    for value in (np.iinfo(kind).min, np.iinfo(kind).max) if kind[0] != "f" else (math.inf, -0.0, 1e-45):
        assert carried(value, kind, kind) == np.array(value, kind).item()
    if kind[0] == "f":
        assert math.isnan(carried(math.nan, kind, kind))


@pytest.mark.parametrize(("value", "whole"), [(0.5, 0), (1.5, 2), (2.5, 2), (-0.5, 0), (-1.5, -2), (3.49, 3)])
def test_a_tie_goes_to_the_even_number(value: float, whole: int) -> None:
    assert {carried(value, "f8", kind) for kind in ("i8", "i4", "i2", "i1")} == {whole}


@pytest.mark.parametrize("kind", KINDS[2:])
def test_a_value_beyond_a_kind_stays_at_its_end(kind: str) -> None:
    low, high = np.iinfo(kind).min, np.iinfo(kind).max
    largest = int(np.nextafter(2.0**64, 0)) if kind == "u8" else int(np.nextafter(2.0**63, 0)) if kind == "i8" else high
    for value in (1e300, math.inf):
        assert carried(value, "f8", kind) == largest
        assert carried(-value, "f8", kind) == low


@pytest.mark.parametrize("kind", KINDS[2:])
def test_what_is_no_number_becomes_zero(kind: str) -> None:
    assert carried(math.nan, "f8", kind) == 0
    assert carried(math.inf, "f8", kind, 0.0) == 0


@given(st.floats(-1e6, 1e6), st.floats(-1e3, 1e3), st.floats(-1e6, 1e6))
def test_a_wire_scales_as_ieee_754_rounds(value: float, scale: float, offset: float) -> None:
    assert carried(value, "f8", "f8", scale, offset) == value * scale + offset
    whole = min(max(round(value * scale + offset), -(2**31)), 2**31 - 1)
    assert carried(value, "f8", "i4", scale, offset) == whole


@pytest.mark.parametrize(
    ("value", "switch"), [(2.0, True), (0.6, True), (-7.0, False), (0.5, False), (math.nan, False)]
)
def test_a_switch_is_on_or_off(value: float, switch: bool) -> None:
    source, target = np.array([value]), np.zeros(3, "u1")
    step = wires("wire", [Conductor(address_of(source), target.ctypes.data + 1, "f8", "b1")], 1, source, target)
    assert call_block(step, 0) == 0
    assert target.tolist() == [0, int(switch), 0]


def test_wires_are_carried_in_their_order() -> None:
    values = np.array([1.0, 2.0, 3.0])
    a, b, c = (values.ctypes.data + 8 * i for i in range(3))
    step = wires("wires", [Conductor(a, b, "f8", "f8"), Conductor(b, c, "f8", "f8", 10.0)], 1, values, values)
    call_block(step, 0)
    assert values.tolist() == [1.0, 1.0, 10.0]
