"""DM1 as a message with signals: its lamps, how many codes are active, and each code that a wiring names."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hil.links.can.frame import CodecError
from hil.links.can.j1939 import DM1, NULL, Dm1, Identifier, Trouble, decode_dm1, encode_dm1, pack
from hil.links.can.signals import Field, Message, flat

LAMPS = ("ProtectLamp", "AmberWarningLamp", "RedStopLamp", "MalfunctionLamp")
"""0 off, 1 on, in the order of `Dm1`."""

_SECOND = 1_000_000_000
_LARGEST_SPN, _LARGEST_FMI = (1 << 19) - 1, 31


@dataclass
class TroubleMessage(Message):
    """DM1 (J1939-73, 5.7.1); `Count`, `SPN` and `FMI` of the first code are 0 where none is active.

    Where its signals lie among the bits is of no meaning: `encode` and `raw` are those of DM1.
    """

    def encode(self, values: Mapping[str, float], _: Mapping[str, int] | None = None) -> bytes:
        """Return the bytes for the codes and lamps that are on; a lamp without a value is off."""
        codes = [Trouble(*code_of(name)) for name in self.fields if "." in name and _on(values, name)]
        protect, amber, red, malfunction = (int(_on(values, name)) for name in LAMPS)
        return encode_dm1(Dm1(protect, amber, red, malfunction, tuple(codes)))

    def raw(self, data: bytes) -> list[tuple[Field, int]]:
        """Return the signals with their bits; see `Message.raw`."""
        came = decode_dm1(data)
        spn, fmi = came.troubles[0][:2] if came.troubles else (0, 0)
        bits = dict(zip(LAMPS, came[:4], strict=True)) | {"Count": len(came.troubles), "SPN": spn, "FMI": fmi}
        active = {(one.spn, one.fmi) for one in came.troubles}
        return [(one, bits[name] if name in bits else code_of(name) in active) for name, one in self.fields.items()]


def _on(values: Mapping[str, float], name: str) -> bool:
    value = values.get(name, 0)
    return value == value and value != 0


def code_of(name: str) -> tuple[int, int]:
    """Return the suspect parameter and failure mode that a signal `SPN.FMI` names, as 84.9.

    Raises:
        CodecError: there is no such code.
    """
    spn, _, fmi = name.partition(".")
    if not (spn.isdecimal() and fmi.isdecimal() and int(spn) <= _LARGEST_SPN and int(fmi) <= _LARGEST_FMI):
        raise CodecError(
            f"{name!r} is no trouble code; write SPN.FMI, an SPN up to {_LARGEST_SPN} and an FMI up to {_LARGEST_FMI}"
        )
    return int(spn), int(fmi)


def trouble_message(codes: Iterable[str]) -> TroubleMessage:
    """Return DM1 with these codes among its signals, each written SPN.FMI.

    Raises:
        CodecError: one of them is none.
    """
    fields = [Field(name, 2 * k, 2, words=f"{name}: 0 off, 1 on") for k, name in enumerate(LAMPS)]
    fields += [Field("Count", 8, 16), Field("SPN", 24, 32), Field("FMI", 56, 16)]
    for name in codes:
        code_of(name)
        fields.append(Field(name, 65 + len(fields), 1, words="1 while the code is active"))
    identifier = pack(Identifier(6, DM1, NULL))
    return TroubleMessage("DM1", identifier, 64 + len(fields), flat(fields), extended=True, period=_SECOND, filler=1)
