import numpy as np
import pytest

from hil.errors import InputError
from hil.signals import ProcessImage, record, signal

STATE = record("State", T=signal("K", "temperature", initial=300.0), n=signal("1", "count", kind="i2", initial=7))
INPUTS = record("Inputs", Tc=signal("K", "coolant", initial=290.0))
PROFILE = record("Outputs", slab=signal("K", "profile", shape=(3,), initial=1.5))


def image() -> ProcessImage:
    return ProcessImage({("tank", "state"): STATE, ("tank", "inputs"): INPUTS, ("slab", "outputs"): PROFILE})


def test_signals_are_addressed_by_path_and_begin_with_their_initial_values() -> None:
    one = image()
    assert list(one.signals) == ["tank.T", "tank.n", "tank.Tc", "slab.slab"]
    assert [one.view(path).tolist() for path in one.signals] == [[300.0], [7], [290.0], [[1.5, 1.5, 1.5]]]
    assert [one.role(path) for path in one.signals] == ["state", "state", "inputs", "outputs"]


def test_views_sections_and_addresses_are_the_same_memory() -> None:
    one = image()
    one.view("tank.n")[0] = 9
    assert one.section("tank", "state")["n"][0] == 9
    assert one.address("tank.n") == one.address("tank.T") + 8
    assert one.address("tank.T") == one.memory.ctypes.data


def test_a_column_comes_out_of_copies_of_the_memory() -> None:
    one = image()
    rows = np.repeat(one.memory, 3)
    one.column(rows, "tank.Tc")[:] = [1.0, 2.0, 3.0]
    assert one.column(rows, "tank.Tc").tolist() == [1.0, 2.0, 3.0]
    assert one.view("tank.Tc")[0] == 290.0


@pytest.mark.parametrize("ask", ["find", "view", "address", "role"])
def test_an_unknown_path_names_the_nearest(ask: str) -> None:
    with pytest.raises(InputError) as error:
        getattr(image(), ask)("tank.Tcc")
    assert str(error.value) == "no signal 'tank.Tcc' on this rig; did you mean 'tank.Tc' or 'tank.T'?"


def test_a_path_that_is_like_no_other_gets_no_suggestion() -> None:
    with pytest.raises(InputError) as error:
        image().find("xyz")
    assert str(error.value) == "no signal 'xyz' on this rig"


def test_a_signal_that_is_declared_twice_is_refused() -> None:
    outputs = record("Outputs", Tc=signal("K", "coolant again"))
    with pytest.raises(InputError) as error:
        ProcessImage({("tank", "inputs"): INPUTS, ("tank", "outputs"): outputs})
    assert str(error.value) == "signal 'tank.Tc' is declared twice, the second time among its outputs"
