"""report.html is complete in itself, and nothing in it can be taken for markup or script."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from hil.evidence import report
from hil.record import Channel, Writer, read
from tests.evidence.samples import finding, recording, result

HOSTILE = '</script><script>alert(1)</script><img src="x" onerror=alert(1)>'


class Page(HTMLParser):
    """Tags with their attributes, the texts of scripts, and the words a reader sees."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.inside: list[str] = []
        self.scripts: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "img", "link"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.inside.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.inside and self.inside[-1] == "script":
            self.scripts.append(data)
        elif self.inside and self.inside[-1] != "style":
            self.words += data

    def data(self) -> dict[str, Any]:
        return next(json.loads(text) for text in self.scripts if text.startswith("{"))


def test_the_page_asks_for_nothing_from_outside(tmp_path: Path) -> None:
    text = report(result(recording(tmp_path, 500)), read(tmp_path / "record.mf4"))
    page = Page(text)
    assert page.inside == []
    targets = [value for _, attrs in page.tags for name, value in attrs.items() if name in ("src", "href")]
    assert all(str(target).startswith("#") for target in targets)
    assert not re.search(r"url\(|@import|\bfetch\(|XMLHttpRequest|WebSocket|\bimport\(", text)
    policy = dict(page.tags)["meta"]
    assert any("default-src 'none'" in str(a.get("content")) for tag, a in page.tags if tag == "meta"), policy
    assert not {"link", "img", "iframe"} & {tag for tag, _ in page.tags}


def test_the_page_says_verdict_margins_and_digests(tmp_path: Path) -> None:
    run = result(recording(tmp_path, 500), "fail")
    words = Page(report(run, read(tmp_path / "record.mf4"))).words
    for said in (
        "✕ Fail",
        "−0.38 K",
        "+10.93 K",
        "364.3 ≤ reactor.T ≤ 372.3 K",
        "left the band after",
        "1241.8 s",
    ):
        assert said in words
    for said in (run["record"]["digest"], "cd" * 32, " ".join(run["command"]), "feed temperature +5 K", "policy.total"):
        assert said in words
    assert words.index("T-band") < words.index("T-max"), "what failed comes first"
    assert "Every row of the record is drawn." in words


def test_the_page_says_who_the_target_is_and_what_the_link_agreed_on(tmp_path: Path) -> None:
    run = result(recording(tmp_path, 500), "pass")
    run["target"] = {"name": "external", "identity": {"serial_number": "B-7"}, "up": [{"step": "port", "seconds": 0.1}]}
    run["link_health"] = {"agreed": ({"name": "queue size", "asked": 1, "revised": 2},), "values": ()}
    page = report(run, read(tmp_path / "record.mf4"))
    told = {"identity.serial_number": "B-7", "up.port.seconds": "0.1", "agreed.queue size.revised": "2", "values": "()"}
    assert [name for name, text in told.items() if f'<th scope="row">{name}</th><td>{text}</td>' not in page] == []


def test_the_page_holds_every_moving_signal_as_it_was_recorded(tmp_path: Path) -> None:
    record = recording(tmp_path, 500)
    data = Page(report(result(record), record)).data()
    series = {s["name"]: s["y"] for plot in data["plots"] for s in plot["series"]}
    assert data["t"] == (record.t / 1e9).tolist()
    np.testing.assert_allclose(series["reactor.T"], record["reactor.T"], atol=1e-4)
    assert series["plc.STEP"] == record["plc.STEP"].tolist()
    assert sum(value is None for value in series["plc.CTL.I"]) == int(np.isnan(record["plc.CTL.I"]).sum()) > 0


def test_hostile_words_stay_words(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", [Channel(HOSTILE, HOSTILE, HOSTILE, "f8")]) as writer:
        writer.append(np.array([(0, 1.0), (1, 2.0)], writer.dtype))
    record = read(tmp_path / "r.mf4")
    bad = finding(HOSTILE, HOSTILE, "pass", 1.0, unit=HOSTILE, signal=HOSTILE, high=3.0, reason=HOSTILE)
    run = result(record, title=HOSTILE, rig=HOSTILE, ended=HOSTILE, command=HOSTILE, findings=[bad])
    page = Page(report(run | {"events": [{"t_s": 0.0, "text": HOSTILE}], "machine": {HOSTILE: HOSTILE}}, record))
    assert [tag for tag, _ in page.tags].count("script") == 4
    assert "img" not in dict(page.tags)
    assert page.words.count(HOSTILE) >= 12
    assert page.data()["plots"][0]["series"][0]["name"] == HOSTILE


def test_a_long_run_is_thinned_and_says_so(tmp_path: Path) -> None:
    channels = [Channel(f"plant.x{i}", "m", "noise", "f8") for i in range(60)]
    with Writer(tmp_path / "r.mf4", channels) as writer:
        rows = np.zeros(50_000, writer.dtype)
        rows["t"] = np.arange(rows.size) * 10**7
        random = np.random.default_rng(1)
        for channel in channels:
            rows[channel.name] = random.normal(size=rows.size)
        writer.append(rows)
    text = report(result(read(tmp_path / "r.mf4")), read(tmp_path / "r.mf4"))
    assert len(text.encode()) < 3_000_000
    assert "50000 rows are drawn as the smallest and largest value of 1967 equal" in " ".join(Page(text).words.split())


@pytest.mark.parametrize("count", [0, 1])
def test_a_record_of_no_row_or_one_row_has_a_page(tmp_path: Path, count: int) -> None:
    record = recording(tmp_path, count)
    run = result(record, "none", findings=[], ended="stopped before the first step")
    words = Page(report(run, record)).words
    assert "No requirement was judged." in words
    assert "stopped before the first step" in words


def test_an_unfinished_record_is_told(tmp_path: Path) -> None:
    with Writer(tmp_path / "r.mf4", []):
        record = read(tmp_path / "r.mf4")
    assert "The record was not finished" in Page(report(result(record), record)).words
