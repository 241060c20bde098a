"""The compliance table of the virtual PLC: features as data, tests as their evidence, the page made from both."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

DATA = Path(__file__).with_name("features.toml")


@dataclass(frozen=True)
class Feature:
    """One row: `support` is yes, partly or no."""

    table: str
    name: str
    text: str
    support: str = "yes"
    note: str = ""

    @property
    def id(self) -> str:
        """As markers name it."""
        return f"{self.table}/{self.name}"


def features(data: Path = DATA) -> dict[str, tuple[str, list[Feature]]]:
    """Return the tables in order: number: (title, features)."""
    found = {}
    for number, table in tomllib.loads(data.read_text("utf-8")).items():
        rows = [_feature(number, name, row) for name, row in table.items() if name != "title"]
        found[number] = (str(table["title"]), rows)
    return found


def _feature(table: str, name: str, row: str | Mapping[str, str]) -> Feature:
    return Feature(table, name, row) if isinstance(row, str) else Feature(table, name, **row)


def faults(tables: Mapping[str, tuple[str, list[Feature]]], shown: Mapping[str, list[str]]) -> list[str]:
    """Return what is wrong between features and the tests (by feature) that show them."""
    known = {one.id: one for _, rows in tables.values() for one in rows}
    found = [f"{tests[0]}: no feature '{name}' in {DATA.name}" for name, tests in shown.items() if name not in known]
    for one in known.values():
        if one.support not in ("yes", "partly", "no"):
            found.append(f"{one.id}: support is '{one.support}'; it is yes, partly or no")
        elif one.support != "no" and one.id not in shown:
            found.append(f"{one.id}: no test shows it; mark one with @pytest.mark.feature({one.id!r}), or say no")
        elif one.support == "no" and one.id in shown:
            found.append(f"{one.id}: {shown[one.id][0]} shows what is said not to be there; say partly or yes")
        elif one.support == "partly" and not one.note:
            found.append(f"{one.id}: is there partly; say in a note what is missing")
    return found
