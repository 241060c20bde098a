"""NMEA 0183 as a framing: which sentences leave when, and what is read out of those that come."""

import pytest

from hil.errors import InputError
from hil.links.codecs.frames import Field
from hil.links.codecs.nmea import sentence
from hil.links.codecs.sentences import SentenceFormat

FIELDS = [Field("LAT", "latitude"), Field("LON", "longitude"), Field("HEAD", "heading"), Field("GATE", "i2")]
VALUES = [-33.5, 151.25, 90.0, 3]
GGA = sentence("GPGGA", "", "3330.000000", "S", "15115.000000", "E", "1", *[""] * 3, "M", "", "M", "", "")


def names(data: bytes) -> list[str]:
    return [line.split(b",")[0].decode() for line in data.splitlines()]


def test_a_frame_has_the_sentences_of_its_quantities_and_then_our_own() -> None:
    data = SentenceFormat(FIELDS).encode(VALUES)
    assert names(data) == ["$GPGGA", "$HEHDT", "$PHIL"]
    assert data.startswith(GGA)
    assert b"$PHIL,3*" in data


def test_each_sentence_has_a_rate_of_its_own() -> None:
    form = SentenceFormat(FIELDS[:3], {"GGA": 5, "HDT": 1, "RMC": 10})
    sent = [names(form.encode(VALUES[:3])) for _ in range(20)]
    assert [sum(name in each for each in sent) for name in ("$GPGGA", "$HEHDT", "$GPRMC")] == [4, 20, 2]
    assert sent[5] == ["$GPGGA", "$HEHDT"]


def test_values_come_as_soon_as_all_are_known_and_then_with_each_sentence() -> None:
    reader = SentenceFormat([Field("LAT", "latitude"), Field("V", "speed", 3.6)]).frames()
    first, second = (sentence("GPVTG", "", "T", "", "M", knots, "N", "", "K") for knots in ("10.0", "0.0"))
    assert list(reader.feed(GGA)) == []
    assert list(reader.feed(first)) == [(0, [-33.5, pytest.approx(3.6 * 10 * 1852 / 3600)])]
    assert (list(reader.feed(second)), reader.damaged) == ([(0, [-33.5, 0.0])], 0)


@pytest.mark.parametrize(
    "wrong", [b"$PHIL,1*01\r\n", sentence("PHIL"), sentence("PHIL", "x"), sentence("PHIL", "1", "2")]
)
def test_what_is_no_sentence_of_ours_is_counted(wrong: bytes) -> None:
    reader = SentenceFormat([Field("GATE", "i2")]).frames()
    assert (list(reader.feed(wrong)), reader.damaged) == ([], 1)


def test_what_is_sent_is_what_is_read_and_no_number_is_an_empty_field() -> None:
    form = SentenceFormat([Field("A", "f8", 2.0, 1.0), Field("B", "f8")])
    assert list(form.frames().feed(form.encode([7.25, -1e-30]))) == [(0, [7.25, -1e-30])]
    assert b"$PHIL,,1.0*" in form.encode([float("nan"), 1])


def test_a_kind_that_is_none_is_named_with_what_is_near() -> None:
    with pytest.raises(InputError, match="field LAT: no kind 'lattitude' of NMEA 0183; did you mean 'latitude'"):
        SentenceFormat([Field("LAT", "lattitude")])
