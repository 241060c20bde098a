"""Wiring files of J1939: who the nodes are, which messages there are, and every fault with its cure."""

from pathlib import Path

import pytest

from hil.errors import InputError
from hil.links.can.j1939 import Name, unpack
from hil.links.can.wiring import Wiring, read_wiring

NODES = "[j1939.bench]\naddress = 0x21\nname = { identity = 1 }\n"


def read(folder: Path, text: str) -> Wiring:
    file = folder / "can.toml"
    file.write_text(text)
    return read_wiring(file)


def test_published_messages_need_no_dbc_and_may_have_names_and_receivers(tmp_path: Path) -> None:
    entries = '["EEC1", { message = "TSC1", name = "Retarder", destination = 15, source = 3 }]'
    wiring = read(tmp_path, f"from = {entries}\n{NODES}")
    assert [one.name for one in wiring.back] == ["EEC1", "Retarder"]
    assert unpack(wiring.back[1].identifier) == (3, 0, 3, 15)


def test_a_variable_may_have_another_unit_than_its_signal(tmp_path: Path) -> None:
    text = f'from = ["TSC1"]\n{NODES}[signals]\nX = {{ signal = "TSC1.RequestedTorque", scale = 0.01, offset = 1 }}\n'
    spot = read(tmp_path, text).places(["X"], to=False)["X"].spot
    assert spot.variable(50.0) == 1.5
    assert spot.value(1.5) == 50.0


@pytest.mark.parametrize("name", ["{ identity = 1, arbitrary = 1 }", "0x8000000000000001"])
def test_a_name_is_written_in_parts_or_as_one_number(name: str, tmp_path: Path) -> None:
    wiring = read(tmp_path, f"[j1939.bench]\naddress = [1, 2]\nname = {name}\n")
    assert wiring.j1939 is not None
    assert wiring.j1939.bench == ((1, 2), Name(identity=1, arbitrary=1))


def test_trouble_codes_are_signals(tmp_path: Path) -> None:
    wiring = read(tmp_path, f'from = ["DM1"]\n{NODES}[signals]\nHOT = "DM1.110.0"\nLAMP = "DM1.RedStopLamp"\n')
    assert wiring.places(["HOT", "LAMP"], to=False)["HOT"].field.name == "110.0"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('from = ["EEC3"]\n' + NODES, "no message 'EEC3'; did you mean 'EEC1'"),
        ('from = ["TSC1", "TSC1"]\n' + NODES, "message 'TSC1' is there twice; give one of them another name"),
        ('from = [{ message = "EEC1", destination = 3 }]\n' + NODES, r"EEC1 \(PGN 61444\) is sent to all and to no"),
        ("from = [{ mesage = 'EEC1' }]\n" + NODES, "a message is a name, or a table with message, name, source"),
        ('from = ["DM1"]\n' + NODES + '[signals]\nX = "DM1.84.99"\n', "'84.99' is no trouble code"),
        ("[j1939.bench]\naddress = 254\nname = {}", "a node can have the addresses 0 to 253, not 254"),
        ("[j1939.bench]\naddress = 1", r"\[j1939.bench\] has no name; give it one"),
        ("[j1939.bench]\naddress = 1\nname = { idenity = 1 }", "a NAME has no part 'idenity'; did you mean 'identity'"),
        ("[j1939.bench]\naddress = 1\nname = { identity = 9999999 }", "identity of a J1939 NAME has 21 bits"),
        ("[j1939.bench]\naddress = [1, 2]\nname = 5", "a NAME that is not arbitrary has one address"),
        ("[j1939.bnch]\naddress = 1", r"unknown key 'bnch' in \[j1939\]; did you mean 'bench'"),
        ('from = ["TSC1"]\n' + NODES + '[constants]\n"TSC1.Mode" = 2\n', "no signal 'TSC1.Mode' in the messages"),
        ('from = ["TSC1"]\n' + NODES + "[signals]\nX = { scale = 2 }\n", "X is a signal, as"),
    ],
)
def test_what_is_wrong_is_said(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read(tmp_path, text)
