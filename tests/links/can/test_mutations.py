"""Damaged files, lines and frames; ci/fuzz can --cases N tries more of them."""

from random import Random

import pytest

from ci.fuzzers.can import PARSERS


@pytest.mark.parametrize("parser", PARSERS)
def test_whatever_comes_ends_as_its_reader_says(parser: str) -> None:
    faults = [PARSERS[parser](Random(f"test {parser} {case}")) for case in range(60)]
    assert not any(faults)
