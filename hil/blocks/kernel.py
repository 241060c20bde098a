"""Kernels: Python functions that Numba compiles to the bench's one C signature.

    int64_t block(int64_t t, int64_t h, void *p, void *x, void *u, void *y)

`t` is the time at the start of the step and `h` the block's period, both in ns; `p` parameters, `x` state, `u`
inputs, `y` outputs. The answer is 0 when all is well, positive for an event of the block, negative for a failure.

A kernel is compiled when its address is first asked for, and its object code is kept in a folder named by a digest of
the sources that it can see: its own module and, transitively, every module imported there. Numba's own cache sees
only the kernel's own file, and reading it back needs Numba, which takes longer to import than a rig takes to start.
"""

import importlib
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

import numpy as np

from hil.blocks import native
from hil.blocks.sources import digest_of_sources
from hil.errors import InputError

FAILED = -(2**62)
"""What a kernel returns in which a `raise` was reached; a division by zero raises nothing, an index is not checked."""


@dataclass(frozen=True, eq=False)
class Function:
    """A plain function that kernels may call; Python calls it as it is, Numba compiles it into the kernel."""

    python: Callable[..., Any]

    def __call__(self, *arguments: Any) -> Any:
        """Call the function in Python."""
        return self.python(*arguments)

    @cached_property
    def dispatcher(self) -> Any:
        """The function as Numba knows it."""
        import numba

        return numba.njit(error_model="numpy", nogil=True, no_cpython_wrapper=True, no_cfunc_wrapper=True)(self.python)


def function(python: Callable[..., Any]) -> Function:
    """Mark a helper that kernels call."""
    return Function(python)


@dataclass(frozen=True, eq=False)
class Kernel:
    """One compiled function of a module: `module:name`, with the layouts of p, x, u and y.

    A layout of None hands the kernel the bare address as an integer. `function` is the one that is meant, where it is
    at hand: what its module calls so has to be the same.
    """

    module: str
    name: str
    layouts: tuple["np.dtype[Any] | None", ...] = (None, None, None, None)
    function: Callable[..., int] | None = None

    @property
    def python(self) -> Callable[..., int]:
        """The function as Python sees it."""
        found: Callable[..., int] = getattr(importlib.import_module(self.module), self.name)
        return found

    @cached_property
    def symbol(self) -> str:
        """The name of the compiled function in its object code."""
        return f"{self.module}.{self.name}.{_digest(self.layouts)}".replace(".", "_")

    @cached_property
    def _key(self) -> str:
        return f"kernels/{digest_of_sources(self.module)}/{self.symbol}"

    @property
    def key(self) -> str:
        """Where the cache keeps it: a path made of the digests of all that it depends on.

        Raises:
            InputError: the function is not the one that its module calls so.
        """
        if self.function not in (None, getattr(sys.modules.get(self.module), self.name, None)):
            raise InputError(
                f"{self.module} has no {self.name} of its own that is this one: write it with def in the module "
                "itself; after another project with a module of that name, open this one again"
            )
        return self._key

    @property
    def texts(self) -> dict[str, str]:
        """Its module in LLVM's language, not optimised yet, from which it becomes a part of other code."""
        return {self.symbol: native.cached(f"{self.key}.ll", lambda: _compile(self).encode()).decode()}

    @property
    def address(self) -> int:
        """The address of the compiled function; compiles it when it has to.

        Raises:
            InputError: the function cannot be compiled, or is not the one that its module calls so.
        """
        return native.loaded(f"{self.key}.o", lambda: _without_libraries(self)).address(self.symbol)


def _digest(layouts: Iterable["np.dtype[Any] | None"]) -> str:
    return sha256("|".join(str(one and one.descr) for one in layouts).encode()).hexdigest()[:12]


def _compile(kernel: Kernel) -> str:
    """Return the kernel's text under its own symbol, out of Numba's calling convention."""
    import numba
    from numba.core import types
    from numba.extending import typeof_impl

    @typeof_impl.register(Function)
    def _(value: Function, _context: object) -> Any:
        return types.Dispatcher(value.dispatcher)

    memory = [types.int64 if one is None else numba.from_dtype(one) for one in kernel.layouts]
    signature = [types.int64] * 2 + memory
    options: dict[str, Any] = {"error_model": "numpy", "nogil": True}
    compiled = numba.njit(**options, no_cpython_wrapper=True, no_cfunc_wrapper=True)(kernel.python)
    optimised = numba.core.config.OPT
    numba.core.config.OPT = type(optimised)(0)  # LLVM does that once, when it sees all that belongs together
    try:
        compiled.compile(tuple(signature))
    except Exception as error:
        raise InputError(f"{_place(kernel)} cannot be compiled: {_reason(error)}") from error
    finally:
        numba.core.config.OPT = optimised
    (result,) = compiled.overloads.values()
    returned = result.signature.return_type
    if returned not in (types.none, types.int64) and not isinstance(returned, types.IntegerLiteral):
        raise InputError(
            f"{_place(kernel)} returns {returned}; a kernel returns a 64-bit integer (np.int64) or nothing"
        )
    names = [f"%a{i}" for i in range(len(signature))]
    pointers = [not isinstance(one, types.Integer) for one in signature]
    entry = _ENTRY.format(
        symbol=kernel.symbol,
        inner=result.fndesc.llvm_func_name,
        outer=", ".join(f"i64 {name}" for name in names),
        casts="\n".join(f"  {n}p = inttoptr i64 {n} to ptr" for n, p in zip(names, pointers, strict=True) if p),
        passed=", ".join(f"ptr {n}p" if p else f"i64 {n}" for n, p in zip(names, pointers, strict=True)),
        failed=FAILED,
    )
    text = _COUNTS.sub(r"\1  ret void\n}", str(result.library.get_llvm_str()))
    return native.closed(text + entry, kernel.symbol)


def _place(kernel: Kernel) -> str:
    code = kernel.python.__code__
    return f"{code.co_filename}:{code.co_firstlineno}: kernel {kernel.name}"


def _reason(error: Exception) -> str:
    """Return the line of Numba's report that says what is wrong."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = next((line for line in lines if not line.startswith("Failed in nopython mode")), "")
    return f"the record has no field {said}" if isinstance(error, KeyError) else said or type(error).__name__


def _without_libraries(kernel: Kernel) -> bytes:
    try:
        return native.object_code(*kernel.texts.values(), keep=[kernel.symbol])
    except LookupError as foreign:
        raise InputError(
            f"{_place(kernel)} needs {foreign}: a kernel never allocates and never calls Python; "
            "write a loop over the elements instead of an array expression"
        ) from None


_COUNTS = re.compile(r"^(define [^\n]*@NRT_(?:inc|dec)ref\([^\n]*\{\n).*?^\}", re.M | re.S)
"""The counting of references, which is nothing where nothing is allocated: profiles are seen where they lie."""

_ENTRY = """
define i64 @{symbol}({outer}) {{
  %result = alloca i64
  %failure = alloca ptr
  store i64 0, ptr %result
{casts}
  %code = call i32 @{inner}(ptr %result, ptr %failure, {passed})
  %raised = icmp sgt i32 %code, 0
  %value = load i64, ptr %result
  %error = icmp eq i32 %code, -1
  %bad = or i1 %raised, %error
  %answer = select i1 %bad, i64 {failed}, i64 %value
  ret i64 %answer
}}
"""
