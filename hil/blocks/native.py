"""Object code in, addresses out: the few lines that stand between LLVM and the loop.

Numba takes 1.3 s to import and a compiled kernel 0.1 s to compile, so what was compiled once is kept as object
code on disk and a warm start needs llvmlite alone.
"""

import ctypes
import os
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

import llvmlite
import llvmlite.binding as llvm

_FEW = (
    "always_inliner", "sroa", "simplify_cfg", "instruction_combine", "simplify_cfg", "dead_store_elimination",
)  # fmt: skip


@cache
def _machine() -> llvm.TargetMachine:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=3, reloc="pic", codemodel="small", jit=True
    )


@cache
def _features() -> str:
    return str(llvm.get_host_cpu_features().flatten())


@cache
def toolchain() -> str:
    """Return the words that decide what LLVM emits here: its version, the passes below, the processor's features."""
    features, passes = (sha256(one).hexdigest()[:8] for one in (_features().encode(), Path(__file__).read_bytes()))
    return f"llvmlite {llvmlite.__version__} {passes} {llvm.get_default_triple()} {llvm.get_host_cpu_name()} {features}"


def object_code(
    *ir_texts: str, opt: int | Sequence[str] = 3, keep: Collection[str] = (), beside: Collection[str] = ()
) -> bytes:
    """Return the object code of modules in LLVM's text form, linked; strict IEEE arithmetic, no contraction to FMA.

    With `keep`, only these functions stay visible, and what they do not need is dropped. `opt` is LLVM's level; 1 is
    a few passes of our own: 70 % of the speed in a sixth of their time; or it names the passes. Functions `beside` are
    in other object code of the same library.

    Raises:
        RuntimeError: the text is no valid module, which is a fault of the code that wrote it.
        LookupError: the code calls functions that neither libc nor libm has.
    """
    module = optimised(*ir_texts, opt=opt, keep=keep)
    _refuse_foreign(module, beside)
    return bytes(_machine().emit_object(module))


def simplified(ir_text: str, passes: Sequence[str]) -> str:
    """Return a module's text after some of LLVM's passes.

    Raises: RuntimeError as `object_code`.
    """
    module = _linked([ir_text])
    _optimise(module, passes)
    return str(module)


def optimised(*ir_texts: str, opt: int | Sequence[str] = 3, keep: Collection[str] = ()) -> llvm.ModuleRef:
    """Return the module that `object_code` makes machine code of.

    Raises: RuntimeError as `object_code`.
    """
    module = _linked(ir_texts)
    if keep:
        _close(module, keep)
    _called_through_table(module)
    _optimise(module, opt)
    _called_through_table(module)  # the passes bring functions of their own: of pow(x, 0.5) they make a sqrt
    return module


def verify(ir_text: str) -> None:
    """Let LLVM judge a module in text form without compiling it.

    Raises:
        RuntimeError: the text is no valid module.
        LookupError: it calls functions that neither libc nor libm has.
    """
    module = _parsed(ir_text)
    module.verify()
    _refuse_foreign(module)


def _linked(ir_texts: Iterable[str]) -> llvm.ModuleRef:
    module = _parsed(_NEAR)
    for text in ir_texts:
        module.link_in(_parsed(text))
    module.verify()
    return module


def _optimise(module: llvm.ModuleRef, opt: int | Sequence[str]) -> None:
    named = _FEW if opt == 1 else () if isinstance(opt, int) else opt
    options = llvm.create_pipeline_tuning_options(speed_level=opt if isinstance(opt, int) else 2)
    options.loop_vectorization = not named
    # Packing neighbouring fields into vectors costs control code 9 % (a scan of reactor.st) to 20 % (a small loop).
    options.slp_vectorization = False
    builder = llvm.create_pass_builder(_machine(), options)
    passes = llvm.create_new_module_pass_manager() if named else builder.getModulePassManager()
    for one in named:
        getattr(passes, f"add_{one}_pass")()
    passes.add_refprune_pass()  # Numba counts references even to arrays that are part of a record
    passes.add_global_dead_code_eliminate_pass()
    passes.run(module, builder)


def _refuse_foreign(module: llvm.ModuleRef, beside: Collection[str] = ()) -> None:
    outside = [one.name for one in module.functions if one.is_declaration and one.name not in beside]
    foreign = [one for one in outside if not _in_libc(one)]
    if foreign:
        raise LookupError(", ".join(sorted(foreign)))


def _called_through_table(module: llvm.ModuleRef) -> None:
    """Outside functions are reached as _NEAR says."""
    for one in module.functions:
        if one.is_declaration and not one.name.startswith("llvm."):
            one.add_function_attribute("nonlazybind")


def closed(ir_text: str, symbol: str) -> str:
    """Return a module's text in which nothing but one function can be seen from outside, whatever else is linked."""
    module = llvm.parse_assembly(ir_text)
    _close(module, [symbol])
    return str(module)


def _close(module: llvm.ModuleRef, keep: Collection[str]) -> None:
    for one in (*module.functions, *module.global_variables):
        if not one.is_declaration and one.name not in keep:
            one.linkage = "internal"


# Constants are read, and libc is called, by 32-bit distances: a library's code, constants and table of outside
# addresses lie in one piece. Outside functions are called through that table, for LLVM's memory manager keeps no room
# for the other way, a stub for each.
_NEAR = """
!llvm.module.flags = !{!0}
!0 = !{i32 7, !"RtLibUseGOT", i32 1}
"""


def _parsed(ir_text: str) -> llvm.ModuleRef:
    machine, module = _machine(), llvm.parse_assembly(ir_text)
    # Before the passes: they fold struct offsets with the layout that the module carries.
    module.triple = machine.triple
    module.data_layout = str(machine.target_data)
    return module


def _in_libc(name: str) -> bool:
    # The process also shows Python's own functions; compiled code must not need an interpreter.
    return name.startswith("llvm.") or (not name.startswith(("Py", "_Py")) and hasattr(ctypes.CDLL(None), name))


class Library:
    """Loaded object code; its addresses are good as long as the library lives."""

    def __init__(self, *codes: bytes) -> None:
        machine = _new_machine()
        module = llvm.parse_assembly("")
        module.triple = machine.triple
        self._engine = llvm.create_mcjit_compiler(module, machine, use_lmm=True)
        for code in codes:
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()

    def address(self, symbol: str) -> int:
        """Return the address of a function.

        Raises:
            LookupError: the object code has no such function.
        """
        found = int(self._engine.get_function_address(symbol))
        if found == 0:
            raise LookupError(f"no function {symbol} in this object code")
        return found


_LOADED: dict[str, Library] = {}


def loaded(key: str, make: Callable[[], bytes]) -> Library:
    """Return the library of the object code `cached` under a key, the same one each time."""
    if key not in _LOADED:
        _LOADED[key] = Library(cached(key, make))
    return _LOADED[key]


def _new_machine() -> llvm.TargetMachine:
    _machine()
    return llvm.Target.from_default_triple().create_target_machine(codemodel="jitdefault", jit=True)


def cache_folder() -> Path:
    """Return the folder of compiled code: `$HIL_CACHE`, or `hilbench` in the user's cache folder."""
    if given := os.environ.get("HIL_CACHE"):
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hilbench"


def cached(key: str, make: Callable[[], bytes]) -> bytes:
    """Return the bytes kept under `key`, a relative path that holds a digest of all they depend on; make them once.

    A cache that cannot be read or written costs time and nothing else. A file is written whole or not at all, and
    carries a digest of its own, so that a damaged one is made anew.
    """
    path = cache_folder() / key
    try:
        kept = path.read_bytes()
        if sha256(kept[32:]).digest() == kept[:32]:
            return kept[32:]
    except OSError:
        pass
    made = make()
    draft = path.with_name(f"{path.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(sha256(made).digest() + made)
        os.replace(draft, path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
    return made
