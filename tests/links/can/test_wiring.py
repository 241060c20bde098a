"""Wiring files: which signal each variable has, and every fault at once."""

from pathlib import Path

import pytest

from hil.errors import InputError
from hil.links.can.wiring import read_wiring
from tests.links.can._dbc import DRIVE


def wiring(folder: Path, text: str) -> Path:
    (folder / "drive.dbc").write_text(DRIVE)
    file = folder / "can.toml"
    file.write_text(text)
    return file


GOOD = 'dbc = "drive.dbc"\nto = ["Feedback"]\nfrom = ["Many"]\n[signals]\nSPEED_PV = "Feedback.Speed"\n'


def test_a_variable_has_the_signal_of_its_name_or_the_one_named(tmp_path: Path) -> None:
    read = read_wiring(wiring(tmp_path, GOOD))
    places = read.places(["SPEED_PV", "CURRENT"], to=True)
    assert [(one.message.name, one.field.name) for one in places.values()] == [
        ("Feedback", "Speed"),
        ("Feedback", "Current"),
    ]


def test_variables_without_a_signal_are_all_named(tmp_path: Path) -> None:
    read = read_wiring(wiring(tmp_path, GOOD))
    with pytest.raises(InputError) as error:
        read.places(["Curent", "A", "Voltage"], to=True)
    assert [one.split(": ", 1)[1] for one in error.value.faults] == [
        "no signal 'Curent' in the messages to the controller; did you mean 'Current'?",
        "no signal 'A' in the messages to the controller",
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("dbc = 3", "dbc is a str, not 3"),
        ("", "name a dbc file, \\[j1939\\], or an eds file with its node"),
        ('dbc = "gone.dbc"', "cannot read the DBC file"),
        ('dbc = "drive.dbc"\nto = ["Feed"]', "drive.dbc has no message 'Feed'; did you mean 'Feedback'"),
        ('dbc = "drive.dbc"\nto = ["Many"]\nfrom = ["Many"]', "message 'Many' goes both ways"),
        ('dbc = "drive.dbc"\nsteps = 5', "unknown key 'steps'; did you mean 'step'"),
        ('dbc = "drive.dbc"\nstep = 0x7FF', "step is an identifier from 1 to 0x7fe, not 2047"),
        ("dbc = ", "not a TOML file"),
    ],
)
def test_what_is_wrong_with_a_wiring_is_said(text: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=says):
        read_wiring(wiring(tmp_path, text))
