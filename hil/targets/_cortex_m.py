"""What stands around a Cortex-M3 or M4 core in the emulator: SysTick, interrupt controller, exceptions.

Unicorn executes instructions and has none of these. References are to the Armv7-M Architecture Reference Manual
(DDI 0403E). The clock counts one cycle for each instruction, and what is slept through.
"""

import struct
from collections.abc import Callable
from typing import Any

from hil.targets._uarts import EMPTY_POLLS
from hil.targets._unicorn import Batch

_SVC, _PENDSV, _SYSTICK, _IRQ = 11, 14, 15, 16
_THUMB, _REALIGNED = 1 << 24, 1 << 9
_RESET_KEY = 0x05FA
MOST_STACKED = 0x70
"""Bytes that an exception puts on the stack at most, floating-point registers and alignment included."""

_CPUID = {"cortex-m3": 0x412FC230, "cortex-m4": 0x410FC241}


class Exceptions:
    """The exceptions' enable, pending and active bits, and their priorities (B1.5): a smaller one is more urgent."""

    def __init__(self) -> None:
        self.enabled = (1 << _SVC) | (1 << _PENDSV) | (1 << _SYSTICK)
        self.latched = 0
        self.levels = 0
        self.active: list[int] = []
        self._priorities = bytearray(_IRQ + 256)

    @property
    def waiting(self) -> int:
        """The bits of the enabled exceptions that ask to be taken, and of which none is active already."""
        asked = (self.latched | self.levels) & self.enabled
        for one in self.active:
            asked &= ~(1 << one)
        return asked

    def next(self, floor: int) -> int | None:
        """Return the most urgent exception, if it is more urgent than what is active and than `floor`."""
        asked = self.waiting
        if not asked:
            return None
        numbers = [k for k in range(asked.bit_length()) if asked >> k & 1]
        first = min(numbers, key=lambda k: (self._priorities[k], k))
        limit = min([floor, *(self._priorities[k] for k in self.active)])
        return first if self._priorities[first] < limit else None

    def take(self, number: int) -> None:
        """Note that an exception has become active."""
        self.latched &= ~(1 << number)
        self.active.append(number)

    def register(self, offset: int) -> int | None:
        """Read one of the registers of NVIC and SHPR; None of another."""
        for base, bits in ((0x100, self.enabled), (0x180, self.enabled), (0x200, self._asked), (0x280, self._asked)):
            if base <= offset < base + 0x20:
                return bits >> (_IRQ + 8 * (offset - base)) & 0xFFFFFFFF
        if (at := _priority_at(offset)) is not None:
            return int.from_bytes(self._priorities[at : at + 4], "little")
        return None

    @property
    def _asked(self) -> int:
        return self.latched | self.levels

    def set_register(self, offset: int, size: int, value: int) -> bool:
        """Write one of the registers of NVIC and SHPR; False of another."""
        bits = value << (_IRQ + 8 * (offset & 0x1F))
        if 0x100 <= offset < 0x120:
            self.enabled |= bits
        elif 0x180 <= offset < 0x1A0:
            self.enabled &= ~bits
        elif 0x200 <= offset < 0x220:
            self.latched |= bits
        elif 0x280 <= offset < 0x2A0:
            self.latched &= ~bits
        elif (at := _priority_at(offset)) is not None:
            self._priorities[at : at + size] = value.to_bytes(size, "little")
        else:
            return False
        return True


def _priority_at(offset: int) -> int | None:
    """Return whose priority stands at NVIC_IPRn (B3.4.9) or SHPRn (B3.2.10)."""
    if 0x400 <= offset < 0x4F0:
        return _IRQ + offset - 0x400
    return 4 + offset - 0xD18 if 0xD18 <= offset < 0xD24 else None


class SysTick:
    """The system timer (B3.3): counts down from its reload value, in cycles of the processor."""

    def __init__(self) -> None:
        self.control = 0
        self.reload = 0
        self._from = 0  # the cycle at which the counter had the reload value
        self._passed = False
        self._polls = 0

    def polled(self, offset: int) -> bool:
        """Note a look at a register; return whether software does nothing but wait for the count to pass zero."""
        self._polls = self._polls + 1 if offset == 0x10 and not self._passed else 0
        return self._polls >= EMPTY_POLLS

    def due(self) -> int | None:
        """Return the cycle of the next count from 1 to 0, None while it stands still."""
        return self._from + self.reload if self.control & 1 and self.reload else None

    def fire(self, now: int) -> bool:
        """Count up to `now`; return whether an interrupt is asked for."""
        due = self.due()
        if due is None or now < due:
            return False
        self._polls = 0
        self._from += (now - self._from + 1) // (self.reload + 1) * (self.reload + 1)
        self._passed = True
        return bool(self.control & 2)

    def read(self, offset: int, now: int) -> int:
        """Read a register at a cycle."""
        if offset == 0x10:
            passed, self._passed = self._passed, False
            return self.control | passed << 16
        if offset == 0x14:
            return self.reload
        if offset == 0x18:
            running = self.control & 1 and self.reload
            return (self.reload - (now - self._from)) % (self.reload + 1) if running else 0
        return 0

    def write(self, offset: int, value: int, now: int) -> None:
        """Write a register at a cycle; the counter goes on from zero, so that the next cycle reloads it."""
        if offset == 0x10:
            if value & 1 and not self.control & 1:
                self._from = now + 1
            self.control = value & 7
        elif offset == 0x14:
            self.reload = value & 0xFFFFFF
        elif offset == 0x18:
            self._from, self._passed = now + 1, False


class SystemControl:
    """The registers from 0xE000E000 on: SysTick, NVIC and system control block (B3.2)."""

    def __init__(self, cpu: str, clock: Callable[[], int], reset: Callable[[], None]) -> None:
        self.exceptions, self.timer = Exceptions(), SysTick()
        self.vectors = 0
        self._cpuid, self._clock, self._reset = _CPUID[cpu], clock, reset
        self._kept: dict[int, int] = {}

    def read(self, offset: int) -> int:
        """Read a word."""
        if 0x10 <= offset < 0x20:
            return self.timer.read(offset, self._clock())
        if (word := self.exceptions.register(offset)) is not None:
            return word
        if offset == 0xD00:
            return self._cpuid
        if offset == 0xD04:
            active = self.exceptions.active
            latched = self.exceptions.latched
            return (active[-1] if active else 0) | (latched >> _PENDSV & 1) << 28 | (latched >> _SYSTICK & 1) << 26
        return self.vectors if offset == 0xD08 else self._kept.get(offset, 0)

    def write(self, offset: int, size: int, value: int) -> None:
        """Write a word, or bytes of the interrupts' priorities."""
        exceptions = self.exceptions
        if 0x10 <= offset < 0x20:
            self.timer.write(offset, value, self._clock())
        elif exceptions.set_register(offset, size, value):
            pass
        elif offset == 0xD04:
            for number, on, off in ((_PENDSV, 28, 27), (_SYSTICK, 26, 25)):
                exceptions.latched |= (value >> on & 1) << number
                exceptions.latched &= ~((value >> off & 1) << number)
        elif offset == 0xD08:
            self.vectors = value & 0xFFFFFF80
        elif offset == 0xD0C:
            if value >> 16 == _RESET_KEY and value & 4:
                self._reset()
        elif offset == 0xF00:
            exceptions.latched |= 1 << (_IRQ + (value & 0xFF))
        else:
            self._kept[offset] = value
        self.timer_passed()

    def timer_passed(self) -> None:
        """Latch SysTick's interrupt when its count has passed zero."""
        if self.timer.fire(self._clock()):
            self.exceptions.latched |= 1 << _SYSTICK


class Registers:
    """The core's registers by name, and the two ways between thread and handler (B1.5.6, B1.5.8)."""

    def __init__(self, core: Any) -> None:
        self._core = core
        self._one = {one: Batch(core, [one]) for one in ("PC", "SP", "MSP", "XPSR", "CONTROL")}
        self._masks = Batch(core, ["PRIMASK", "FAULTMASK", "BASEPRI"])
        self._stacked = Batch(core, ["R0", "R1", "R2", "R3", "R12", "LR", "PC", "XPSR"])
        self._floats = Batch(core, [*(f"D{k}" for k in range(8)), "FPSCR"])
        self._handler = Batch(core, ["XPSR", "LR", "PC"])

    def get(self, name: str) -> int:
        """Read a register."""
        return self._one[name].read()[0]

    def set(self, name: str, value: int) -> None:
        """Write a register."""
        self._one[name].write([value])

    @property
    def floor(self) -> int:
        """The priority that an exception has to be below: PRIMASK, FAULTMASK and BASEPRI (B1.4.3)."""
        primask, faultmask, basepri = self._masks.read()
        return 0 if primask & 1 or faultmask & 1 else basepri & 0xFF or 256

    def enter(self, number: int, handler: int, *, nested: bool) -> None:
        """Stack what an exception may change and go to its handler."""
        control, sp = self.get("CONTROL"), self.get("SP")
        floats, process = control & 4, control & 2 and not nested
        top = (sp - (0x68 if floats else 0x20)) & ~7
        *words, xpsr = self._stacked.read()
        data = struct.pack("<8I", *words, xpsr & ~_REALIGNED | (_REALIGNED if sp & 4 else 0))
        if floats:
            data += struct.pack("<8Q2I", *self._floats.read(), 0)
        self._core.mem_write(top, data)
        self.set("SP", top)
        if control & 6:
            self.set("CONTROL", control & ~6)
        code = (0xFFFFFFE1 if floats else 0xFFFFFFF1) | (0 if nested else 0xC if process else 8)
        self._handler.write([_THUMB | number, code, handler | 1])

    def leave(self, code: int, below: int) -> None:
        """Return from an exception by its EXC_RETURN to the one below, 0 for the thread."""
        floats = not code & 0x10
        self.set("XPSR", _THUMB | below)
        if below == 0:
            self.set("CONTROL", self.get("CONTROL") & ~6 | (2 if code & 4 else 0) | (4 if floats else 0))
        sp = self.get("SP")
        *words, pc, xpsr = struct.unpack("<8I", self._core.mem_read(sp, 0x20))
        if floats:
            *values, _ = struct.unpack("<8Q2I", self._core.mem_read(sp + 0x20, 0x48))
            self._floats.write(values)
        self.set("SP", sp + (0x68 if floats else 0x20) + (4 if xpsr & _REALIGNED else 0))
        self._stacked.write([*words, pc | 1, xpsr & ~(_REALIGNED | 0x1FF) | below])
