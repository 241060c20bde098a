"""What a wiring file says of J1939: who the nodes are, and its messages with whom they come from and go to.

[j1939.bench]                           # the node of the bench; it claims its address when the link is opened
address = 0x21                          # or [0x21, 0x80], in the order in which they are wanted
name = { identity = 1, manufacturer = 0, function = 0, group = 3 }       # the rest is 0; or the whole as one number
[j1939.controller]                      # the controller's; left out, messages are taken from every node
address = 0x27                          # where it is, until its NAME claims another address
name = { identity = 2 }                 # left out of a foreign one, whatever is at the address is the controller
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hil.errors import InputError, near
from hil.links.can.frame import CodecError
from hil.links.can.j1939 import GLOBAL, MESSAGES, NULL, Name, addressed, name_of, pack, unpack
from hil.links.can.node import Identity
from hil.links.can.signals import Message
from hil.links.can.transport import LONGEST
from hil.links.can.trouble import trouble_message

_PUBLISHED = {one.name: one for one in MESSAGES.values()}
_ENTRY = {"message": str, "name": str, "source": int, "destination": int}


@dataclass(frozen=True)
class Nodes:
    """The two sides of the wire as nodes; None where nobody says who it is."""

    bench: Identity | None = None
    controller: Identity | None = None


def nodes_of(path: str, table: Mapping[str, Any]) -> Nodes:
    """Return the nodes of a table `[j1939]`.

    Raises:
        InputError: keys, addresses and NAMEs that there are not; all at once.
    """
    faults = [f"{path}: unknown key {key!r} in [j1939]{near(key, _SIDES)}" for key in table if key not in _SIDES]
    found: dict[str, Identity] = {}
    for side in _SIDES:
        if side in table:
            try:
                found[side] = _identity(table[side])
                if side == "bench" and found[side].name is None:
                    faults.append(f"{path}: [j1939.bench] has no name; give it one, as name = {{ identity = 1 }}")
            except (CodecError, TypeError) as wrong:
                faults.append(f"{path}: [j1939.{side}]: {wrong}")
    if faults:
        raise InputError(faults)
    return Nodes(**found)


_SIDES = ("bench", "controller")


def _identity(table: object) -> Identity:
    if not isinstance(table, Mapping) or "address" not in table or set(table) - {"address", "name"}:
        raise CodecError("a node has an address, as 0x21 or [0x21, 0x80], and a name")
    given, said = table["address"], table.get("name")
    addresses = tuple(given) if isinstance(given, list) else (given,)
    if not addresses or not all(type(one) is int and 0 <= one < NULL for one in addresses):
        raise CodecError(f"a node can have the addresses 0 to 253, not {given!r}")
    if said is None:
        return Identity(addresses)
    if type(said) is int:
        if not 0 <= said < 1 << 64:
            raise CodecError(f"a NAME has 64 bits, {said:#x} has more")
        name = name_of(said.to_bytes(8, "little"))
    elif isinstance(said, Mapping) and all(type(one) is int for one in said.values()):
        if unknown := set(said) - set(Name._fields):
            raise CodecError(f"a NAME has no part {min(unknown)!r}{near(min(unknown), Name._fields)}")
        # Who has a choice says so (J1939-81, 4.1.1).
        name = Name(**{"arbitrary": int(len(addresses) > 1), **said})
    else:
        raise CodecError(f"a NAME is one number or a table of {', '.join(Name._fields)}, not {said!r}")
    name.pack()
    if len(addresses) > 1 and not name.arbitrary:
        raise CodecError(f"a NAME that is not arbitrary has one address, not {given}")
    return Identity(addresses, name)


def messages_of(
    entries: list[Any], find: Callable[[str], Message | None], codes: Sequence[str]
) -> Iterator[Message | str]:
    """Yield the messages of a list `to` or `from`, and a sentence for each entry that is none.

    An entry is a message's name, or a table with its name, another one to call it by, its source and destination;
    `find` knows those of a DBC file, the `codes` are those of DM1.
    """
    names: set[str] = set()
    for entry in entries:
        try:
            one = _entry({"message": entry} if isinstance(entry, str) else entry, find, codes)
        except CodecError as wrong:
            yield str(wrong)
            continue
        if one.name in names:
            yield f"message {one.name!r} is there twice; give one of them another name"
        names.add(one.name)
        yield one


def _entry(entry: object, find: Callable[[str], Message | None], codes: Sequence[str]) -> Message:
    if not isinstance(entry, Mapping) or any(type(entry.get(key, kind())) is not kind for key, kind in _ENTRY.items()):
        raise CodecError(f"a message is a name, or a table with {', '.join(_ENTRY)}, not {entry!r}")
    if "message" not in entry or set(entry) - set(_ENTRY):
        raise CodecError(f"a message is a name, or a table with {', '.join(_ENTRY)}, not {dict(entry)}")
    name = entry["message"]
    message = trouble_message(codes) if name == "DM1" else find(name) or _PUBLISHED.get(name)
    if message is None:
        raise CodecError(f"no message {name!r}{near(name, [*_PUBLISHED, 'DM1'])}")
    if not message.extended:
        raise CodecError(f"message {name} has an identifier of 11 bits, J1939 has 29")
    if message.size > LONGEST:
        raise CodecError(f"message {name} has {message.size} bytes, the transport protocol carries {LONGEST}")
    # Whose address a DBC file has in its identifiers is of no account: addresses are claimed.
    parts = unpack(message.identifier)
    to = entry.get("destination", GLOBAL)
    if to != GLOBAL and not addressed(parts.pgn):
        raise CodecError(f"message {name} (PGN {parts.pgn}) is sent to all and to no address {to}")
    identifier = pack(parts._replace(source=entry.get("source", NULL), destination=to))
    return replace(message, name=entry.get("name", name), identifier=identifier, fd=False, filler=1)
