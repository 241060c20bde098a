"""A firmware image on an emulated board in lockstep: it runs up to a time of the bench, and no further.

The processor executes one instruction in each cycle of the board's clock; while it sleeps (WFI, WFE), or looks at an
empty receiver again and again, time jumps to the next interrupt. Why so: docs/decisions/0010-firmware-time.md.
"""

from typing import Any, Literal

from hil.links import ControllerFault
from hil.targets._cortex_m import MOST_STACKED, Registers, SystemControl
from hil.targets._uarts import MODELS
from hil.targets._unicorn import count_instructions
from hil.targets.firmware_boards import Board
from hil.targets.firmware_image import Image

_NOWHERE = 0xFFFF_FFFE
_SVCALL, _IRQ = 11, 16
_CALL, _BREAKPOINT, _RETURN = 2, 7, 8  # Unicorn's numbers of what a processor cannot execute
_NOT_EXECUTED = {
    1: "an undefined instruction", 3: "an instruction that cannot be fetched", 4: "data that cannot be accessed",
    17: "an instruction of a coprocessor that the processor does not have",
    18: "an instruction that is no Thumb code, as behind a branch to an even address", 23: "an unaligned access",
}  # fmt: skip
_HINTS = (b"\x20\xbf", b"\x10\xbf")  # WFE and YIELD (A7.7.262, A7.7.264)
_WIDE_HINTS = (b"\xaf\xf3\x02\x80", b"\xaf\xf3\x01\x80")
_STORM, _STORM_CYCLES = 10_000, 100


class Emulation:
    """An image from its reset on; `feed` and `drain` are the far end of its UART.

    Raises:
        ControllerFault: from `run_to`, of an image that cannot go on; it names the address and its symbol.
    """

    def __init__(self, image: Image, board: Board) -> None:
        self.image, self.board = image, board
        self._core = _new_core(image, board)
        self._count = count_instructions(self._core)
        self._registers = Registers(self._core)
        self._uart = MODELS[board.uart.kind]()
        self._control = SystemControl(board.cpu, lambda: self.cycle, self._reset_asked)
        self._slept = 0
        self._raised: int | None = None
        self._missed: tuple[int, int, int] | None = None
        self._broken: str | None = None
        self._polls_timer = False
        self._event, self._hinted = False, (0, 0)
        self._taken, self._since = 0, 0
        self._rest: Literal["sleeps", "polls"] | None = None
        self.idle = False
        self._connect()
        self._registers.set("MSP", image.stack)
        self._registers.set("PC", image.reset)

    @property
    def cycle(self) -> int:
        """Cycles since reset: instructions executed, and what was slept through."""
        return self._count.count + self._slept

    @property
    def place(self) -> str:
        """Where the processor is, with its symbol."""
        return self.image.place(self._registers.get("PC"))

    def feed(self, data: bytes) -> None:
        """Let bytes arrive at the UART."""
        self._uart.feed(data)

    def drain(self) -> bytes:
        """Take the bytes that the UART has sent."""
        return self._uart.drain()

    def peek(self, variable: str, size: int) -> bytes:
        """Read the memory of a variable.

        Raises:
            InputError: the image has no such symbol.
        """
        return bytes(self._core.mem_read(self.image.address_of(variable), size))

    def run_to(self, ns: int) -> None:
        """Run until so much time has passed since reset; `idle` tells whether it came to rest on the way."""
        until, self.idle = ns * self.board.clock // 1_000_000_000, False
        while self.cycle < until:
            # An interrupt that is held off has to be taken where the image lets it in.
            self._count.watches = not self._take_interrupt() and bool(self._control.exceptions.waiting)
            due = self._control.timer.due()
            event = until if due is None else min(until, max(due, self.cycle))
            if self._rest is not None and not self._wakes():
                self._sleep(event)
            else:
                self._rest = self._execute(event - self.cycle)
            self._control.timer_passed()
            if self._rest == "polls" and self.cycle == due:
                self._rest = None

    # ---- the processor

    def _execute(self, count: int) -> Literal["sleeps", "polls"] | None:
        """Execute so many instructions at most; return whether, and how, the processor came to rest."""
        from unicorn import UcError

        self._count.limit, self._count.stopped = self._count.count + count, 0
        self._raised = self._missed = None
        try:
            self._core.emu_start(self._registers.get("PC") | 1, _NOWHERE)
        except UcError as error:
            if not self._is_hint():
                raise self._fault(self._words(error)) from None
            return self._hint()
        if self._broken is not None:
            raise self._fault(self._broken)
        if self._raised is not None:
            self._handle(self._raised)
            return None
        if not self._count.stopped:
            return "sleeps"
        return "polls" if self._uart.polled or self._polls_timer else None

    def _is_hint(self) -> bool:
        """Whether what Unicorn stumbled over is no fault but WFE or YIELD, just behind which it stands."""
        pc, count = self._registers.get("PC"), self._count.count
        before = bytes(self._core.mem_read(pc - 4, 4)) if self.board.memory_at(pc - 4) else bytes(4)
        (last, since), self._hinted = self._hinted, (pc, count)
        # What raises at once where the last one was gone on from is an instruction that there is none of.
        return (pc != last or count - since > 1) and (before in _WIDE_HINTS or before[2:] in _HINTS)

    def _hint(self) -> Literal["polls"] | None:
        """Wait as WFE does: not, when there has been an exception since the last time; YIELD is the same here."""
        event, self._event = self._event, False
        return None if event else "polls"

    def _take_interrupt(self) -> bool:
        """Go to the handler of the most urgent exception that may be taken."""
        exceptions, uart = self._control.exceptions, self.board.uart
        receive, transmit = self._uart.lines
        exceptions.levels = (receive << (_IRQ + uart.receive)) | (transmit << (_IRQ + uart.transmit))
        if not exceptions.waiting or (number := exceptions.next(self._registers.floor)) is None:
            return False
        self._enter(number)
        self._rest = None
        return True

    def _enter(self, number: int) -> None:
        exceptions, vector = self._control.exceptions, self._control.vectors + 4 * number
        self._event = True
        self._count_taken(number)
        if self.board.memory_at(vector) is None:
            raise self._fault(f"exception {number} has its vector at {vector:#010x}, in no memory")
        handler = int.from_bytes(self._core.mem_read(vector, 4), "little")
        if not handler & 1:
            raise self._fault(f"the vector of exception {number} is {handler:#010x}, no Thumb code")
        bottom = self._registers.get("SP") - MOST_STACKED
        memory = self.board.memory_at(bottom)
        if memory is None or not memory.writable:
            raise self._fault(f"exception {number} finds the stack at {bottom:#010x}, which is no RAM")
        nested = bool(exceptions.active)
        exceptions.take(number)
        self._registers.enter(number, handler, nested=nested)

    def _count_taken(self, number: int) -> None:
        """Count exceptions; an image that comes to nothing else is as good as hung, and would take for ever here."""
        self._taken += 1
        if self._taken % _STORM == 0:
            if self.cycle - self._since < _STORM * _STORM_CYCLES:
                raise self._fault(
                    f"comes to nothing but exceptions, {_STORM} of them in a row; the last one is {number}"
                )
            self._since = self.cycle

    def _handle(self, raised: int) -> None:
        """Do what the processor would have done itself: call and return; all else ends the image."""
        from unicorn import UcError

        active = self._control.exceptions.active
        pc = self._registers.get("PC")
        if raised == _CALL:
            self._enter(_SVCALL)
        elif raised == _RETURN and active:
            active.pop()
            try:
                self._registers.leave(pc | 1, active[-1] if active else 0)
            except UcError:
                raise self._fault("returns from an exception with a stack that is in no memory") from None
        elif raised == _BREAKPOINT:
            semihosting = self._core.mem_read(pc, 2) == b"\xab\xbe"
            raise self._fault("a semihosting call, and there is no debugger" if semihosting else "a breakpoint")
        else:
            raise self._fault(_NOT_EXECUTED.get(raised, f"exception {raised} of the emulator"))

    def _wakes(self) -> bool:
        """Whether what has come ends a rest: an interrupt, taken or held off, or the byte that was looked for."""
        return bool(self._control.exceptions.waiting or (self._rest == "polls" and self._uart.received))

    def _sleep(self, event: int) -> None:
        """Let time jump to the next event."""
        timer, self.idle, self._uart.polls = self._control.timer, True, 0
        if self._rest == "sleeps" and not (timer.control & 2 and timer.due() is not None) and not self._listens():
            raise self._fault("sleeps for ever: no interrupt is enabled that could wake it")
        self._slept += event - self.cycle

    def _listens(self) -> bool:
        return self._uart.listens and bool(self._control.exceptions.enabled >> (_IRQ + self.board.uart.receive) & 1)

    # ---- what lies around it

    def _connect(self) -> None:
        from unicorn import UC_HOOK_INTR, UC_HOOK_MEM_INVALID

        core, uart, control = self._core, self._uart, self._control

        def look(_: Any, offset: int, __: int, ___: Any) -> int:
            value, self._polls_timer = uart.read(offset), False
            if uart.polled:
                self._pause()
            return value

        def put(_: Any, offset: int, __: int, value: int, ___: Any) -> None:
            uart.write(offset, value)
            if any(uart.lines):
                self._pause()

        def read(_: Any, offset: int, size: int, __: Any) -> int:
            uart.polls = 0
            self._polls_timer = control.timer.polled(offset)
            if self._polls_timer:
                self._pause()
            return control.read(offset & ~3) >> 8 * (offset & 3) & (1 << 8 * size) - 1

        def write(_: Any, offset: int, size: int, value: int, __: Any) -> None:
            uart.polls = 0
            control.write(offset, size, value)
            self._pause()

        core.mmio_map(self.board.uart.address, 0x1000, look, None, put, None)
        core.mmio_map(0xE000_E000, 0x1000, read, None, write, None)
        core.hook_add(UC_HOOK_INTR, self._interrupted)
        core.hook_add(UC_HOOK_MEM_INVALID, self._missing)

    def _pause(self) -> None:
        """Stop before the next instruction, to look what has become due."""
        self._count.limit = self._count.count

    def _interrupted(self, core: Any, number: int, _: Any) -> None:
        self._raised = number
        core.emu_stop()

    def _missing(self, _: Any, access: int, address: int, size: int, __: int, ___: Any) -> bool:
        self._missed = (access, address, size)
        return False

    def _reset_asked(self) -> None:
        self._broken = "asks for a system reset"

    def _words(self, error: Any) -> str:
        from unicorn import (
            UC_ERR_INSN_INVALID,
            UC_MEM_FETCH_PROT,
            UC_MEM_FETCH_UNMAPPED,
            UC_MEM_WRITE_PROT,
            UC_MEM_WRITE_UNMAPPED,
        )

        if error.errno == UC_ERR_INSN_INVALID:
            return _NOT_EXECUTED[1 if self._registers.get("XPSR") >> 24 & 1 else 18]
        if self._missed is None:
            return f"the emulator says: {error}"
        access, address, size = self._missed
        if access in (UC_MEM_FETCH_UNMAPPED, UC_MEM_FETCH_PROT):
            return f"fetches an instruction at {address:#010x}, where there is none"
        verb = "writes" if access in (UC_MEM_WRITE_UNMAPPED, UC_MEM_WRITE_PROT) else "reads"
        memory = self.board.memory_at(address)
        what = f"{memory.name} of" if memory else "nothing of"
        return f"{verb} {size} bytes at {address:#010x}, {what} the board {self.board.name}"

    def _fault(self, words: str) -> ControllerFault:
        return ControllerFault(f"{self.image.path.name}: {words}, at {self.place}, {self._when()}")

    def _when(self) -> str:
        return f"{self.cycle / self.board.clock:.6f} s after reset"


def _new_core(image: Image, board: Board) -> Any:
    """Return a processor with the board's memories, the image loaded; what was never written is zero."""
    from unicorn import UC_ARCH_ARM, UC_MODE_MCLASS, UC_MODE_THUMB, UC_PROT_ALL, UC_PROT_EXEC, UC_PROT_READ, Uc
    from unicorn.arm_const import UC_CPU_ARM_CORTEX_M3, UC_CPU_ARM_CORTEX_M4

    core = Uc(UC_ARCH_ARM, UC_MODE_THUMB | UC_MODE_MCLASS)
    core.ctl_set_cpu_model({"cortex-m3": UC_CPU_ARM_CORTEX_M3, "cortex-m4": UC_CPU_ARM_CORTEX_M4}[board.cpu])
    for one in (*board.memories, *board.quiet):
        core.mem_map(one.start, one.size, UC_PROT_ALL if one.writable else UC_PROT_READ | UC_PROT_EXEC)
    for start, end in ((0xE000_0000, 0xE000_E000), (0xE000_F000, 0xE010_0000)):  # reads as zero, ignores writes
        core.mmio_map(start, end - start, lambda *_: 0, None, lambda *_: None, None)
    for address, word in board.preset:
        core.mem_write(address, word.to_bytes(4, "little"))
    for segment in image.segments:
        core.mem_write(segment.address, segment.data)
    return core
