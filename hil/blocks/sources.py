"""The digest of all sources that a module can see, so that a changed helper never meets an old kernel."""

import re
import sys
from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType

import numpy as np

from hil.blocks import native

_IMPORT = re.compile(
    r"(?:^|[;:])[ \t]*"
    r"(?:from[ \t]+(\.*)([\w.]*)[ \t\\\n]+import[ \t]*(\([^)]*\)|(?:[^\n\\]|\\\n)*)|import[ \t]+([^\n#;]+))",
    re.M,
)
_NAME = re.compile(r"\w+")
_TOOLCHAIN_PACKAGES = frozenset({"numpy", "numba", "llvmlite", "scipy"})


def digest_of_sources(module: str) -> str:
    """Return a digest of a module, of every module that it imports, transitively, and of the toolchain.

    Of modules that are loaded, the numbers and arrays among the globals count too: Numba freezes them into the
    kernel, and they may come from a data file. The standard library and the toolchain count by version.
    """
    seen: dict[str, Path] = {}
    pending = [module]
    while pending:
        name = pending.pop()
        if name in seen or (file := _file(name)) is None:
            continue
        seen[name] = file
        pending.extend(_imports(name, file))
    total = sha256(_versions().encode())
    for name, file in sorted(seen.items()):
        total.update(f"{name}\0".encode() + _digest(file))
        # The bench's own kernels read no data files, and are loaded only when they are compiled.
        if not name.startswith("hil.") and (loaded := sys.modules.get(name)) is not None:
            total.update(_frozen(loaded))
    return total.hexdigest()[:32]


@cache
def _digest(file: Path) -> bytes:
    return sha256(file.read_bytes()).digest()


@cache
def _versions() -> str:
    from importlib.metadata import version

    packages = " ".join(f"{name} {version(name)}" for name in ("numba", "numpy"))
    return f"python {sys.version_info[:2]} {packages} {native.toolchain()}"


def _file(name: str) -> Path | None:
    """Return a module's source file, or None for the standard library, the toolchain and what is not Python.

    A name alone is never remembered: another project's plant may have the same. Only the top package is looked up by
    Python, for `find_spec` of a dotted name would import its parents.
    """
    top, *rest = name.split(".")
    if not top.isidentifier() or top in sys.stdlib_module_names or top in _TOOLCHAIN_PACKAGES:
        return None  # the pattern also finds `from .....x) import` in prose
    if (loaded := getattr(sys.modules.get(name), "__file__", None)) is not None:
        return Path(loaded) if loaded.endswith(".py") else None
    spec = find_spec(top) if top not in sys.modules else sys.modules[top].__spec__
    if spec is None:
        return None
    if not rest:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    return _file_below(tuple(spec.submodule_search_locations or ()), *rest)


@cache
def _file_below(folders: tuple[str, ...], *rest: str) -> Path | None:
    for folder in folders:
        base = Path(folder, *rest)
        for file in (base.with_name(base.name + ".py"), base / "__init__.py"):
            if file.is_file():
                return file
    return None


@cache
def _imports(name: str, file: Path) -> tuple[str, ...]:
    """Return the modules that a source file names in its import statements, wherever they stand.

    A pattern does it, ten times as fast as a syntax tree; a line of prose that looks like an import names no module.
    """
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    found = []
    for dots, module, names, plain in _IMPORT.findall(file.read_text("utf-8")):
        if plain:
            found += [one.split()[0] for one in plain.split(",") if one.split()]
            continue
        parents = package.split(".")[: len(package.split(".")) - len(dots) + 1] if dots else []
        base = ".".join([*parents, *([module] if module else [])])
        found += [base, *(f"{base}.{one}" for one in _NAME.findall(names))]
    return tuple(found)


def _frozen(module: ModuleType) -> bytes:
    return "\n".join(f"{key} {_number(value)}" for key, value in sorted(vars(module).items())).encode()


def _number(value: object) -> str:
    """Return the text of a number, an array or a tuple of such; of all else nothing, for it may name an address."""
    if isinstance(value, np.ndarray | np.generic) and not value.dtype.hasobject:
        return f"{value.dtype} {value.shape} {sha256(value.tobytes()).hexdigest()}"
    if isinstance(value, tuple):
        return f"({', '.join(_number(one) for one in value)})"
    return repr(value) if isinstance(value, int | float | complex) else ""
