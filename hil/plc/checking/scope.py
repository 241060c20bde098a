"""What a name can mean, and where mistakes are reported."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from hil.errors import is_slip, near, nearest
from hil.plc import syntax as s
from hil.plc.checking.located import Located
from hil.plc.diagnostics import MOST, Missing, Report, Source
from hil.plc.profiles import IEC, Profile
from hil.plc.tree import Pou, Statement, Variable
from hil.plc.types import POISON, Enum, Field, Type

MOST_COMPARED = 2000  # names that a misspelt one is compared with


class Globals(dict[str, Variable]):
    """Global variables by name in capitals, each declared when it is first needed: a bound may need a constant."""

    def __init__(self) -> None:
        super().__init__()
        self.sources: dict[str, Source] = {}
        self.ask: Callable[[str], None] | None = None  # announces what a library has
        self._asked: set[str] = set()
        self._lists: dict[str, list[str]] = {}  # by a name without its list: the names with their lists
        self._later: dict[str, Callable[[], tuple[Variable, Source]]] = {}

    def later(self, name: str, declare: Callable[[], tuple[Variable, Source]]) -> None:
        """Announces a variable."""
        self._later[name] = declare

    @property
    def announced(self) -> set[str]:
        """The names so far."""
        return {*self._later, *self}

    def without_list(self, name: str, whole: str) -> None:
        """Lets a variable be named without its list, as long as no other list has that name, too."""
        self._lists.setdefault(name, []).append(whole)

    def lists_of(self, name: str) -> list[str]:
        """All variables of this name with their lists, in capitals."""
        return self._lists.get(name, [])

    def __contains__(self, name: object) -> bool:
        if name in self._later or super().__contains__(name) or len(self._lists.get(str(name), ())) == 1:
            return True
        if self.ask is None or not isinstance(name, str) or name in self._asked:
            return False
        self._asked.add(name)
        self.ask(name)
        return name in self._later

    def get(self, name: str, default: Variable | None = None) -> Variable | None:  # type: ignore[override]
        """The variable, declared by now; None while it is being declared."""
        if len(whole := self._lists.get(name, [])) == 1 and not super().__contains__(name):
            name = whole[0]
        if name in self and name in self._later:
            declare = self._later.pop(name)
            variable, source = declare()
            self[name], self.sources[variable.name.upper()] = variable, source
        return super().get(name, default)

    def finish(self) -> None:
        """Declares all that nobody asked for."""
        for name in list(self._later):
            self.get(name)


@dataclass
class Names:
    """The names of a whole project, in capitals."""

    report: Report
    type_declarations: dict[str, s.TypeDeclaration] = field(default_factory=dict)
    pou_declarations: dict[str, s.Pou] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)
    pous: dict[str, Pou] = field(default_factory=dict)
    globals: Globals = field(default_factory=Globals)
    statics: list[Variable] = field(default_factory=list)  # VAR_STAT of all units
    overloads: dict[str, list[str]] = field(default_factory=dict)  # by a function's name: all that have it
    enumerators: dict[str, list[Enum]] = field(default_factory=dict)
    located_fields: list[tuple[Pou, Field, Variable]] = field(default_factory=list)  # of programs
    singles: dict[str, Variable] = field(default_factory=dict)  # programs that others name: their one instance
    lost: frozenset[str] = frozenset()  # words of declarations that could not be read: perhaps they are declared there
    profile: Profile = IEC
    vendor_enumeration: Callable[[str], str | None] = lambda _: None
    declare_type: Callable[[str], Type | None] = lambda _: None
    declare_unit: Callable[[str], Pou | None] = lambda _: None
    type_of: Callable[[s.TypeSpec, Scope], Type] = lambda spec, scope: POISON
    places: dict[int, tuple[Statement, int]] = field(default_factory=dict)  # where statements begin, by identity

    @cached_property
    def located(self) -> Located:
        """What lies at addresses."""
        return Located(self.profile)


@dataclass
class Scope:
    """The names seen from inside one unit of organisation (or from none, for types and globals)."""

    names: Names
    source: Source
    pou: Pou | None = None
    broken: bool = False
    prefixes: s.Prefixes = ("",)

    def error(self, at: int, text: str) -> None:
        """Reports a mistake."""
        self.names.report.error(self.source, at, text)

    def variable(self, name: str) -> Variable | None:
        """A variable by its name in capitals, the nearest one."""
        if self.pou is not None:
            if found := self.pou.variables.get(name):
                return found
            if self.pou.owner is not None and (found := self.pou.owner.variables.get(name)):
                return found
        return self.names.globals.get(self.key(name, self.names.globals))

    def key(self, name: str, table: Container[str]) -> str:
        """A name in capitals as the table has it: with a namespace around it, used by it, or left out; or itself."""
        upper = name.upper()
        for prefix in self.prefixes:
            if prefix + upper in table:
                return self._used(prefix + upper)
        short = upper
        while "." in short:  # Standard.TON: the namespace of a library that is part of this project, or of ours
            short = short.partition(".")[2]
            if short in table:
                return self._used(short)
        return upper

    def _used(self, key: str) -> str:
        self.names.report.use(self.source, key)
        return key

    def unknown(
        self, at: int, what: str, name: str, known: Iterable[str], cure: str, *, elsewhere: bool = False
    ) -> None:
        """Reports an unknown name, once, and only when no declaration that could not be read may hold it.

        `elsewhere`: a name of its kind may be declared in a file or library that is not here, unless it looks like a
        slip of the pen.
        """
        report, upper = self.names.report, name.upper()
        if (missing := report.missing.get(upper)) is not None:
            missing.uses += 1
            missing.files.add(self.source.file)
            report.lack(self.source, slip=missing.slip)
        elif not self.broken and upper not in self.names.lost:
            others = nearest(name, islice(known, MOST_COMPARED)) if len(report.missing) <= MOST else []
            hint = near(name, others)
            place = (self.source.file, self.source.line(at), self.source.column(at))
            slip = not elsewhere or (not self.source.partial and any(is_slip(name, one) for one in others))
            report.missing[upper] = Missing(place, name, slip=slip, files={self.source.file})
            report.note(self.source, at, f"no {what} {name} here{hint or '; ' + cure}")
            report.lack(self.source, slip=slip)
        else:
            report.lack(self.source)

    def enumerator(self, name: str) -> list[Enum]:
        """The enumerations that have this value."""
        if name not in self.names.enumerators and (type_ := self.names.vendor_enumeration(name)) is not None:
            self.names.declare_type(type_)
        found = self.names.enumerators.get(name, [])
        if found:
            self._used(name)
        return found

    @property
    def variable_names(self) -> list[str]:
        """Every variable's name as declared."""
        units = [one for one in (self.pou, self.pou.owner if self.pou else None) if one is not None]
        own = [one.name for unit in units for one in unit.variables.values()]
        return own + [one.name for one in self.names.globals.values()]
