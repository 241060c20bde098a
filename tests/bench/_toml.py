"""A writer of TOML in any layout that notes on which line it puts each key."""

from random import Random
from typing import Any

Path = tuple[str | int, ...]

STRINGS = [
    ('"plain"', "plain"),
    ("'C:\\new'", "C:\\new"), ('"a \\" # ] } = , [x]"', 'a " # ] } = , [x]'), ("'# ] }'", "# ] }"),
    ('"""two\nlines # ] \\" = """', 'two\nlines # ] " = '), ("'''\n'quoted''''", "'quoted'"), ('""', ""),
    ('"""""two"""""', '""two""'), ('"back\\\\"', "back\\"),
]  # fmt: skip
OTHERS = [("1_000", 1000), ("-2.5e3", -2500.0), ("true", True), ("0xff", 255), ("inf", float("inf"))]
KEYS = [
    ("a", "a"),
    ("b-2", "b-2"),
    ('"c.d"', "c.d"),
    ("'e # ]'", "e # ]"),
    ("7", "7"),
    ('"="', "="),
    ("wires", "wires"),
]


class Layout:
    """One random file: `text`, the `values` in it, and the `lines` of its keys."""

    def __init__(self, random: Random) -> None:
        self.random, self.text = random, ""
        self.lines: dict[Path, int] = {}
        self.values: dict[str, Any] = self.pairs(())
        for key, name in random.sample(KEYS, random.randint(0, 3)):
            if name not in self.values:
                self.values[name] = self.table(key, name)

    def put(self, text: str) -> None:
        self.text += text

    def space(self, *, lines: bool) -> None:
        self.put(self.random.choice(["", " ", "\t", *(["\n", '#]} "\n', "\n\n"] if lines else [])]))

    def note(self, *path: str | int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], self.text.count("\n") + 1)

    def pairs(self, path: Path) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, name in self.random.sample(KEYS, self.random.randint(0, 4)):
            self.space(lines=True)
            self.note(*path, name)
            if self.random.random() < 0.2:  # a dotted key
                self.note(*path, name, "sub")
                self.put(f"{key} . sub = ")
                values[name] = {"sub": self.value((*path, name, "sub"), 2)}
            else:
                self.put(f"{key}=")
                values[name] = self.value((*path, name), 2)
            self.put(self.random.choice(["\n", " # so\n"]))
        return values

    def table(self, key: str, name: str) -> Any:
        if self.random.random() < 0.5:
            self.note(name, "deep") if (deep := self.random.random() < 0.5) else self.note(name)
            self.put(f"[ {key} .deep]\n" if deep else f"[{key}] # so\n")
            return {"deep": self.pairs((name, "deep"))} if deep else self.pairs((name,))
        items: list[dict[str, Any]] = []
        for number in range(self.random.randint(1, 3)):
            self.note(name, number)
            self.put(f"[[ {key} ]]\n")
            items.append(self.pairs((name, number)))
            if self.random.random() < 0.4 and "x" not in items[-1]:
                self.note(name, number, "x")
                self.put(f"[{key}.x]\n")
                items[-1]["x"] = self.pairs((name, number, "x"))
        return items

    def value(self, path: Path, depth: int, *, lines: bool = True) -> Any:
        self.space(lines=False)
        form = self.random.randint(0, 3 if depth else 1)
        if form < 2:
            text, value = self.random.choice((STRINGS, OTHERS)[form])
            self.put(text)
            return value
        return self.array(path, depth - 1) if form == 2 else self.inline(path, depth - 1)

    def array(self, path: Path, depth: int) -> list[Any]:
        values = []
        self.put("[")
        for number in range(self.random.randint(0, 3)):
            self.put("," if number else "")
            self.space(lines=True)
            self.note(*path, number)
            values.append(self.value((*path, number), depth))
            self.space(lines=True)
        self.put(",]" if values and self.random.random() < 0.3 else "]")
        return values

    def inline(self, path: Path, depth: int) -> dict[str, Any]:
        values = {}
        self.put("{")
        for number, (key, name) in enumerate(self.random.sample(KEYS, self.random.randint(0, 3))):
            self.put("," if number else "")
            self.space(lines=False)
            self.note(*path, name)
            self.put(f"{key} = ")
            values[name] = self.value((*path, name), depth)
            self.space(lines=False)
        self.put("}")
        return values
