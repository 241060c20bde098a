"""Mutated bytes for each parser of a link: one class of error, bounded time, nothing held back without end."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from hil.links.certificates import Expected, TrustList, validate
from hil.links.codecs import device_identification, nmea
from hil.links.codecs.frames import Field, Format, Frames
from hil.links.codecs.modbus import (
    Damaged,
    Refusal,
    RtuFrames,
    TcpFrames,
    content,
    read_request,
    rtu_frame,
    tcp_frame,
    write_registers,
)
from hil.links.codecs.sentences import SentenceFormat
from hil.links.framed import Form

LONGEST = 2.0
"""Seconds that one case may take."""
_HELD = 2000  # bytes that a parser may keep for later
_READ = read_request("holding register", 107, 3)
_REQUESTS = (_READ, read_request("coil", 1, 9), write_registers(1, b"abcdef"))
_FORM = Format([Field("a", "i2", 0.1), Field("b", "f4"), Field("c", "u1")], sequence=True)
_LENGTH = Format(_FORM.fields, "length", "crc32")
_PLATE = {0: "maker", 2: "2.1", 5: "box", 128: "B-7"}
_TALK = SentenceFormat([Field("a", "latitude"), Field("b", "longitude"), Field("c", "speed"), Field("d", "i2")])
_FIX = nmea.Fix(time=1, latitude=50.0, longitude=8.0, altitude=1.0, speed=1.0, course=2.0, heading=3.0)


def mutated(random: Random, data: bytes) -> bytes:
    """Return data with a few bytes changed, left out, doubled or put in."""
    out = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(out) + 1)
        match random.randrange(5):
            case 0 if at < len(out):
                out[at] ^= 1 << random.randrange(8)
            case 1 if at < len(out):
                out[at] = random.choice((0, 1, 0x7F, 0x80, 0xFF))
            case 2:
                del out[at : at + random.randint(1, 8)]
            case 3:
                out[at:at] = random.randbytes(random.randint(1, 8))
            case _:
                out += out[at : at + random.randint(1, 300)]
    return bytes(out)


def _tcp(data: bytes) -> int:
    frames = TcpFrames()
    try:
        for _, _, pdu in frames.feed(data):
            content(_READ, pdu)
    except (Damaged, Refusal):
        pass
    return len(frames._held)


def _rtu(data: bytes) -> int:
    held = 0
    for side in ("request", "answer"):
        frames = RtuFrames("request" if side == "request" else "answer")
        for _ in frames.feed(data):
            pass
        held = max(held, len(frames._held))
        for _ in frames.silence():
            pass
    return held


def _identified(data: bytes) -> int:
    with suppress(Damaged):
        device_identification.content(data)
    device_identification.answer(data[:4], _PLATE)
    return _rtu(rtu_frame(1, data))


def _framed(form: Form) -> Callable[[bytes], int]:
    def parse(data: bytes) -> int:
        frames = form.frames()
        for _ in frames.feed(data):
            pass
        return len(frames._held if isinstance(frames, Frames) else frames._sentences._held)

    return parse


def _nmea(data: bytes) -> int:
    sentences, fix = nmea.Sentences(), nmea.Fix()
    for name, fields in sentences.feed(data):
        fix = nmea.update(fix, name, fields) or fix
    # A number that is none in a sentence with the right checksum, too.
    body = data[1:70].decode("latin-1")
    nmea.update(fix, "GPGGA", body.split(","))
    nmea.update(fix, "GPRMC", body.split(","))
    return len(sentences._held)


def _certificate() -> bytes:
    key, name = rsa.generate_private_key(65537, 2048), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "fuzz")])
    now = datetime(2026, 1, 1, tzinfo=UTC)
    built = x509.CertificateBuilder(name, name, key.public_key(), 1, now, now + timedelta(days=9))
    uri = x509.SubjectAlternativeName([x509.UniformResourceIdentifier("urn:a")])
    signed = built.add_extension(uri, critical=False).sign(key, hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def _judged(data: bytes) -> int:
    expected = Expected("server", datetime(2026, 1, 2, tzinfo=UTC), uri="urn:a")
    assert not validate(data, TrustList(), expected).trusted
    return 0


def parsers() -> Iterator[tuple[str, list[bytes], Callable[[bytes], int]]]:
    """Yield each parser's name, sound bytes to begin with, and what parses and tells how much it holds."""
    yield (
        "modbus tcp",
        [tcp_frame(1, 1, b"\x03\x06\x02\x2b\0\0\0\x64"), *(tcp_frame(2, 1, one) for one in _REQUESTS)],
        _tcp,
    )
    yield "modbus rtu", [rtu_frame(1, one) for one in _REQUESTS], _rtu
    asked = device_identification.request()
    yield "identification", [device_identification.answer(asked, _PLATE), asked], _identified
    yield "frames in cobs", [_FORM.encode([1, 2, 3], 7) * 3], _framed(_FORM)
    yield "frames with a length", [_LENGTH.encode([1, 2, 3]) * 3], _framed(_LENGTH)
    yield "nmea", [nmea.gga(_FIX), nmea.rmc(_FIX), nmea.vtg(_FIX), nmea.hdt(_FIX)], _nmea
    yield "nmea as a framing", [_TALK.encode([50.0, 8.0, 1.5, 3])], _framed(_TALK)
    yield "certificates", [_certificate()], _judged


def fuzz(cases: int, seed: int) -> tuple[int, str]:
    """Return how many cases were tried, `cases` of each parser, and what was wrong with the last."""
    done = 0
    for name, sound, parse in parsers():
        for case in range(cases):
            random = Random(f"{seed} {name} {case}")
            data = mutated(random, random.choice(sound))
            began = perf_counter()
            try:
                held = parse(data)
            except Exception as error:  # noqa: BLE001 - whichever it is, it is the finding
                return done, f"{name}, seed {seed}, case {case}: {data.hex()} raised {error!r}"
            if (took := perf_counter() - began) > LONGEST or held > _HELD:
                return done, f"{name}, seed {seed}, case {case}: {data.hex()} took {took:.1f} s and holds {held} bytes"
            done += 1
    return done, ""
