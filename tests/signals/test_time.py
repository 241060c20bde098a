import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.errors import InputError
from hil.signals import duration, in_words


@given(st.integers(0, 2**62 - 1))
def test_what_is_written_in_words_reads_back_exactly(nanoseconds: int) -> None:
    assert duration(in_words(nanoseconds)) == nanoseconds


@pytest.mark.parametrize(
    ("text", "nanoseconds"),
    [
        ("0s", 0),
        ("1ns", 1),
        ("100ms", 100_000_000),
        ("0.1s", 100_000_000),
        (".5 us", 500),
        ("1h30min", 5_400_000_000_000),
        ("1.5h", 5_400_000_000_000),
        ("1 h 30 min", 5_400_000_000_000),
        ("2d", 172_800_000_000_000),
        ("0.000000001s", 1),
    ],
)
def test_a_time_is_a_number_and_a_unit(text: str, nanoseconds: int) -> None:
    assert duration(text) == nanoseconds


@pytest.mark.parametrize(
    ("nanoseconds", "text"),
    [(0, "0s"), (5_400_000_000_000, "1h30min"), (1_000_001, "1ms1ns"), (90_000_000_000, "1min30s")],
)
def test_a_time_in_words_is_made_of_whole_parts(nanoseconds: int, text: str) -> None:
    assert in_words(nanoseconds) == text


@pytest.mark.parametrize("text", ["", "5", "s", "5 parsec", "1h30", "-5s", "1e3s", "5sx", "1,5s"])
def test_what_is_no_time_is_refused_with_the_units_there_are(text: str) -> None:
    with pytest.raises(InputError) as error:
        duration(text)
    expected = f"{text!r} is not a time; write a number and a unit (ns, us, ms, s, min, h, d), as 1h30min"
    assert str(error.value) == expected


@pytest.mark.parametrize("text", ["0.5ns", "1.0000000001s"])
def test_a_part_of_a_nanosecond_is_refused(text: str) -> None:
    with pytest.raises(InputError) as error:
        duration(text)
    assert str(error.value) == f"{text!r} is not a whole number of nanoseconds"


def test_a_time_that_does_not_fit_is_refused() -> None:
    assert duration(in_words(2**62 - 1)) == 2**62 - 1
    with pytest.raises(InputError) as error:
        duration("60000d")
    assert str(error.value) == "'60000d' is longer than 146 years, the longest time that fits"
