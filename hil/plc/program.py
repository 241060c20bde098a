"""A compiled program: a native scan on plain memory, with its variables by name."""

from __future__ import annotations

import ctypes
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from hil.blocks.native import Library, cached, toolchain
from hil.errors import InputError
from hil.plc import layout, retain
from hil.plc.profiles import IEC, Profile, profile_of
from hil.plc.sources import contents
from hil.plc.symbols import Symbols, Variable

Memory: TypeAlias = npt.NDArray[np.uint8]
_SCAN = ctypes.CFUNCTYPE(ctypes.c_int64, *[ctypes.c_int64] * 2, *[ctypes.c_void_p] * 4)
_RUN = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, *[ctypes.c_int64] * 3)


@dataclass(frozen=True)
class Fault:
    """Why a scan ended: what kind of mistake, where, with which values, in the scan of time `t_ns`."""

    kind: str
    file: str
    line: int
    column: int
    message: str
    t_ns: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.kind}: {self.message}"


def compile_file(
    path: str | Path, program: str | None = None, profile: Profile | str = "auto", *, coverage: bool = False
) -> Program:
    """The program of a file, a folder or a project file in any format; `program` names the PROGRAM to run alone.

    `profile` decides where runtimes differ (profiles.py), an object or a name; `auto` is that of the dialect, for plain
    text the first of iec, codesys and siemens that takes it.

    Raises: Diagnostics for mistakes in it, InputError when it cannot be read.
    """
    chosen = None if profile == "auto" else profile_of(profile)
    parts = contents(Path(path))
    words = [compiler_digest(), program or "", str(chosen), "counted" if coverage else ""]
    digest = sha256(b"\0".join([*(one.encode() for one in words), *(one for _, one in parts)])).hexdigest()

    def make() -> bytes:
        from hil.plc.front.program import built

        return built(Path(path), program, chosen, coverage)

    return _kept(digest, [name for name, _ in parts], make)


def read_source(path: str | Path) -> str:
    """The text of a source file: UTF-8, or Latin-1 when it is not.

    Raises: InputError when it cannot be read.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as problem:
        raise InputError(f"cannot read '{path}': {problem.strerror}") from None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def compile_text(text: str, file: str = "<text>", program: str | None = None, profile: Profile | str = IEC) -> Program:
    """The program of a text; `file` is its name in diagnostics and faults.

    Raises: Diagnostics for mistakes in it.
    """
    return compile_units([(text, file)], program, profile)


def compile_units(
    texts: list[tuple[str, str]], program: str | None = None, profile: str | Profile = IEC, *, coverage: bool = False
) -> Program:
    """The program of several texts, each with the name of its file; their units name each other in any order.

    With `coverage` it counts what it executes, for `hil.plc.coverage.Coverage.of(program, memory)`.

    Raises: Diagnostics for mistakes in them.
    """
    chosen = profile_of(profile)
    whole = "\0".join([compiler_digest(), program or "", str(chosen), *(text for text, _ in texts)])
    digest = sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    if coverage:
        digest = sha256(f"{digest} counted".encode()).hexdigest()

    def make() -> bytes:
        from hil.plc.compiler import build

        return build(texts, program, chosen, coverage)

    return _kept(digest, [file for _, file in texts], make)


def _kept(digest: str, files: list[str], make: Callable[[], bytes]) -> Program:
    """The program from the cache, or made and put there: its places name files, so these are part of the key."""
    key = sha256("\0".join([digest, *files, toolchain()]).encode("utf-8", "surrogatepass")).hexdigest()
    return Program(cached(f"plc/{key[:2]}/{key}", make), digest)


@cache
def compiler_digest() -> str:
    """Digest of the compiler's own sources: another compiler never meets an old program."""
    found = sha256()
    for one in sorted(Path(__file__).parent.rglob("*")):
        if one.suffix in (".py", ".st"):
            found.update(one.read_bytes())
    return found.hexdigest()


class Program:
    """Machine code and symbol table of one program; the state is in memories, of which there may be many."""

    def __init__(self, content: bytes, digest: str) -> None:
        (count,) = struct.unpack_from("<I", content)
        start, parts = 4 + 4 * count, list[bytes]()
        for size in struct.unpack_from(f"<{count}I", content, 4):
            parts.append(content[start : start + size])
            start += size
        head, self._image = json.loads(parts[0]), parts[1]
        self.digest = digest
        self.name: str = head["name"]
        self.size: int = head["size"]
        self.period: int | None = head["period"]
        self.instances: list[dict[str, Any]] = head["instances"]  # name, type, task, resource, configuration, ...
        self._locations: list[list[Any]] = head["locations"]
        counters, probes = head.get("coverage", (0, []))
        self.counters: int = counters  # where they begin
        self.probes: list[list[Any]] = probes  # what each of them counts: see hil.plc.coverage
        self.symbols = Symbols(head["types"], head["roots"], head["prefixes"])
        self._library = Library(*parts[2:])
        self.address = self._library.address("scan")
        self._scan = _SCAN(self.address)
        self._run = _RUN(self._library.address("run"))

    @cached_property
    def variables(self) -> tuple[Variable, ...]:
        """Every elementary variable, with elements and members one by one."""
        return tuple(self.symbols.leaves())

    @cached_property
    def top(self) -> tuple[Variable, ...]:
        """The declared variables, arrays and structures whole."""
        return tuple(self.symbols.top())

    @cached_property
    def _start(self) -> bytes:
        import zlib

        return zlib.decompress(self._image)

    def new_memory(self) -> Memory:
        """Memory with every variable at its initial value, aligned to 64 bytes, a line of the cache."""
        raw = np.zeros(self.size + 64, np.uint8)
        shift = -raw.ctypes.data % 64
        memory = raw[shift : shift + self.size]
        memory[:] = np.frombuffer(self._start, np.uint8)
        return memory

    def scan(self, memory: Memory, t_ns: int) -> Fault | None:
        """One scan at time `t_ns`."""
        return self.fault(memory) if self._scan(t_ns, 0, None, memory.ctypes.data, None, None) else None

    def run(self, memory: Memory, n: int, t0: int, dt: int) -> Fault | None:
        """`n` scans at t0, t0 + dt, ... in native code; ends at a fault."""
        return self.fault(memory) if self._run(memory.ctypes.data, n, t0, dt) else None

    def fault(self, memory: Memory) -> Fault | None:
        """The fault that the memory is in."""
        header = [int(one) for one in memory[: layout.HEADER].view(np.int64)]
        (number, a, b, t_ns), limit = header[:4], header[layout.LIMIT // 8]
        if not number:
            return None
        kind, file, line, column, message = self._locations[number - 1]
        return Fault(kind, file, line, column, message.format(a, b, limit), t_ns)

    def clear_fault(self, memory: Memory) -> None:
        """Lets the next scan run again."""
        memory[layout.FAULT : layout.BUDGET] = 0

    def retained(self, memory: Memory) -> bytes:
        """The values of RETAIN and PERSISTENT variables, by path and type."""
        return retain.retained(self, memory)

    def restart(self, memory: Memory, retained: bytes = b"") -> tuple[str, ...]:
        """Every variable at its initial value but the retained ones; returns the paths that fit no variable.

        Raises: InputError when `retained` is not what the method of this name gave.
        """
        return retain.restart(self, memory, retained)

    def find(self, path: str) -> Variable:
        """A variable by its dotted path, in any case; an array or structure whole.

        Raises: InputError when there is none.
        """
        return self.symbols.find(path)

    def read(self, memory: Memory, path: str) -> Any:
        """A value: bool, int, float or str; of an array nested lists, of a structure a dict.

        Raises: InputError when there is no such variable.
        """
        return self._read(memory, self.find(path))

    def _read(self, memory: Memory, one: Variable) -> Any:
        if one.shape:
            return _nested([self._read(memory, each) for each in self._elements(one)], one.shape)
        if one.members:
            return {name: self._read(memory, self.find(f"{one.path}.{name}")) for name in one.members}
        content = memory[one.offset : one.offset + np.dtype(one.kind).itemsize]
        if one.text or one.encoding:
            return _text(one, content.tobytes())
        value = content.view(one.kind)[0]
        return bool(value & 1) if one.type == "BOOL" else value.item()

    def _elements(self, one: Variable) -> Iterator[Variable]:
        return self.symbols.elements(one)

    def write(self, memory: Memory, path: str, value: Any) -> None:
        """Sets a value; lists set arrays, dicts set the members they name.

        Raises: InputError for a value that the variable cannot hold.
        """
        one = self.find(path)
        if one.shape:
            flat = list(np.asarray(value, dtype=object).reshape(-1))
            elements = list(self._elements(one))
            if len(flat) != len(elements):
                raise InputError(f"'{one.path}' has {len(elements)} elements, {len(flat)} values were given")
            for each, element in zip(flat, elements, strict=True):
                self.write(memory, element.path, each)
        elif one.members:
            for name, each in dict(value).items():
                self.write(memory, f"{one.path}.{name}", each)
        else:
            size = np.dtype(one.kind).itemsize
            slot = memory[one.offset : one.offset + size]
            if one.encoding:
                slot[:] = np.frombuffer(_coded(one, value, size), np.uint8)
            else:
                slot.view(one.kind)[0] = _fitting(one, value)


def _nested(flat: list[Any], shape: tuple[int, ...]) -> list[Any]:
    for length in reversed(shape[1:]):
        flat = [flat[at : at + length] for at in range(0, len(flat), length)]
    return flat


def _text(one: Variable, content: bytes) -> str:
    """The characters of a string up to the zero that ends it, or the one of a CHAR."""
    found = content.decode(one.encoding, "surrogatepass")
    return found.partition("\0")[0] if one.text else found


def _coded(one: Variable, value: Any, size: int) -> bytes:
    """A text as it lies in memory.

    Raises: InputError.
    """
    problem = _refused(one, value)
    try:
        content = str(value).encode(one.encoding, "surrogatepass" if one.encoding != "latin-1" else "strict")
    except UnicodeEncodeError:
        raise problem from None
    if len(content) > size or (one.text and "\0" in str(value)) or (not one.text and len(content) != size):
        raise problem
    return content.ljust(size, b"\0")


def _refused(one: Variable, value: Any) -> InputError:
    return InputError(f"'{one.path}' is {one.type} and cannot hold {value!r} ({one.file}:{one.line})")


def _fitting(one: Variable, value: Any) -> Any:
    """The value as NumPy stores it.

    Raises: InputError.
    """
    problem = _refused(one, value)
    try:
        if one.kind.startswith("f"):
            return float(value)
        if one.type == "BOOL":
            return int(bool(value))
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        raise problem from None
    info = np.iinfo(one.kind)
    if number != value or not info.min <= number <= info.max:
        raise problem
    return number
