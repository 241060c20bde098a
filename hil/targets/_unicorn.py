"""What Unicorn's Python binding has not, or takes too long for: counting instructions, several registers in one call.

A Python hook for each instruction would cost 1 µs; Unicorn's own `count` stops, but does not say how many instructions
were executed before a core went to sleep. So they are counted, and stopped at a limit, in machine code.
"""

import ctypes
from collections.abc import Sequence
from functools import cache
from typing import Any

_CODE = """
define void @count(i8* %core, i64 %address, i32 %size, i64* %state) {{
  %count = load i64, i64* %state
  %limit_at = getelementptr i64, i64* %state, i64 1
  %limit = load i64, i64* %limit_at
  %there = icmp sge i64 %count, %limit
  br i1 %there, label %stop, label %go_on
go_on:
  %more = add i64 %count, 1
  store i64 %more, i64* %state
  %watches_at = getelementptr i64, i64* %state, i64 3
  %watches = load i64, i64* %watches_at
  %idle = icmp eq i64 %watches, 0
  br i1 %idle, label %done, label %look
look:
  %half_at = getelementptr i64, i64* %state, i64 4
  %bytes = bitcast i64* %half_at to i8*
  %read = inttoptr i64 {mem_read} to i32 (i8*, i64, i8*, i64)*
  %status = call i32 %read(i8* %core, i64 %address, i8* %bytes, i64 2)
  %half = load i64, i64* %half_at
  %kind = and i64 %half, {mask}
  %is_cps = icmp eq i64 %kind, {cps}
  %is_msr = icmp eq i64 %kind, {msr}
  %either = or i1 %is_cps, %is_msr
  br i1 %either, label %last, label %done
last:
  store i64 %more, i64* %limit_at
  ret void
done:
  ret void
stop:
  %stopped_at = getelementptr i64, i64* %state, i64 2
  store i64 1, i64* %stopped_at
  %emu_stop = inttoptr i64 {emu_stop} to i32 (i8*)*
  %ignored = call i32 %emu_stop(i8* %core)
  ret void
}}
"""


class State(ctypes.Structure):
    """How many instructions were executed, how many may be, whether that stopped the core, whether it watches."""

    _fields_ = [(name, ctypes.c_int64) for name in ("count", "limit", "stopped", "watches", "_half")]

    count: int
    limit: int
    stopped: int
    watches: int


@cache
def _counter(emu_stop: int, mem_read: int) -> tuple[Any, int]:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(opt=2)
    code = _CODE.format(emu_stop=emu_stop, mem_read=mem_read, mask=0xFFF0, cps=0xB660, msr=0xF380)
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(code), machine)
    engine.finalize_object()
    return engine, engine.get_function_address("count")


def count_instructions(core: Any) -> State:
    """Let a core count its instructions; return the counter, which the caller keeps as long as the core."""
    from unicorn import UC_HOOK_CODE
    from unicorn.unicorn_py3.unicorn import uclib

    functions = (ctypes.cast(one, ctypes.c_void_p).value or 0 for one in (uclib.uc_emu_stop, uclib.uc_mem_read))
    _, address = _counter(*functions)
    state, handle, everywhere = State(), ctypes.c_size_t(), (ctypes.c_uint64(1), ctypes.c_uint64(0))
    status = uclib.uc_hook_add(
        core._uch, ctypes.byref(handle), UC_HOOK_CODE, ctypes.c_void_p(address),
        ctypes.cast(ctypes.byref(state), ctypes.c_void_p), *everywhere,
    )  # fmt: skip
    if status:
        raise RuntimeError(f"Unicorn refused the hook that counts instructions (status {status})")
    return state


class Batch:
    """Registers of a core that are read, or written, in one call."""

    def __init__(self, core: Any, names: Sequence[str]) -> None:
        from unicorn import arm_const
        from unicorn.unicorn_py3.unicorn import uclib

        count = len(names)
        self._lib, self._core = uclib, core
        self._values = (ctypes.c_uint64 * count)()
        start = ctypes.addressof(self._values)
        numbers = [getattr(arm_const, f"UC_ARM_REG_{one}") for one in names]
        places = (ctypes.c_void_p * count)(*(start + 8 * k for k in range(count)))
        self._arguments = ((ctypes.c_int * count)(*numbers), places, count)

    def read(self) -> list[int]:
        """Return the registers, in their order."""
        self._lib.uc_reg_read_batch(self._core._uch, *self._arguments)
        return list(self._values)

    def write(self, values: Sequence[int]) -> None:
        """Set the registers, one after another."""
        self._values[:] = list(values)
        self._lib.uc_reg_write_batch(self._core._uch, *self._arguments)
