"""DBC files, read by cantools and compiled to messages; what is wrong with one is one kind of error with its place."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil.errors import InputError, near
from hil.links.can.frame import CodecError
from hil.links.can.signals import Branch, Field, Message

if TYPE_CHECKING:
    from cantools.database import Database as Cantools

_MOST = 16 << 20
_MILLISECOND = 1_000_000
_EXACT = 1 << 63
_LONGEST = 1785  # bytes, of the transport protocol of J1939
_SIZES = re.compile(r"BO_\s+\d+\s+\w+\s*:\s*(\d+)|:\s*(\d+)\s*\|\s*(\d+)\s*@")
_EXPONENT = re.compile(r"\d[eE][+-]?\d{4,}")
_OF_PYTHON = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError)


class Database:
    """The messages of a DBC file by name, and what is wrong with those that cannot be used."""

    def __init__(self, messages: Mapping[str, Message], name: str, unusable: Mapping[str, str] | None = None) -> None:
        self.messages, self.name, self.unusable = dict(messages), name, dict(unusable or {})

    def find(self, name: str) -> Message | None:
        """Return a message by its name, None when the file has none of it.

        Raises:
            CodecError: it cannot be used.
        """
        if name in self.unusable:
            raise CodecError(self.unusable[name])
        return self.messages.get(name)

    def message(self, name: str) -> Message:
        """Return a message by its name.

        Raises:
            InputError: the file has none of that name, or it cannot be used.
        """
        try:
            found = self.find(name)
        except CodecError as wrong:
            raise InputError(str(wrong)) from None
        if found is None:
            raise InputError(f"{self.name} has no message {name!r}{near(name, self.messages)}")
        return found


def read_dbc(path: Path) -> Database:
    """Read a DBC file.

    Raises:
        InputError: no such file, no DBC, or no message that a CAN bus can carry; all at once.
    """
    try:
        if path.stat().st_size > _MOST:
            raise InputError(f"{path} has more than {_MOST >> 20} MiB; a DBC file is smaller")
        data = path.read_bytes()
    except OSError as wrong:
        raise InputError(f"cannot read the DBC file {path}: {wrong.strerror}") from None
    return parse_dbc(data.decode("cp1252", "replace"), str(path))  # the editors that write DBC files use that


def parse_dbc(text: str, name: str) -> Database:
    """Return the messages of a DBC file's text, which messages call `name`; see `read_dbc`.

    Files from the field are often wrong in one message of hundreds: it is refused when it is asked for, and the file
    when there is no other.
    """
    if faults := list(_beyond(text, name)):
        raise InputError(faults)
    read = _load(text, name)
    messages: dict[str, Message] = {}
    unusable: dict[str, str] = {}
    first: dict[str, int] = {}
    for one in read.messages:
        was = first.setdefault(one.name, one.frame_id)
        if was != one.frame_id:
            messages.pop(one.name, None)
            about = f"is there twice, as {was:#x} and as {one.frame_id:#x}; rename one"
            unusable[one.name] = f"{name}: message {one.name} {about}"
            continue
        try:
            messages[one.name] = _message(one)
        except (CodecError, *_OF_PYTHON) as wrong:  # cantools works some of a message's attributes out when asked
            unusable[one.name] = f"{name}: message {one.name}: {wrong}"
    if unusable and not messages:
        raise InputError(list(unusable.values()))
    return Database(messages, name, unusable)


def _beyond(text: str, name: str) -> Iterator[str]:
    """Name what no message has, before cantools makes room for it."""
    for found in _SIZES.finditer(text):
        if max(int(one[:9]) for one in found.groups() if one) > 8 * _LONGEST:
            line = text.count("\n", 0, found.start()) + 1
            yield f"{name}:{line}: {found[0].strip()!r} is beyond the {_LONGEST} bytes of the longest message"
    for found in _EXPONENT.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        yield f"{name}:{line}: {found[0]!r} is an exponent beyond what a number holds"


def _load(text: str, name: str) -> "Cantools":
    """Here, and only here, what cantools raises becomes ours."""
    from cantools.database import Database as Cantools
    from cantools.database.errors import Error
    from textparser import Error as NoText

    read = Cantools(strict=False, sort_signals=None)
    try:
        read.add_dbc_string(text)
    except (Error, NoText, *_OF_PYTHON) as wrong:
        said = str(wrong) or type(wrong).__name__
        raise InputError(f"{name}: not a DBC file that can be used: {said.strip()}") from None
    except RecursionError:
        raise InputError(f"{name}: not a DBC file that can be used: its multiplexers choose each other") from None
    return read


def _message(one: Any) -> Message:
    from cantools.database.errors import Error

    try:
        one.refresh(strict=True)
    except Error as wrong:
        raise CodecError(str(wrong)) from None
    fields = {signal.name: _field(signal) for signal in one.signals}
    root = _branch(one.signal_tree, fields)
    j1939 = one.protocol == "j1939"
    identifier, period = one.frame_id, (one.cycle_time or 0) * _MILLISECOND
    fd = bool(one.is_fd) or (one.length > 8 and not j1939)  # that has a transport protocol
    return Message(one.name, identifier, one.length, root, bool(one.is_extended_frame), fd, int(period), int(j1939))


def _field(signal: Any) -> Field:
    conversion = signal.conversion
    big = signal.byte_order == "big_endian"
    scale, offset = _whole(conversion.scale), _whole(conversion.offset)
    words = signal.comment or ""
    return Field(
        signal.name, signal.start, signal.length, scale, offset, signal.is_signed, big, conversion.is_float,
        signal.unit or "", words,
    )  # fmt: skip


def _whole(number: Any) -> float:
    try:
        real = float(number)
    except OverflowError:
        raise CodecError("it has a scale or an offset beyond what a number holds") from None
    return number if isinstance(number, int) and abs(real) < _EXACT else real


def _branch(tree: Any, fields: Mapping[str, Field]) -> Branch:
    """Return the branch of one level of cantools' tree: names, and {multiplexer: {value: level}}."""
    names = [one for one in tree if isinstance(one, str)]
    choices = [
        (fields[name], {value: _branch(inner, fields) for value, inner in branches.items()})
        for one in tree
        if not isinstance(one, str)
        for name, branches in one.items()
    ]
    own = tuple(fields[name] for name in names) + tuple(selector for selector, _ in choices)
    return Branch(own, tuple(choices))
