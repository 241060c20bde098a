import tomllib
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hil.bench.toml_lines import key_lines, line_of
from tests.bench._toml import Layout, Path


def paths(value: Any, path: Path = ()) -> list[Path]:
    """Every path into nested tables and arrays."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([path] if path else []), *(deep for key, one in inside for deep in paths(one, (*path, key)))]


@given(st.randoms(use_true_random=False))
def test_every_key_of_every_layout_has_its_line(random: Random) -> None:
    layout = Layout(random)
    assert tomllib.loads(layout.text) == layout.values
    found = key_lines(layout.text)
    assert found == layout.lines, layout.text
    assert set(found) == set(paths(layout.values))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("plant", "step"), 3),
        (("plant", "model"), 2),
        (("plant", "nothing"), 2),
        (("nothing",), 1),
        (("wires", 0), 5),
        (("wires", 1, "to"), 10),
        (("wires", 1, "WirePart", "to"), 10),
        (("wires", 2), 5),
        ((), 1),
    ],
)
def test_a_path_has_the_line_of_its_longest_known_part(path: Path, line: int) -> None:
    text = '\n[plant]\nstep = "1s"\n\n[[wires]]\nfrom = "a"\nto = "b"\n\n[[wires]]\nto = "c"\n'
    assert line_of(key_lines(text), path) == line


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment", "a = 1", "a = [1,\n2]", 'a = """x\n"""'])
def test_a_file_may_end_anywhere(text: str) -> None:
    assert set(key_lines(text)) == set(paths(tomllib.loads(text)))
