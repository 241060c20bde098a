import ctypes
from collections.abc import Callable
from pathlib import Path

import pytest

from hil.blocks.native import Library, cache_folder, cached, object_code

SCALE = """
declare double @cos(double)
define double @scale(double %a, double %b, double %c) {
  %product = fmul double %a, %b
  %sum = fadd double %product, %c
  ret double %sum
}
define double @unused(double %a) {
  %r = call double @cos(double %a)
  ret double %r
}
"""


def maker(made: list[int]) -> Callable[[], bytes]:
    def make() -> bytes:
        made.append(1)
        return b"code"

    return make


def test_object_code_goes_in_and_addresses_come_out() -> None:
    library = Library(object_code(SCALE))
    scale = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * 3)(library.address("scale"))
    assert scale(3.0, 4.0, 0.5) == 12.5
    with pytest.raises(LookupError) as error:
        library.address("scal")
    assert str(error.value) == "no function scal in this object code"


def test_a_product_and_a_sum_are_rounded_one_after_the_other() -> None:
    library = Library(object_code(SCALE))
    scale = ctypes.CFUNCTYPE(ctypes.c_double, *[ctypes.c_double] * 3)(library.address("scale"))
    a = 1.0 + 2.0**-30
    assert scale(a, a, -1.0 - 2.0**-29) == 0.0, "a fused multiply-add would leave 2^-60"


def test_the_same_text_gives_the_same_object_code() -> None:
    assert object_code(SCALE) == object_code(SCALE)


def test_only_what_is_kept_stays_visible() -> None:
    library = Library(object_code(SCALE, keep=["scale"]))
    assert library.address("scale")
    with pytest.raises(LookupError):
        library.address("unused")


@pytest.mark.parametrize("foreign", ["NRT_Allocate", "PyErr_SetString"])
def test_code_that_needs_more_than_libc_is_refused(foreign: str) -> None:
    text = f"declare void @{foreign}()\ndefine void @f() {{\n call void @{foreign}()\n ret void\n}}\n"
    with pytest.raises(LookupError, match=f"^{foreign}$"):
        object_code(text)


def test_the_cache_is_where_the_environment_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HIL_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path
    monkeypatch.delenv("HIL_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "hilbench"


def test_what_was_made_once_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HIL_CACHE", str(tmp_path))
    made: list[int] = []
    assert [cached("a/b", maker(made)) for _ in range(3)] == [b"code"] * 3
    assert len(made) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["b"]


@pytest.mark.parametrize("damage", [b"", b"x", b"x" * 36, None])
def test_a_damaged_file_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, damage: bytes | None) -> None:
    monkeypatch.setenv("HIL_CACHE", str(tmp_path))
    made: list[int] = []
    cached("b", maker(made))
    kept = tmp_path / "b"
    kept.write_bytes(kept.read_bytes()[:-1] if damage is None else damage)
    assert [cached("b", maker(made)) for _ in range(2)] == [b"code"] * 2
    assert len(made) == 2


@pytest.mark.parametrize("place", ["file", "file/below", "/dev/null/below", "/proc/none"])
def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    (tmp_path / "file").write_text("not a folder")
    monkeypatch.setenv("HIL_CACHE", str(tmp_path / place))
    made: list[int] = []
    assert [cached("a/b", maker(made)) for _ in range(2)] == [b"code"] * 2
    assert len(made) == 2


def test_a_write_that_breaks_off_leaves_no_draft(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HIL_CACHE", str(tmp_path))
    (tmp_path / "b").mkdir()  # in the way of the finished file
    assert cached("b", lambda: b"code") == b"code"
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
