import re
from typing import Any

import pytest
from asyncua import ua

from hil.targets import VirtualPlc
from tests.targets._client import Plain, talk

MS = 1_000_000

EDGES: dict[str, tuple[str, list[Any]]] = {
    "bool": ("Boolean", [True, False]),
    "sint": ("SByte", [-128, 127]),
    "int": ("Int16", [-32768, 32767]),
    "dint": ("Int32", [-(2**31), 2**31 - 1]),
    "lint": ("Int64", [-(2**63), 2**63 - 1]),
    "usint": ("Byte", [0, 255]),
    "uint": ("UInt16", [0, 65535]),
    "udint": ("UInt32", [0, 2**32 - 1]),
    "ulint": ("UInt64", [0, 2**64 - 1]),
    "byte": ("Byte", [0xA5]),
    "word": ("UInt16", [0xFFFF]),
    "dword": ("UInt32", [0xDEADBEEF]),
    "lword": ("UInt64", [2**64 - 1]),
    "real": ("Float", [0.5, -(2.0**-149), 3.4028234663852886e38, float("inf")]),
    "lreal": ("Double", [0.1, 5e-324, -1.7976931348623157e308, float("-inf")]),
    "time": ("Int64", [1500, -1, 0]),
    "text": ("String", ["", "Grüße", "123456789012"]),
    "wide": ("String", ["", "Grüße €Ω", "123456789012", "😀"]),
    "char": ("Byte", [0xE9]),
    "wchar": ("UInt16", [0x20AC]),
    "words": ("String", [["abc", "€"]]),
    "array": ("Int16", [[-1, 2, -3, 32767]]),
    "table": ("Double", [[[0.1, 0.2, 0.3], [4.0, 5.0, 6.0]]]),
}


@pytest.mark.parametrize("name", EDGES)
def test_every_type_goes_in_and_comes_out_exactly(plc: VirtualPlc, name: str) -> None:
    built_in, values = EDGES[name]

    async def work(plain: Plain) -> None:
        for k, value in enumerate(values):
            await plain.write(f"i_{name}", value, built_in)
            await plain.step(k * 10 * MS)
            assert await plain.read(f"o_{name}") == value

    talk(plc.url, work)


@pytest.mark.parametrize(
    ("path", "value", "built_in", "status"),
    [
        ("i_int", 1, "Int32", "BadTypeMismatch"),
        ("i_real", 1.0, "Double", "BadTypeMismatch"),
        ("i_bool", 1, "Byte", "BadTypeMismatch"),
        ("i_int", [1], "Int16", "BadTypeMismatch"),
        ("i_array", [1, 2, 3], "Int16", "BadTypeMismatch"),
        ("i_array", 1, "Int16", "BadTypeMismatch"),
        ("i_table", [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "Double", "BadTypeMismatch"),
        ("i_text", "1234567890123", "String", "BadOutOfRange"),
        ("i_text", "Ω", "String", "BadOutOfRange"),
        ("i_wide", "1234567890123", "String", "BadOutOfRange"),
        ("i_time", 2**62, "Int64", "BadOutOfRange"),
        ("scans", 1, "Int32", "BadNotWritable"),
        ("TT102", 1.0, "Float", "BadNodeIdUnknown"),
    ],
)
def test_what_cannot_be_written_is_refused(plc: VirtualPlc, path: str, value: Any, built_in: str, status: str) -> None:
    async def work(plain: Plain) -> None:
        assert await plain.refused(path, value, built_in) == status

    talk(plc.url, work)


def test_a_program_is_a_tree_of_its_declarations(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        async def below(node: Any) -> set[str]:
            return {(await one.read_browse_name()).Name for one in await node.get_children()}

        assert (await plain.of_controller("Program").read_browse_name()).Name == "Wire"
        assert {"TT101", "VALVE", "scans", "pump", "pumps", "i_array"} <= await below(plain.of_controller("Program"))
        assert {"step", "count", "seen"} <= await below(plain.variable("scans"))
        assert await below(plain.variable("pump")) == {"speed", "on"}
        assert await below(plain.variable("pumps")) == {"[1]", "[2]"}
        assert await below(plain.variable("i_array")) == {"[1]", "[2]", "[3]", "[4]"}

    talk(plc.url, work)


def test_a_variable_says_what_it_is(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        table = plain.variable("i_table")
        assert (await table.read_value_rank(), await table.read_array_dimensions()) == (2, [2, 3])
        unit = await plain.of_controller("TT101.EngineeringUnits").read_value()
        assert unit.DisplayName.Text == "K"
        assert await plain.variable("i_time").read_data_type() == ua.NodeId(3005, plain.plcopen)
        assert await plain.variable("i_word").read_data_type() == ua.NodeId(3002, plain.plcopen)
        assert ua.AccessLevel.CurrentWrite in await plain.variable("TT101").get_user_access_level()

    talk(plc.url, work)


def test_structures_and_instances_are_read_by_their_members(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.write("TT101", 4.0, "Float")
        await plain.write("i_array[3]", 7, "Int16")
        await plain.write("i_pump.on", True, "Boolean")
        await plain.step(0, 3)
        assert await plain.read("scans.count") == await plain.read("scans.seen") == 3
        assert await plain.read("pump.speed") == await plain.read("pumps[2].speed") == 8.0
        assert await plain.read("o_array") == [0, 0, 7, 0]
        assert await plain.read("o_array[3]") == 7
        assert await plain.read("i_pump.on")

    talk(plc.url, work)


def test_a_write_acts_at_the_next_scan_and_a_read_sees_the_last(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.write("TT101", 21.0, "Float")
        assert await plain.read("TT101") == 0.0
        await plain.step(0)
        assert await plain.read("TT101") == 21.0
        assert await plain.read("VALVE") == 42.0

    talk(plc.url, work)


def test_timers_count_in_the_bench_time(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.write("i_bool", True, "Boolean")
        await plain.step(1000 * MS, 3)
        assert not await plain.read("on_delay.Q")
        await plain.step(1030 * MS)
        assert await plain.read("on_delay.Q")
        assert (await plain.state("Time"), await plain.state("ScanCount")) == (1030 * MS, 4)

    talk(plc.url, work)


@pytest.mark.parametrize(("t", "scans"), [(5, 1), (4, 1), (10, 0), (10, 100_001)])
def test_time_only_goes_on_and_a_step_has_a_size(plc: VirtualPlc, t: int, scans: int) -> None:
    async def work(plain: Plain) -> None:
        await plain.step(5)
        with pytest.raises(ua.uaerrors.BadInvalidArgument):
            await plain.step(t, scans)

    talk(plc.url, work)


def test_a_fault_stops_the_scan_and_says_where(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.step(0)
        await plain.write("divisor", 0, "Int32")
        with pytest.raises(ua.uaerrors.BadInvalidState):
            await plain.step(10 * MS)
        assert await plain.state("State") == "fault"
        assert re.search(r"divided by zero \(.*wire\.st:76\)", await plain.state("Fault"))
        last = await plain.variable("scans.count").read_data_value(raise_on_bad_status=False)
        assert (last.Value.Value, last.StatusCode.name) == (1, "UncertainLastUsableValue")

    talk(plc.url, work)
    talk(plc.url, lambda plain: plain.step(0))


def test_a_subscription_is_told_of_a_change(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        async with await plain.client.create_subscription(20, None) as subscription:
            await subscription.subscribe_data_change(plain.variable("VALVE"))
            changes = aiter(subscription)
            assert (await anext(changes)).value == 0.0
            await plain.write("TT101", 3.0, "Float")
            await plain.step(0)
            assert (await anext(changes)).value == 6.0

    talk(plc.url, work)
