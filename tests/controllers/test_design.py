from pathlib import Path

import numpy as np
import pytest

from controllers.design import reactor


def test_the_program_has_the_gains_that_are_derived() -> None:
    assert reactor.written(reactor.PROGRAM.read_text("utf-8")) == reactor.derive()


def test_a_changed_gain_is_found(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = tmp_path / "reactor.st"
    changed.write_text(
        reactor.PROGRAM.read_text("utf-8").replace("TIC101_KP : LREAL := 16.0", "TIC101_KP : LREAL := 17.0")
    )
    monkeypatch.setattr(reactor, "PROGRAM", changed)
    monkeypatch.setattr(reactor, "POINTS", ())
    assert reactor.main(["--check"]) == 1
    assert "reactor.st: loop t has [Gains(kp=17.0, ti=3100.0)], derived are [Gains(kp=16.0" in capsys.readouterr().err


def test_the_plant_is_linearised_as_published() -> None:
    at = reactor.point(2.0)
    assert (at.T, at.Tc) == pytest.approx((373.1313, 305.2024), abs=1e-4)
    assert at.a * 3600 == pytest.approx(np.array([[-5, -0.342669], [47.68, 2.784619]]), abs=1e-4)
    assert at.b * 3600 == pytest.approx([0, 0.3], abs=1e-6)


@pytest.mark.parametrize("CA", [8.5, 7.0, 5.0, 4.0, 2.0])
def test_every_loop_is_stable_and_robust(CA: float) -> None:
    for name, loop in reactor.loops(reactor.point(CA), reactor.derive()).items():
        found = reactor.margins(loop)
        assert found.stable, name
        assert found.up > 5
        assert found.down < 0.2
        assert found.phase > 45
        assert found.sensitivity < 1.6


def test_a_tenth_of_the_gain_does_not_hold_the_unstable_point() -> None:
    weak = reactor.derive()
    weak["t"] = [reactor.Gains(weak["t"][0].kp * 0.1, weak["t"][0].ti)]
    assert not reactor.margins(reactor.loops(reactor.point(5.0), weak)["t"]).stable


def test_the_table_is_printed_and_checked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactor, "POINTS", (5.0,))
    assert reactor.main(["--check"]) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "TIC101  KP     16 K/K  TI   3100 s" in said.out
    assert " 5.00   343.35  295.35   0.517     t      0.140    36.0    53.9     1.13" in said.out
