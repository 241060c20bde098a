"""The choices of the profiles as the evaluator of the tests needs them, written from `hil plc profile`."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rules:
    """What the evaluator does differently; the defaults are `iec`."""

    wide: bool = False  # integers shorter than DINT are worked out in DINT
    double_literals: bool = False  # a literal beside a REAL stays an LREAL
    modulo_zero: bool = False  # x MOD 0 is 0
    low_bits: bool = False  # a real beyond the range gives the low bits of the nearest LINT
    numbers: bool = False  # DWORD_TO_REAL is a number, not a pattern
    short_circuit: bool = False
    last_pass: bool = False  # FOR leaves its variable at the last pass
    endless: bool = False  # FOR to the highest value never ends
    mixed: bool = False  # whole types of different kinds and bit strings mix


RULES = {
    "iec": Rules(),
    "codesys": Rules(wide=True, numbers=True, endless=True, mixed=True),
    "siemens": Rules(),
    "matiec": Rules(True, True, True, True, True, True, True),
}
