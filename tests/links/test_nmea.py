"""NMEA 0183: checksums by hand, positions to a few millimetres, and what is no sentence."""

import pytest

from hil.links.codecs.nmea import KNOT, LONGEST, Fix, Sentences, gga, hdt, rmc, sentence, update, vtg

HERE = Fix(
    time=45_296_780_000_000, latitude=-33.8567844, longitude=151.2152967, altitude=12.34, speed=7.5, course=271.25,
    heading=0.5, quality=4, satellites=11,
)  # fmt: skip


def read(*sentences: bytes) -> Fix:
    fix = Fix()
    for name, fields in Sentences().feed(b"".join(sentences)):
        fix = update(fix, name, fields) or fix
    return fix


def test_a_sentence_ends_with_the_exclusive_or_of_its_characters() -> None:
    assert sentence("AB") == b"$AB*03\r\n"
    assert sentence("GPGGA", "").startswith(b"$GPGGA,*")


def test_a_position_goes_out_in_degrees_and_minutes() -> None:
    assert gga(HERE).split(b"*")[0] == b"$GPGGA,123456.78,3351.407064,S,15112.917802,E,4,11,,12.34,M,,M,,"
    assert rmc(HERE, "221126").split(b"*")[0].endswith(b",S,15112.917802,E,14.579,271.25,221126,,")
    assert all(len(one) <= LONGEST for one in (gga(HERE), rmc(HERE, "221126"), vtg(HERE), hdt(HERE)))


def test_what_goes_out_comes_back() -> None:
    came = read(gga(HERE), rmc(HERE), hdt(HERE))
    assert (came.time, came.altitude, came.quality, came.satellites) == (HERE.time, 12.34, 4, 11)
    assert (came.course, came.heading) == (271.25, 0.5)
    assert came.latitude == pytest.approx(HERE.latitude, abs=1e-8)
    assert came.longitude == pytest.approx(HERE.longitude, abs=1e-8)
    assert came.speed == pytest.approx(7.5, abs=0.001 * KNOT)
    assert read(vtg(HERE)).speed == came.speed


def test_without_a_fix_there_is_no_position() -> None:
    assert read(gga(HERE), gga(Fix(time=0))) == Fix(time=0, quality=0)
    assert read(rmc(HERE), rmc(Fix())).latitude is None


@pytest.mark.parametrize(
    "wrong",
    [
        b"$AB*04\r\n", b"AB*03\r\n", b"$AB*0\r\n", b"$AB*zz\r\n", b"\xff" * 200, b"$" + b"A" * 90 + b"*00\r\n",
    ],
)  # fmt: skip
def test_what_is_no_sentence_is_counted_and_the_next_one_is_read(wrong: bytes) -> None:
    sentences = Sentences()
    assert [*sentences.feed(wrong), *sentences.feed(b"\n"), *sentences.feed(sentence("AB"))] == [("AB", [])]
    assert sentences.damaged >= 1


@pytest.mark.parametrize("fields", [[], ["x"] * 9, ["000000", "9901.0", "N", "0", "E", "1", "4", "", "1"]])
def test_numbers_that_are_none_change_nothing(fields: list[str]) -> None:
    assert update(HERE, "GPGGA", fields) is None
