"""What the command line names: files, folders and project files, to the files that are looked at."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from hil.errors import InputError
from hil.plc.formats import is_sure, listed, sources_in

AX = "apax.yml"  # the project file of SIMATIC AX
_HIGHEST = 12  # folders above a file in which its project file is looked for


@dataclass
class Member:
    """A file; `reported` when it was asked for and is not only seen by others, `sure` when it must be a source."""

    path: Path
    reported: bool
    sure: bool
    project: str = ""  # the project file that it belongs to
    aside: bool = False  # in the folder of a project that does not build it, so that no other file sees it
    alone: bool = False  # named by itself, not with its folder or project


@dataclass
class Given:
    """All files by their absolute path, the libraries that project files name, and what is wrong with those files."""

    members: dict[str, Member] = field(default_factory=dict)
    libraries: dict[str, list[str]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def collect(paths: Sequence[Path], libraries: Sequence[Path] = ()) -> Given:
    """The files of the command line; those of `libraries` are seen and not reported.

    Raises: InputError for paths that are not there.
    """
    gone = [
        f"cannot read '{one}': No such file or directory" for one in (*paths, *libraries) if not os.path.lexists(one)
    ]
    if gone:
        raise InputError(gone)
    collector = _Collector()
    for path in paths:
        collector.path(path, reported=True)
    for path in libraries:
        collector.path(path, reported=False)
    collector.neighbours([one for one in paths if not one.is_dir()])
    return collector.given


class _Collector:
    def __init__(self) -> None:
        self.given = Given()
        self._lists: dict[Path, list[Path]] = {}
        self._whole: dict[Path, frozenset[str]] = {}  # the same, absolute
        self._owners: dict[Path, Path | None] = {}
        self._found: dict[Path, list[Path]] = {}

    def path(self, path: Path, reported: bool) -> None:
        if path.is_dir():
            self._folder(path, reported)
        elif path.suffix.lower() == ".plcproj":
            self._add(self._listed(path), reported, str(path))
        elif path.name == AX:
            self._folder(path.parent, reported)
        else:
            self._add([path], reported, "", sure=True)

    def _add(self, paths: Iterable[Path], reported: bool, project: str, sure: bool | None = None) -> None:
        for path in paths:
            member = Member(path, reported, is_sure(path) if sure is None else sure, project, alone=bool(sure))
            known = self.given.members.setdefault(os.path.abspath(path), member)
            known.reported |= reported
            known.alone &= bool(sure)
            known.project = known.project or project

    def _listed(self, path: Path) -> list[Path]:
        if path not in self._lists:
            files, libraries, problems = listed(path)
            self._lists[path] = files
            self._whole[path] = frozenset(os.path.abspath(one) for one in files)
            self.given.libraries[str(path)] = libraries
            self.given.problems += problems
        return self._lists[path]

    def _folder(self, folder: Path, reported: bool) -> None:
        """The sources in a folder; TwinCAT's beside a project file only when that lists them."""
        files, lists = sources_in(folder)
        owners = {one.parent for one in lists}
        for one in lists:
            self._add(self._listed(one), reported, str(one))
        for one in files:
            listless = one.suffix.lower().startswith(".tc") and owners & {*one.parents}
            if not listless:
                self._add([one], reported, self._ax(one.parent))

    def _ax(self, folder: Path) -> str:
        """The project file of SIMATIC AX in a folder or above it, if any."""
        if folder not in self._owners:
            above = folder.absolute()
            places = [above, *list(above.parents)[:_HIGHEST]]
            self._owners[folder] = next((one / AX for one in places if (one / AX).is_file()), None)
        found = self._owners[folder]
        return "" if found is None else str(found)

    def neighbours(self, files: list[Path]) -> None:
        """The projects that files given by themselves lie in: seen by them and not reported."""
        for path in files:
            member = self.given.members.get(os.path.abspath(path))
            if member is None or member.project:
                continue
            if (ax := self._ax(path.parent)) and path.suffix.lower() == ".st":
                self._add(sources_in(Path(ax).parent)[0], False, ax)
            elif (project := self._lister(path)) is not None:
                self._add(self._listed(project), False, str(project))
            else:
                member.aside = self._unlisted(path)

    def _lister(self, path: Path) -> Path | None:
        """The project file above a file that lists it."""
        whole = path.absolute()
        if not path.suffix.lower().startswith(".tc"):
            return None
        for folder in list(whole.parents)[:_HIGHEST]:
            for one in self._projects_in(folder):
                self._listed(one)
                if str(whole) in self._whole[one]:
                    return one
        return None

    def _unlisted(self, path: Path) -> bool:
        """Whether a source of TwinCAT lies below a project file, none of which lists it."""
        above = list(path.absolute().parents)[:_HIGHEST]
        return path.suffix.lower().startswith(".tc") and any(self._projects_in(one) for one in above)

    def _projects_in(self, folder: Path) -> list[Path]:
        if folder not in self._found:
            try:
                self._found[folder] = sorted(one for one in folder.iterdir() if one.suffix.lower() == ".plcproj")
            except OSError:
                self._found[folder] = []
        return self._found[folder]
