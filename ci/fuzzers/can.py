"""Damaged DBC and EDS files, slcan text and frames of J1939's transport protocol: each ends as its reader says.

A file is read or refused with an InputError; a line of slcan is an event; the transport protocol takes any frame and
holds one message for each partner at most. Nothing takes two seconds, and nothing grows.
"""

from collections.abc import Callable
from pathlib import Path
from random import Random
from time import process_time

from hil.errors import InputError
from hil.links.can import slcan
from hil.links.can.database import parse_dbc
from hil.links.can.eds import parse_eds
from hil.links.can.frame import CodecError, Frame
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


PARSERS: dict[str, Callable[[Random], str]] = {
    "dbc": _file(_ROOT / "drive.dbc", lambda text: parse_dbc(text, "x.dbc")),
    "eds": _file(_ROOT / "drive.eds", lambda text: parse_eds(text, "x.eds", 5)),
    "slcan": _slcan,
    "j1939": _transport,
}
"""A case of each parser: what went wrong, or nothing."""
