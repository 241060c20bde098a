"""What a virtual PLC says of itself where a real one says what stands on its nameplate."""

from dataclasses import dataclass

from hil.errors import InputError
from hil.links.codecs.device_identification import SERIAL_NUMBER

_LONGEST = 60  # characters, so that all objects fit into one answer of Modbus


@dataclass(frozen=True)
class Nameplate:
    """The properties of a device by the words of OPC 10000-100 clause 5.5.2; its software is the program."""

    software_revision: str
    serial_number: str = ""
    manufacturer: str = "hilbench"
    model: str = "virtual PLC"

    def __post_init__(self) -> None:
        if len(self.serial_number) > _LONGEST or not self.serial_number.isascii():
            raise InputError(f"the serial number {self.serial_number!r} is no text of {_LONGEST} ASCII characters")

    @property
    def objects(self) -> dict[int, str]:
        """The objects of Modbus' Read Device Identification."""
        texts = {
            0: self.manufacturer,
            1: "plc",
            2: self.software_revision,
            5: self.model,
            SERIAL_NUMBER: self.serial_number,
        }
        return {number: text for number, text in texts.items() if text}
