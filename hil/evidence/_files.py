"""Files that appear whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from hil.errors import RunError


def replace(path: Path, parts: Iterable[str]) -> None:
    """Write the text to a neighbour of `path` and move it into place; a text that breaks off leaves nothing.

    Raises:
        RunError: the disk refuses; an older file of that name is untouched.
    """
    draft = path.with_name(path.name + ".part")
    try:
        with open(draft, "w", encoding="utf-8", newline="") as file:
            file.writelines(parts)
        os.replace(draft, path)
    except OSError as error:
        reason = f"{error.strerror}; make room or choose another folder"
        raise RunError(f"cannot write {path}: {reason}") from error
    finally:
        draft.unlink(missing_ok=True)
