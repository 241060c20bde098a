"""What programs may name without declaring it: the standard blocks and the libraries of the profile."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from hil.plc import libraries, prelude
from hil.plc import syntax as s
from hil.plc.checking.scope import Names
from hil.plc.profiles import Profile

T = TypeVar("T")


class Asked(dict[str, T]):
    """A table by name in capitals that asks for what it does not have, once for each name."""

    def __init__(self, find: Callable[[str], T | None]) -> None:
        super().__init__()
        self._find = find
        self._none: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        """The entry, as `[]` has it once it is here."""
        return self[key] if key in self else default  # noqa: SIM401 (this is get)

    def __contains__(self, key: object) -> bool:
        if super().__contains__(key):
            return True
        if not isinstance(key, str) or key in self._none:
            return False
        self._none.add(key)  # nobody asks again while it is being found
        found = self._find(key)
        if found is not None:
            self._none.discard(key)
            self.setdefault(key, found)
        return found is not None


class Vendor:
    """The libraries as one project sees them: what it declares itself hides what they have."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.own: set[str] = set()
        self.index = libraries.index(profile)

    def block(self, upper: str) -> s.Pou | None:
        """A standard or library unit."""
        found = prelude.block(upper, self.profile)
        if found is not None or upper in self.own or upper not in self.index.units:
            return found
        unit = self.index.units[upper].parsed().pous[0]
        unit.name += upper[len(unit.name) :]  # the number of an overload
        return unit

    def type(self, upper: str) -> s.TypeDeclaration | None:
        """A library type."""
        if upper in self.own or upper not in self.index.types:
            return None
        return self.index.types[upper].parsed().types[0]

    def variable(self, upper: str) -> s.Unit | None:
        """A library's global variable."""
        if upper in self.own or upper not in self.index.variables:
            return None
        return self.index.variables[upper].parsed()

    def enumeration(self, upper: str) -> str | None:
        """The library type that an enumerator belongs to."""
        found = self.index.enumerators.get(upper)
        return None if found is None or upper in self.own or found in self.own else found


def attach(names: Names, vendor: Vendor) -> None:
    """Notes what a project declares itself, which goes first."""
    vendor.own.update(dict.keys(names.type_declarations))
    vendor.own.update(dict.keys(names.pou_declarations))
    vendor.own.update(names.globals.announced)
    for upper, several in vendor.index.overloads.items():
        mine = names.overloads.get(upper, [upper] if upper in vendor.own else [])
        names.overloads[upper] = list(dict.fromkeys([*mine, *several]))
