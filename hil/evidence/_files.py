"""Files that appear whole or not at all."""

import os
from collections.abc import Iterable
from pathlib import Path

from hil.errors import RunError


def replace(path: Path, parts: Iterable[str]) -> None:
    """Write the text to a neighbour of `path` and move it into place; a text that breaks off leaves nothing.

    What is no file but a device or a pipe is written to as it is; a link stays one, and its file is replaced.

    Raises:
        RunError: the disk refuses; an older file of that name is untouched.
    """
    path = path.resolve()
    through = path.exists() and not path.is_file()
    draft = path if through else path.with_name(path.name + ".part")
    try:
        with open(draft, "w", encoding="utf-8", newline="") as file:
            file.writelines(parts)
        if not through:
            os.replace(draft, path)
    except OSError as error:
        reason = f"{error.strerror}; make room or choose another folder"
        raise RunError(f"cannot write {path}: {reason}") from error
    finally:
        if not through:
            draft.unlink(missing_ok=True)
