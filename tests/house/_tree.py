"""The files of the project, without what tools leave beside them."""

import os
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEFT_BY_TOOLS = {".git", ".venv", ".cache", ".hypothesis", "__pycache__", "build", "dist", "runs"}


def files(pattern: str = "*") -> list[Path]:
    """Return the project's files whose names match the pattern, sorted."""
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in _LEFT_BY_TOOLS]
        found += [path for name in names if (path := Path(folder, name)).match(pattern)]
    return sorted(found)
