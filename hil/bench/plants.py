"""Plants by name: every module in a project's `plant_models/` is one plant, `PLANT`, named like its file."""

import importlib
import sys
import traceback
from pathlib import Path
from types import ModuleType

from hil.blocks import Plant
from hil.errors import InputError, near

FOLDER = "plant_models"


def find_root(start: Path) -> Path:
    """Return the project that a folder or file belongs to: the nearest folder above it with `plant_models/`.

    Raises:
        InputError: there is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FOLDER).is_dir():
            return folder
    raise InputError(f"no folder {FOLDER}/ in {start} or above it: go into a project, or make one with 'hil new NAME'")


def plant_files(root: Path) -> dict[str, list[Path]]:
    """Return the modules of a project's plants by name, in order; more than one of a name is a mistake."""
    found: dict[str, list[Path]] = {}
    for file in sorted((root / FOLDER).rglob("*.py"), key=lambda file: (file.stem, file)):
        if not file.name.startswith("_"):
            found.setdefault(file.stem, []).append(file)
    return found


def load_plant(name: str, root: Path) -> Plant:
    """Return the plant of that name of the project at `root`.

    Raises:
        InputError: no such plant, two of that name, or a module that cannot be imported or holds no plant.
    """
    files = plant_files(root)
    if name not in files:
        known = near(name, files) or f"; it has {', '.join(files) or 'none'}"
        raise InputError(f"no plant {name!r} in {root / FOLDER}{known}")
    if len(files[name]) > 1:
        both = " and ".join(str(file.relative_to(root)) for file in files[name])
        raise InputError(f"two plants are called {name!r}: {both}; rename one of them")
    (file,) = files[name]
    plant = getattr(project_module(file, root), "PLANT", None)
    if not isinstance(plant, Plant):
        raise InputError(f"{file}: it holds no plant; write PLANT = Plant(...), or begin its name with _")
    if plant.name != name:
        raise InputError(f"{file}: the plant calls itself {plant.name!r}; give it the name of its file")
    return plant


def project_module(file: Path, root: Path) -> ModuleType:
    """Import a file of the project as `plant_models...`, also after another project's module of that name.

    Raises:
        InputError: it cannot be imported.
    """
    dotted = ".".join(file.relative_to(root).with_suffix("").parts)
    loaded = sys.modules.get(dotted)
    if loaded is not None and loaded.__file__ == str(file):
        return loaded
    sys.modules.pop(dotted, None)
    if str(root) in sys.path:
        sys.path.remove(str(root))
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        return importlib.import_module(dotted)
    except Exception as error:  # noqa: BLE001 - whatever a user's module raises is a fault of that module
        raise InputError(_sentence(error, file)) from None


def _sentence(error: Exception, file: Path) -> str:
    """Say where in the user's files an import broke, and why."""
    kind = type(error).__name__
    if isinstance(error, SyntaxError):
        return f"{error.filename}:{error.lineno}: {kind}: {error.msg}"
    lines = [one for one in traceback.extract_tb(error.__traceback__) if Path(one.filename) == file]
    return f"{file}:{lines[-1].lineno if lines else 1}: {kind}: {error}"
