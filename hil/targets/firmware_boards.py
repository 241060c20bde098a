"""The boards that firmware runs on: processor, clock, memories, UART; each is a machine of QEMU's under the same name.

Sources: the Stellaris LM3S6965 data sheet (memory map, table 2-4; interrupts, table 2-9) and Arm's application notes
AN385 and AN386 for the MPS2 board (sections 3.3 and 3.4). Clocks are those that QEMU gives its machines.
"""

from dataclasses import dataclass
from typing import Literal

from hil.errors import InputError, near


@dataclass(frozen=True)
class Memory:
    """A range of addresses that holds bytes; read-only memory is flash."""

    name: str
    start: int
    size: int
    writable: bool = True

    def __contains__(self, address: object) -> bool:
        return isinstance(address, int) and self.start <= address < self.start + self.size


@dataclass(frozen=True)
class Uart:
    """Where a UART is and which interrupts it has."""

    kind: Literal["pl011", "cmsdk"]
    address: int
    receive: int
    transmit: int


@dataclass(frozen=True)
class Board:
    """A board; `quiet` are peripherals that keep what is written to them and do nothing, `preset` words in them."""

    name: str
    cpu: Literal["cortex-m3", "cortex-m4"]
    clock: int
    memories: tuple[Memory, ...]
    uart: Uart
    quiet: tuple[Memory, ...] = ()
    preset: tuple[tuple[int, int], ...] = ()

    def memory_at(self, address: int) -> Memory | None:
        """Return the memory that an address lies in."""
        return next((one for one in self.memories if address in one), None)


def _memories(flash: int, ram: int) -> tuple[Memory, ...]:
    return Memory("flash", 0, flash, writable=False), Memory("RAM", 0x2000_0000, ram)


def _mps2(name: str, cpu: Literal["cortex-m3", "cortex-m4"]) -> Board:
    memories = *_memories(0x40_0000, 0x40_0000), Memory("PSRAM", 0x2100_0000, 0x100_0000)
    quiet = Memory("peripherals", 0x4000_0000, 0x4000), Memory("peripherals", 0x4000_5000, 0x2_B000)
    return Board(name, cpu, 25_000_000, memories, Uart("cmsdk", 0x4000_4000, 0, 1), quiet)


_LM3S6965 = tuple(
    Memory(name, 0x4000_0000 + start, size)
    for name, start, size in (
        ("watchdog", 0x0_0000, 0x1000), ("ports A to D, SSI", 0x0_4000, 0x5000), ("UART1 and UART2", 0x0_D000, 0x2000),
        ("I2C", 0x2_0000, 0x2000), ("ports E to G", 0x2_4000, 0x3000), ("PWM", 0x2_8000, 0x1000),
        ("QEI", 0x2_C000, 0x2000), ("timers", 0x3_0000, 0x4000), ("ADC", 0x3_8000, 0x1000),
        ("comparators", 0x3_C000, 0x1000),
        ("Ethernet", 0x4_8000, 0x1000), ("hibernation, flash and system control", 0xF_C000, 0x3000),
    )
)  # fmt: skip


BOARDS = {
    one.name: one
    for one in (
        Board(
            "lm3s6965evb", "cortex-m3", 12_500_000, _memories(0x4_0000, 0x1_0000), Uart("pl011", 0x4000_C000, 5, 5),
            _LM3S6965,
            ((0x400F_E050, 0x40), (0x400F_E060, 0x078E_3AC0)),  # the PLL has locked; RCC after reset
        ),
        _mps2("mps2-an385", "cortex-m3"),
        _mps2("mps2-an386", "cortex-m4"),
    )
}  # fmt: skip


def find_board(name: str) -> Board:
    """Return the board of a name.

    Raises:
        InputError: there is none.
    """
    if name not in BOARDS:
        raise InputError(f"no board {name!r}{near(name, BOARDS)}; there are {', '.join(BOARDS)}")
    return BOARDS[name]
