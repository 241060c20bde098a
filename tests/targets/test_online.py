"""Online access to every variable: two program instances, globals, locals of instances, arrays, structures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from asyncua import ua

from hil.targets import VirtualPlc
from tests.targets._client import Plain, talk

MS = 1_000_000


@pytest.fixture(scope="module")
def line() -> Iterator[VirtualPlc]:
    with VirtualPlc(Path(__file__).with_name("online.st")) as up:
        yield up


@pytest.mark.parametrize(
    ("path", "value", "built_in"),
    [
        ("limit", 12, "Int16"),
        ("First.speed", 3, "Int16"),
        ("Second.speed", 4, "Int16"),
        ("Second.inner.secret", 99, "Int32"),
        ("Second.inner.hidden.name", "Grüße", "String"),
        ("First.stages[2].gain", 0.5, "Float"),
        ("First.tracks[2].points[1].y", -0.0, "Double"),
        ("First.tracks[1].marks", [1, 2, 0xFFFF], "UInt16"),
        ("First.matrix", [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, -12]], "Int16"),
        ("First.names", ["a", "", "abcd"], "String"),
        ("First.share", 100, "Int16"),
        ("First.paint", 5, "Int16"),
        ("First.long", 1_234_567, "Int64"),
        ("First.day", datetime(2024, 2, 29, tzinfo=UTC), "DateTime"),
        ("First.clock", 86_399_999, "UInt32"),
        ("First.moment", datetime(1969, 12, 31, 23, 59, 59, 123456, tzinfo=UTC), "DateTime"),
        ("First.ltod", 1, "Int64"),
        ("Second.wired", 77, "Int16"),
        ("First.ldt", -(2**63), "Int64"),
    ],
)
def test_every_variable_is_written_and_read(line: VirtualPlc, path: str, value: Any, built_in: str) -> None:
    async def work(plain: Plain) -> None:
        await plain.call("Stop")
        await plain.write(path, value, built_in)
        assert repr(await plain.read(path)) == repr(value)

    talk(line.url, work)


def test_the_second_instance_has_its_own_inputs(line: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.write("First.speed", 3, "Int16")
        await plain.write("Second.speed", 4, "Int16")
        await plain.step(0)
        assert [await plain.read(f"{one}.double") for one in ("First", "Second")] == [6, 8]

    talk(line.url, work)


@pytest.mark.parametrize(
    ("path", "value", "built_in", "status"),
    [
        ("First.share", 101, "Int16", "BadOutOfRange"),
        ("First.table[1]", 9, "Int16", "BadNotWritable"),
        ("First.inner", 9, "Int16", "BadNotWritable"),
        ("First.names", ["a", "b", "12345"], "String", "BadOutOfRange"),
    ],
)
def test_what_no_program_could_hold_is_refused(
    line: VirtualPlc, path: str, value: Any, built_in: str, status: str
) -> None:
    async def work(plain: Plain) -> None:
        assert await plain.refused(path, value, built_in) == status

    talk(line.url, work)


@pytest.mark.parametrize(
    ("path", "part", "expected"),
    [
        ("First.matrix", "1:2,0:1", [[5, 6], [9, 10]]),
        ("First.matrix", "0,3", [[4]]),
        ("First.matrix", "0", "BadIndexRangeNoData"),
        ("First.matrix", "3,0", "BadIndexRangeNoData"),
        ("First.matrix", "1:1,0", "BadIndexRangeInvalid"),
        ("First.matrix", "one", "BadIndexRangeInvalid"),
        ("First.names", "1:2", ["bb", "ccc"]),
        ("First.names[3]", "1:2", "cc"),
    ],
)
def test_a_part_of_an_array_or_a_text_is_read(line: VirtualPlc, path: str, part: str, expected: Any) -> None:
    async def work(plain: Plain) -> None:
        await plain.call("Stop")
        await plain.write("First.matrix", [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], "Int16")
        await plain.write("First.names", ["a", "bb", "ccc"], "String")
        assert await plain.part(path, part) == expected

    talk(line.url, work)


def test_a_part_of_an_array_is_written(line: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.call("Stop")
        assert await plain.write_part("First.matrix", "1:2,2:3", [[1, 2], [3, 4]], "Int16") == "Good"
        assert await plain.read("First.matrix") == [[0, 0, 0, 0], [0, 0, 1, 2], [0, 0, 3, 4]]
        assert await plain.write_part("First.matrix", "1:2,2:3", [[1, 2]], "Int16") == "BadIndexRangeDataMismatch"
        assert await plain.write_part("First.matrix", "2:3,2", [[1], [2]], "Int16") == "BadIndexRangeNoData"

    talk(line.url, work)


def test_a_structure_is_read_and_written_whole_by_its_own_data_type(line: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        types = await plain.client.load_data_type_definitions()
        point, track = types["Point"], types["Track"]
        content = track(
            name="abc", points=[point(1.0, -0.0), point(float("inf"), 5e-324)], marks=[1, 2, 3], length=-5, live=True
        )
        content.colour = 5
        await plain.call("Stop")
        await plain.write("First.tracks[2]", content, "ExtensionObject")
        assert await plain.read("First.tracks[2]") == content
        assert await plain.read("First.tracks[2].points[2].y") == 5e-324
        assert await plain.read("First.tracks[2].length") == -5
        whole = await plain.read("First.tracks")
        assert (whole[1], whole[0].name) == (content, "")
        assert await plain.refused("First.tracks[1]", content.points[0], "ExtensionObject") == "BadTypeMismatch"
        content.name = "123456789"
        assert await plain.refused("First.tracks[1]", content, "ExtensionObject") == "BadOutOfRange"

    talk(line.url, work)


@pytest.mark.parametrize(("path", "seen"), [("First.span", 1), ("First.tracks[1].length", 1), ("First.clock", 1)])
def test_times_between_two_milliseconds_are_exact_beside_the_standards_type(
    line: VirtualPlc, path: str, seen: int
) -> None:
    async def work(plain: Plain) -> None:
        await plain.call("Stop")
        exact = plain.of_controller(f"{path}.Nanoseconds")
        await exact.write_value(ua.DataValue(ua.Variant(1_999_999, ua.VariantType.Int64)))
        assert await exact.read_value() == 1_999_999
        assert await plain.read(path) == seen

    talk(line.url, work)
