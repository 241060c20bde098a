"""Firmware in lockstep: time, interrupts, and every way in which an image can end."""

from pathlib import Path

import pytest

from hil.links import ControllerFault
from hil.links.codecs.frames import Field, Format
from hil.targets.emulation import Emulation
from hil.targets.firmware_boards import BOARDS
from hil.targets.firmware_image import read_image
from tests.targets._images import MS, switched_on

pytestmark = pytest.mark.usefixtures("images")
BOTH = ["lm3s6965evb", "mps2-an386"]

CLOCK = """
#include "timer.h"
#include "uart.h"
int main(void)
{
    uart_start();
    timer_start(10000);
    for (;;) {
        uint8_t byte;
        while (!uart_take(&byte))
            uart_wait();
        uint32_t answer[2] = {(uint32_t)timer_us(), timer_ticks()};
        uart_send((const uint8_t *)answer, sizeof answer);
    }
}
"""


@pytest.mark.parametrize("board", BOTH)
def test_the_images_time_is_the_benchs(board: str, tmp_path: Path) -> None:
    """A timer of 10 ms, started 10 µs after reset, shows the time of each question to the microsecond."""
    machine = switched_on(tmp_path, CLOCK, board)
    for ms in (5, 35, 40, 995, 60_000):
        machine.run_to(ms * MS)
        machine.feed(b"?")
        machine.run_to((ms + 1) * MS)
        answer = machine.drain()
        us, ticks = (int.from_bytes(answer[k : k + 4], "little") for k in (0, 4))
        assert ms * 1000 - 400 < us <= ms * 1000 + 20
        assert ticks == us // 10_000


@pytest.mark.parametrize("board", BOTH)
def test_the_steps_in_which_it_is_run_change_nothing(board: str, images: Path) -> None:
    """One cycle at a time or 2 ms at once: conditional instructions, interrupts and sleep go on where they were."""
    image = read_image(images / board / "echo.elf", BOARDS[board])
    frame = Format([Field("x", "f8")], sequence=True).encode([1.5], 7)
    ends = []
    for step in (2 * MS, 80):
        machine = Emulation(image, BOARDS[board])
        machine.run_to(MS)
        machine.feed(frame)
        for ns in range(MS + step, 3 * MS + 1, step):
            machine.run_to(ns)
        ends.append((machine.drain(), machine.cycle, machine.place))
    assert ends[0] == ends[1]
    assert ends[0][0] == frame


POLLS = """
#include "board.h"
#define DR *(volatile uint32_t *)0x4000C000u
#define FR *(volatile uint32_t *)0x4000C018u
#include <stdint.h>
int main(void)
{
    for (;;) {
        while (FR & 1 << 4)
            ;
        DR = DR + 1;
    }
}
"""


def test_an_image_that_polls_its_receiver_waits_without_costing_time(tmp_path: Path) -> None:
    machine = switched_on(tmp_path, POLLS.replace('#include "board.h"\n', ""))
    for k in range(1, 100):
        machine.run_to(1000 * MS * k)
        machine.feed(b"abc")
        machine.run_to(1000 * MS * k + MS)
        assert (machine.drain(), machine.idle) == (b"bcd", True)


FAULTS = {
    "*(volatile int *)0x60000000;": "reads 4 bytes at 0x60000000, nothing of the board lm3s6965evb",
    "*(volatile short *)0x20010000 = 1;": "writes 2 bytes at 0x20010000, nothing of the board lm3s6965evb",
    "*(volatile char *)0x100 = 1;": "writes 1 bytes at 0x00000100, flash of the board lm3s6965evb",
    "((void (*)(void))0x80000001)();": "fetches an instruction at 0x80000000, where there is none",
    "((void (*)(void))0x20000000)();": "an instruction that is no Thumb code, as behind a branch to an even address",
    '__asm volatile("udf #0");': "an undefined instruction",
    '__asm volatile("bkpt #0xab");': "a semihosting call, and there is no debugger",
    '__asm volatile("bkpt #0");': "a breakpoint",
    "*(volatile int *)0xE000ED0C = 0x05FA0004;": "asks for a system reset",
    '__asm volatile("svc #0");': "the vector of exception 11 is 0x00000000, no Thumb code",
    'for (;;) __asm volatile("wfi");': "sleeps for ever: no interrupt is enabled that could wake it",
}


@pytest.mark.parametrize("statement", FAULTS)
def test_what_cannot_go_on_is_a_fault_of_the_controller_with_its_place(statement: str, tmp_path: Path) -> None:
    source = f"__attribute__((noinline)) void act(void) {{ {statement} }}\nint main(void) {{ act(); return 0; }}"
    with pytest.raises(ControllerFault) as error:
        switched_on(tmp_path, source).run_to(MS)
    words = str(error.value)
    assert words.startswith(f"image.elf: {FAULTS[statement]}, at pc 0x")
    assert "(act+0x" in words or "0x80000000" in words or "0x20000000" in words
    assert words.endswith(" s after reset")


TASKS = """
#include <stdint.h>
#define ICSR *(volatile uint32_t *)0xE000ED04
static uint32_t stacks[2][64], *tops[2];
static volatile uint32_t turn, count[2];

/* Saves what the exception has not, swaps the process stack, and goes on with the other task. */
__attribute__((naked)) void pend(void)
{
    __asm volatile("mrs r0, psp\\n stmdb r0!, {r4-r11}\\n push {r3, lr}\\n bl swap\\n pop {r3, lr}\\n"
                   "ldmia r0!, {r4-r11}\\n msr psp, r0\\n bx lr");
}
uint32_t *swap(uint32_t *top) { tops[turn] = top; turn ^= 1; return tops[turn]; }
static void task(uint32_t me)
{
    for (;;) {
        count[me] += me + 1;
        ICSR = 1u << 28;
        if (count[0] == 100 && me == 0) __asm volatile("udf #42");
    }
}
__attribute__((naked)) void call(void)
{
    __asm volatile("ldr r0, =first\\n ldr r0, [r0]\\n adds r0, #32\\n msr psp, r0\\n mvn lr, #2\\n bx lr");
}
uint32_t *first;
extern uint32_t vectors[];
int main(void)
{
    static uint32_t table[48] __attribute__((aligned(256)));
    for (int k = 0; k < 48; k++) table[k] = ((uint32_t *)0)[k];
    table[11] = (uint32_t)call; table[14] = (uint32_t)pend;
    *(volatile uint32_t *)0xE000ED08 = (uint32_t)table;
    *(volatile uint32_t *)0xE000ED20 = 0xFFu << 16; /* PendSV last */
    for (int k = 0; k < 2; k++) {
        uint32_t *frame = &stacks[k][64 - 8];
        frame[0] = k; frame[6] = (uint32_t)task; frame[7] = 1u << 24;
        tops[k] = frame - 8;
    }
    first = tops[0];
    __asm volatile("svc #0");
    return 0;
}
"""


@pytest.mark.parametrize("board", BOTH)
def test_two_tasks_take_turns_on_stacks_of_their_own(board: str, tmp_path: Path) -> None:
    """A supervisor call starts the first, PendSV swaps them; each has counted for itself when 100 turns are over."""
    machine = switched_on(tmp_path, TASKS, board)
    with pytest.raises(ControllerFault, match=r"an undefined instruction, at pc 0x\w+ \(task\+0x\w+\)"):
        machine.run_to(100 * MS)
    assert machine.peek("count", 8) == (100).to_bytes(4, "little") + (200).to_bytes(4, "little")


FLOATS = """
#include <stdint.h>
#include "timer.h"
#include "uart.h"
static volatile float noise = 1.0f;
void uart_interrupt_with_floats(void) { noise = noise * 1.5f + 0.25f; uart_interrupt(); }
int main(void)
{
    static uint32_t table[48] __attribute__((aligned(256)));
    for (int k = 0; k < 48; k++) table[k] = ((uint32_t *)0)[k];
    table[16 + UART_IRQ] = (uint32_t)uart_interrupt_with_floats;
    *(volatile uint32_t *)0xE000ED08 = (uint32_t)table;
    uart_start();
    float sum = 0.0f;
    uint8_t byte;
    for (int k = 1; k < 4000; k++) sum += 1.0f / (float)k;
    while (!uart_take(&byte)) uart_wait();
    uart_send((const uint8_t *)&sum, 4);
    for (;;) uart_wait();
}
"""


def test_an_interrupt_leaves_the_floating_point_registers_as_they_were(tmp_path: Path) -> None:
    """Bytes that come while it sums, whose handler works with floats, do not change the sum."""
    sums = []
    for disturbed in (False, True):
        machine = switched_on(tmp_path, FLOATS, "mps2-an386")
        for us in range(20, 2000, 7):
            machine.run_to(us * 1000)
            if disturbed or us > 1980:
                machine.feed(b"!")
        machine.run_to(10 * MS)
        sums.append(machine.drain())
    assert sums[0] == sums[1] != b""


MASKED = """
#include <stdint.h>
#include "uart.h"
int main(void)
{
    uart_start();
    for (uint32_t turns = 0;; turns++) {
        uint8_t byte;
        __asm volatile("cpsid i");
        for (volatile int k = 0; k < 1000; k++)
            ;
        __asm volatile("cpsie i\\n isb\\n nop\\n nop");
        if (uart_take(&byte))
            uart_send((const uint8_t *)&turns, 4);
    }
}
"""


def test_an_interrupt_that_is_held_off_comes_in_where_it_is_let_in(tmp_path: Path) -> None:
    machine = switched_on(tmp_path, MASKED)
    machine.run_to(10 * MS)
    machine.feed(b"!")
    machine.run_to(20 * MS)
    assert len(machine.drain()) == 4
    assert not machine.idle


def test_an_interrupt_comes_in_at_the_next_opening_however_long_it_was_held_off(tmp_path: Path) -> None:
    """Each turn, of 0.4 ms, lets it in for one instruction; a byte waits for two turns at most."""
    machine = switched_on(tmp_path, MASKED.replace("isb\\n nop\\n nop", "isb\\n cpsid i"))
    for ms in range(10, 30):
        machine.run_to(ms * MS)
        assert len(machine.drain()) == (4 if ms > 10 else 0)
        machine.feed(b"!")


WAITS = """
#include <stdint.h>
#define SYST ((volatile uint32_t *)0xE000E010)
volatile uint32_t seconds;
int main(void)
{
    SYST[1] = 12500000u - 1u;
    SYST[2] = 0;
    SYST[0] = 5;
    for (;;) {
        while (!(SYST[0] & 1u << 16))
            ;
        seconds++;
    }
}
"""


def test_an_image_that_polls_the_timer_waits_without_costing_time(tmp_path: Path) -> None:
    machine = switched_on(tmp_path, WAITS)
    machine.run_to(3_600_500 * MS)
    assert int.from_bytes(machine.peek("seconds", 4), "little") == 3600


STORM = """
#include <stdint.h>
#include "uart.h"
void deaf(void) {}
int main(void)
{
    static uint32_t table[48] __attribute__((aligned(256)));
    table[16 + UART_IRQ] = (uint32_t)deaf;
    *(volatile uint32_t *)0xE000ED08 = (uint32_t)table;
    uart_start();
    for (;;) __asm volatile("wfi");
}
"""


def test_an_interrupt_that_nobody_answers_is_a_fault(tmp_path: Path) -> None:
    machine = switched_on(tmp_path, STORM)
    machine.run_to(MS)
    machine.feed(b"!")
    with pytest.raises(
        ControllerFault, match="comes to nothing but exceptions, 10000 of them in a row; the last one is 21"
    ):
        machine.run_to(1000 * MS)


def test_a_stack_that_has_left_its_memory_is_a_fault(tmp_path: Path) -> None:
    stray = '__asm volatile("movs r0, #200\\n mov sp, r0");'
    source = f'#include "timer.h"\nint main(void) {{ timer_start(1000); {stray} for (;;) ; }}'
    with pytest.raises(ControllerFault, match="exception 15 finds the stack at 0x00000058, which is no RAM"):
        switched_on(tmp_path, source).run_to(10 * MS)


EVENTS = """
#include <stdint.h>
#include "timer.h"
volatile uint32_t loops;
int main(void)
{
    timer_start(10000);
    for (;;) { WAIT; loops++; }
}
"""


@pytest.mark.parametrize("wait", ["wfe", "wfe.w", "wfi", "wfi.w", "yield\\n wfi"])
def test_an_image_waits_for_events_as_for_interrupts(wait: str, tmp_path: Path) -> None:
    """Each turn of the loop ends with one of the 99 ticks; an event that was there before costs a turn more."""
    machine = switched_on(tmp_path, EVENTS.replace("WAIT", f'__asm volatile("{wait}")'))
    machine.run_to(1000 * MS)
    turns = int.from_bytes(machine.peek("loops", 4), "little")
    assert (98 <= turns <= 99) if "wfi" in wait else (98 <= turns <= 2 * 99)
    assert machine.idle


def test_an_undefined_instruction_behind_a_wait_is_one(tmp_path: Path) -> None:
    source = EVENTS.replace("WAIT", '__asm volatile("wfe\\n udf #1")')
    with pytest.raises(ControllerFault, match=r"an undefined instruction, at pc 0x\w+ \(main"):
        switched_on(tmp_path, source).run_to(1000 * MS)
