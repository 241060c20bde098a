"""An independent reader, asammdf, sees the same names, units and values, finished or not."""

from pathlib import Path

import numpy as np
import pytest

from hil.record import Writer
from tests.record.samples import TANK, random_rows


def test_another_reader_sees_the_same(tmp_path: Path) -> None:
    asammdf = pytest.importorskip("asammdf")
    path, cut = tmp_path / "r.mf4", tmp_path / "cut.mf4"
    with Writer(path, TANK, {"rig": "t<a>nk"}) as writer:
        rows = random_rows(writer.dtype, 50)
        rows["plc.text"] = b"open"  # random text is not Latin-1 text
        writer.append(rows)
        cut.write_bytes(path.read_bytes()[:-1])  # the last row lost a byte
    for file, count in ((path, 50), (cut, 49)):
        with asammdf.MDF(file, temporary_folder=tmp_path) as foreign:
            assert (foreign.version, foreign.groups[0].channel_group.cycles_nr) == ("4.10", count)
            assert '<e name="rig">t&lt;a&gt;nk</e>' in foreign.header.comment
            for channel in TANK:
                signal = foreign.get(channel.name)
                assert (signal.unit, signal.comment) == (channel.unit, channel.words)
                assert signal.timestamps.tolist() == (rows["t"][:count] * 1e-9).tolist()
                np.testing.assert_array_equal(signal.samples, rows[channel.name][:count])
