"""Thinning keeps every peak; sorting puts what belongs together into one plot."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hil.evidence._series import bucket_edges, page, plain, thin, thin_time
from hil.record import Channel, Recording, Writer, read
from tests.evidence.samples import findings, recording
from tests.record.samples import QUICK


@QUICK
@given(st.integers(2, 3000), st.integers(50, 200), st.integers(0, 2**32 - 1))
def test_thinning_keeps_the_extremes_of_every_bucket(rows: int, buckets: int, seed: int) -> None:
    y = np.random.default_rng(seed).normal(size=rows)
    edges = bucket_edges(rows, buckets)
    if edges is None:
        assert rows <= 2 * buckets
        assert thin(y, edges) is y
        return
    pairs = thin(y, edges)[:-1].reshape(-1, 2)
    cut = np.split(y, edges[1:])
    assert pairs.min(axis=1).tolist() == [part.min() for part in cut]
    assert pairs.max(axis=1).tolist() == [part.max() for part in cut]
    t = thin_time(np.arange(rows) * 10**9, edges)
    assert (len(t), t[0], t[-1]) == (2 * buckets + 1, 0.0, rows - 1.0)
    assert t == sorted(t)


def test_one_short_pulse_and_one_gap_survive_in_a_million_rows() -> None:
    y = np.zeros(1_000_000, np.uint8)
    y[123_456] = 1
    edges = bucket_edges(y.size, 500)
    assert thin(y, edges).tolist().count(1) == 1
    gap = np.where(np.arange(y.size) < 400_000, np.nan, 1.0)
    assert plain(thin(gap, edges)) == [None] * 400 + [1.0] * 601


def test_a_straight_line_stays_one() -> None:
    for slope in (1.0, -1.0):
        y = slope * np.arange(10_000)
        steps = np.diff(thin(y, bucket_edges(y.size, 100)))
        assert (np.sign(steps[steps != 0]) == slope).all()


def test_numbers_for_the_page_are_short_and_finite() -> None:
    y = np.array([300.0, 300.0 + 1 / 3, np.nan, np.inf, 310.0])
    assert plain(y) == [300.0, 300.33333, None, None, 310.0]
    assert plain(np.array([1e-9, 4 / 3 * 1e-9])) == [1e-9, 4 / 3 * 1e-9]
    assert plain(np.array([0.1], np.float32).astype(np.float64)) == [0.10000000149011612]
    assert plain(np.array([1, -7], np.int16)) == [1, -7]


def test_plots_are_by_block_and_unit_and_judged_ones_come_first(tmp_path: Path) -> None:
    shown = page(recording(tmp_path, 500), findings("fail"))
    names = [[s["name"] for s in plot.series] for plot in shown.judged]
    assert names == [["reactor.T", "reactor.T_set"], ["reactor.CA"], ["valve.position"]]
    others = [[s["name"] for s in plot.series] for plot in shown.others]
    assert others == [
        ["reactor.Tc"],
        ["plc.STEP"],
        ["plc.CTL.I"],
        ["plc.ALARM_HIGH", "plc.INTERLOCK", "plc.RUN"],
    ]
    assert [(c.name, v) for c, v in shown.constants] == [("reactor.volume", "1"), ("plc.KP", "2.5")]
    assert [text for _, text in shown.texts[0][1]] == ["starting", "heating", "in control"]
    assert [(b["id"], b["low"], b["high"]) for b in shown.judged[0].bounds] == [
        ("T-max", None, 380.0),
        ("T-band", 364.3, 372.3),
    ]


def test_a_judged_signal_is_drawn_even_if_it_never_changed(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", [Channel("valve.position", "%", "", "f4")]) as writer:
        writer.append(np.zeros(3, writer.dtype))
    shown = page(read(tmp_path / "r.mf4"), findings("pass"))
    assert [plot.series[0]["name"] for plot in shown.judged] == ["valve.position"]


def test_an_empty_record_has_nothing_to_draw(tmp_path: Path) -> None:
    empty: Recording = recording(tmp_path, 0)
    shown = page(empty, [])
    assert (shown.t, shown.judged, shown.others) == ([], [], [])
    assert shown.texts[0][1] == []
