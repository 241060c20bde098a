"""Damaged DBC and EDS files, slcan text, frames of J1939 and of SDO: each ends as its reader says.

A file is read or refused with an InputError; a line of slcan is an event; the transport protocol and a node take any
frame and hold one message for each partner at most; a transfer over SDO goes on, ends, or is an Abort, and a server
answers with 8 bytes. Nothing takes two seconds, and nothing grows.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time

from hil.errors import InputError
from hil.links.can import sdo, slcan
from hil.links.can.database import parse_dbc
from hil.links.can.eds import parse_eds
from hil.links.can.frame import CodecError, Frame
from hil.links.can.j1939 import CLAIM, DM1, REQUEST, Name
from hil.links.can.node import Group, Identity, Node, Troubles
from hil.links.can.transport import CONTROL, DATA, LONGEST, Transport

LONGEST_TIME = 2.0  # s of the processor: nothing here waits
_ROOT = Path(__file__).parents[2] / "rigs" / "drive"
_PIECES = [
    "",
    " ",
    '"',
    "[",
    "]",
    "@",
    "|",
    ":",
    "\n",
    "0",
    "-1",
    "99999999999",
    "1e999",
    "nan",
    "\0",
    "é",
    "SG_",
    "BO_",
]


def fuzz(cases: int, seed: int) -> tuple[int, str]:
    """How many cases of each parser were tried, and the first that did not end as it has to, if any."""
    for name, one in PARSERS.items():
        one(Random(name))  # the libraries are imported before the clock runs
        for case in range(cases):
            began = process_time()
            try:
                fault = one(Random(f"{seed} {name} {case}"))
            except Exception as wrong:  # noqa: BLE001 - whatever it is, it should not have left the parser
                fault = f"{type(wrong).__name__}: {wrong}"
            if (took := process_time() - began) > LONGEST_TIME:
                fault = f"took {took:.1f} s"
            if fault:
                return case, f"{name}, seed {seed}, case {case}: {fault}"
    return cases * len(PARSERS), ""


def damaged(text: str, random: Random) -> str:
    """Return a text with one to four of its places cut, doubled, swapped or replaced."""
    for _ in range(random.randint(1, 4)):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice([1, 1, 2, 5, 40]))
        middle = random.choice(["", text[at:end] * 2, random.choice(_PIECES), text[at:end][::-1]])
        text = text[:at] + middle + text[end:]
        if random.random() < 0.1:
            text = text[: random.randrange(len(text) + 1)]
    return text


def _file(path: Path, parse: Callable[[str], object]) -> Callable[[Random], str]:
    whole = path.read_text()

    def case(random: Random) -> str:
        try:
            parse(damaged(whole, random))
        except InputError as refused:
            return "" if all(one.startswith("x.") for one in refused.faults) else f"no place in {refused}"
        return ""

    return case


def _slcan(random: Random) -> str:
    frames = [Frame(random.randrange(0x800), random.randbytes(random.randint(0, 8))) for _ in range(5)]
    text = b"".join(slcan.encode(one) for one in frames) + b"sb000256\re1a\rV1013\r"
    reader = slcan.Reader()
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(text))
        text = text[:at] + random.randbytes(random.choice([0, 1, 1, 3, 400])) + text[at + random.randint(0, 3) :]
        text = text or b"\r"
    events = list(reader.feed(text))
    events += reader.feed(b"\r" + slcan.encode(Frame(0x123, b"\1")))
    return "" if events[-1] == Frame(0x123, b"\1") else f"the sound line behind {text!r} is lost"


def _transport(random: Random) -> str:
    """Frames of the protocol from a few addresses with one right and seven random bytes, and time that jumps."""
    node, now = Transport(1), 0
    for _ in range(30):
        now += random.choice([0, 0, 10**6, 10**9])
        group = random.choice([CONTROL, CONTROL, DATA])
        head = bytes((random.choice([16, 17, 19, 32, 255, 1, 2, random.randrange(256)]),))
        size = random.choice([9, 20, LONGEST, random.randrange(65536)]).to_bytes(2, "little")
        data = head + size + bytes((random.choice([2, 3, 255]), random.randrange(256))) + b"\xca\xfe\x00"
        to = random.choice([1, 255, 7])
        data = data if random.random() < 0.8 else random.randbytes(random.randint(0, 8))
        frame = Frame(7 << 26 | group << 8 | to << 8 | random.randrange(2, 6), data, extended=True)
        list(node.seen(frame, now))
        list(node.tick(now))
        if random.random() < 0.2:
            _send(node, random, now)
    held = len(node._in) + len(node._out)
    return "" if held <= 2 * 4 + 5 else f"{held} messages are held for four partners"


def _send(node: Transport, random: Random, now: int) -> None:
    try:
        node.send(0xFECA, bytes(random.randint(0, 2000)), random.choice([2, 3, 4, 5, 255]), now)
    except CodecError:
        return


def _node(random: Random) -> str:
    """Claims, requests, trouble codes and transfers from a few addresses; the node always sends sound frames."""
    node, troubles, now = (
        Node(Identity((1, 2), Name(identity=9, arbitrary=1)), Identity((3,), Name(identity=4))),
        Troubles(),
        0,
    )
    sent = node.start(now)
    for _ in range(40):
        now += random.choice([0, 10**6, 3 * 10**8])
        group = random.choice([CLAIM, REQUEST, DM1, CONTROL, DATA, 0xEF00, random.randrange(1 << 18)])
        data = random.choice([Name(identity=random.randrange(12)).pack(), random.randbytes(random.randint(0, 8))])
        identifier = 6 << 26 | group << 8 | random.choice([0, 1, 255]) << 8 | random.choice([1, 2, 3, 254, 255])
        frame = Frame(identifier & 0x1FFFFFFF, data, extended=random.random() < 0.95, remote=random.random() < 0.05)
        sent += [*node.manage(frame, now), *node.elapse(now), *node.seen(frame, now), *node.tick(now)]
        troubles.seen(Group(DM1, 3, 255, random.randbytes(random.randint(0, 40))))
    wrong = [one for one in sent if len(one.data) > 8 or not one.extended]
    return f"the node sent {wrong[0]}" if wrong else ""


class _Objects:
    """A store for a server of SDO, whose one object takes anything."""

    value = b"12345678"

    def read(self, index: int, sub: int) -> bytes:
        if (index, sub) != (0x2000, 0):
            raise sdo.Abort(sdo.ABSENT)
        return self.value

    def write(self, index: int, sub: int, value: bytes) -> None:
        self.read(index, sub)
        self.value = value


def _sdo(random: Random) -> str:
    """Requests to a server, answers to a client: a right command, often the right object, and random bytes."""

    def bytes_of(commands: list[int]) -> bytes:
        head = bytes((random.choice([*commands, random.randrange(256)]),))
        where = b"\x00\x20\x00" if random.random() < 0.8 else random.randbytes(3)
        whole = head + where + random.choice([bytes(4), b"\x08\0\0\0", random.randbytes(4)])
        return whole if random.random() < 0.95 else random.randbytes(random.randint(0, 12))

    server = sdo.Server(_Objects())
    for _ in range(40):
        answer = server.seen(bytes_of([0x40, 0x60, 0x70, 0x21, 0x23, 0x2F, 0x00, 0x10, 0x01, 0x11, 0x80]))
        if answer is not None and len(answer) != 8:
            return f"the server answered with {answer.hex(' ')}"
    reads, value = random.random() < 0.5, bytes(random.randint(0, 20))
    client: sdo.Upload | sdo.Download = sdo.Upload(0x2000, 0) if reads else sdo.Download(0x2000, 0, value)
    request: bytes | None = client.start()
    try:
        while request is not None:
            if len(request) != 8:
                return f"the client asked with {request.hex(' ')}"
            request = client.answer(bytes_of([0x41, 0x43, 0x4F, 0x60, 0x20, 0x30, 0x00, 0x10, 0x01, 0x11]))
    except sdo.Abort:
        return ""
    return ""


PARSERS: dict[str, Callable[[Random], str]] = {
    "dbc": _file(_ROOT / "drive.dbc", lambda text: parse_dbc(text, "x.dbc")),
    "eds": _file(_ROOT / "drive.eds", lambda text: parse_eds(text, "x.eds", 5)),
    "slcan": _slcan,
    "j1939": _transport,
    "node": _node,
    "sdo": _sdo,
}
"""A case of each parser: what went wrong, or nothing."""
