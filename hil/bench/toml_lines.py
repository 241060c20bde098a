"""Where the keys of a TOML text stand, so that a fault in a rig file is named by its line.

`tomllib` reads the values and refuses what is no TOML; this scan only finds the lines.
"""

from collections.abc import Iterator, Sequence

Path = tuple[str | int, ...]


def key_lines(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every table, key and array element of a valid TOML text."""
    return _Scan(text).lines


def line_of(lines: dict[Path, int], path: Sequence[str | int]) -> int:
    """Return the line of the longest known part of a path; line 1 where nothing of it stands in the text.

    Parts that no key has, such as the names of pydantic's alternatives, are passed over.
    """
    known: Path = ()
    for part in path:
        if (*known, part) in lines:
            known = (*known, part)
    return lines.get(known, 1)


class _Scan:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._text = text
        self._at = 0
        self._line = 1
        self._table: Path = ()
        self._counts: dict[Path, int] = {}
        for token in iter(self._peek, ""):
            if token == "[":
                self._header()
            else:
                self._pair(self._table)

    def _peek(self) -> str:
        """Return the next character that means something; pass over space and comments."""
        while self._at < len(self._text):
            character = self._text[self._at]
            if character == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif character.isspace():
                self._line += character == "\n"
                self._at += 1
            else:
                return character
        return ""

    def _header(self) -> None:
        line = self._line
        double = self._text.startswith("[[", self._at)
        self._at += 1 + double
        path: Path = ()
        for part in self._key():
            path = (*path, part)
            if path in self._counts:
                path = (*path, self._counts[path])
        if double:
            if isinstance(path[-1], int):
                path = path[:-1]
            self._counts[path] = self._counts.get(path, -1) + 1
            self.lines.setdefault(path, line)
            path = (*path, self._counts[path])
        self._at = self._text.index("]", self._at) + 1 + double
        self._table = path
        self._note(path, line)

    def _note(self, path: Path, line: int) -> None:
        for length in range(1, len(path) + 1):
            self.lines.setdefault(path[:length], line)

    def _key(self) -> Iterator[str]:
        while True:
            if self._peek() in ("'", '"'):
                yield self._string()
            else:
                start = self._at
                while self._text[self._at] not in ".=] \t":
                    self._at += 1
                yield self._text[start : self._at]
            if self._peek() != ".":
                return
            self._at += 1

    def _pair(self, table: Path) -> None:
        self._peek()
        line = self._line
        path = (*table, *self._key())
        self._note(path, line)
        self._at = self._text.index("=", self._at) + 1
        self._value(path)

    def _string(self) -> str:
        quote = self._text[self._at]
        mark = quote * 3 if self._text.startswith(quote * 3, self._at) else quote
        start = self._at = self._at + len(mark)
        while not self._text.startswith(mark, self._at):
            self._line += self._text[self._at] == "\n"
            self._at += 2 if quote == '"' and self._text[self._at] == "\\" else 1
        while len(mark) == 3 and self._text.startswith(mark, self._at + 1):  # a quote just before the closing three
            self._at += 1
        found = self._text[start : self._at]
        self._at += len(mark)
        return found

    def _value(self, path: Path) -> None:
        first = self._peek()
        if first in ("'", '"'):
            self._string()
        elif first == "[":
            self._items(path, "]")
        elif first == "{":
            self._items(path, "}")
        else:
            while self._at < len(self._text) and self._text[self._at] not in ",]}#\n":
                self._at += 1

    def _items(self, path: Path, close: str) -> None:
        self._at += 1
        count = 0
        while self._peek() != close:
            if close == "]":
                self._note((*path, count), self._line)
                self._value((*path, count))
            else:
                self._pair(path)
            count += 1
            if self._peek() == ",":
                self._at += 1
        self._at += 1
