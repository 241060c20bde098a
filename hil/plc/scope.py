"""What a name can mean, and where mistakes are reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from hil.errors import near
from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.profiles import IEC, Profile
from hil.plc.tree import Pou, Variable
from hil.plc.types import Enum, Type

MOST_COMPARED = 2000  # names that a misspelt one is compared with


@dataclass
class Names:
    """The names of a whole project, in capitals."""

    report: Report
    type_declarations: dict[str, s.TypeDeclaration] = field(default_factory=dict)
    pou_declarations: dict[str, s.Pou] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)
    pous: dict[str, Pou] = field(default_factory=dict)
    globals: dict[str, Variable] = field(default_factory=dict)
    global_sources: dict[str, Source] = field(default_factory=dict)
    enumerators: dict[str, list[Enum]] = field(default_factory=dict)
    broken: bool = False  # a declaration could not be read: an unknown name proves nothing
    profile: Profile = IEC


@dataclass
class Scope:
    """The names seen from inside one unit of organisation (or from none, for types and globals)."""

    names: Names
    source: Source
    pou: Pou | None = None
    broken: bool = False
    said: set[str] = field(default_factory=set)  # unknown names, each reported once

    def error(self, at: int, text: str) -> None:
        """Reports a mistake."""
        self.names.report.error(self.source, at, text)

    def variable(self, name: str) -> Variable | None:
        """A variable by its name in capitals, the nearest one."""
        if self.pou is not None and (found := self.pou.variables.get(name)):
            return found
        return self.names.globals.get(name)

    def unknown(self, at: int, what: str, name: str, known: Iterable[str], cure: str) -> None:
        """Reports an unknown name, once, and only when every declaration could be read."""
        if self.broken or self.names.broken or name.upper() in self.said or self.names.report.full:
            return
        self.said.add(name.upper())
        hint = near(name, islice(known, MOST_COMPARED))
        self.error(at, f"no {what} {name} here{hint or '; ' + cure}")

    def enumerator(self, name: str) -> list[Enum]:
        """The enumerations that have this value."""
        return self.names.enumerators.get(name, [])

    @property
    def variable_names(self) -> list[str]:
        """Every variable's name as declared."""
        own = [one.name for one in self.pou.variables.values()] if self.pou else []
        return own + [one.name for one in self.names.globals.values()]
