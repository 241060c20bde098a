"""The PLC's states and forced variables, commanded from outside."""

import pytest
from asyncua import ua

from hil.targets import VirtualPlc
from tests.targets._client import Plain, talk

MS = 1_000_000


def text(value: str) -> ua.Variant:
    return ua.Variant(value, ua.VariantType.String)


def test_a_stopped_plc_scans_no_more_and_goes_on_where_it_was(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.step(0, 3)
        assert await plain.call("Stop") == "Good"
        assert await plain.state("State") == "stop"
        await plain.step(100 * MS, 5)
        assert await plain.read("scans.count") == 3
        await plain.write("TT101", 9.0, "Float")
        assert await plain.read("TT101") == 9.0
        await plain.call("Start")
        await plain.step(200 * MS)
        assert (await plain.state("State"), await plain.read("scans.count")) == ("run", 4)

    talk(plc.url, work)


def test_after_a_fault_its_cause_is_named_cured_and_left(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        await plain.step(0)
        await plain.write("divisor", 0, "Int32")
        with pytest.raises(ua.uaerrors.BadInvalidState):
            await plain.step(10 * MS)
        assert (await plain.state("FaultLine"), await plain.state("FaultTime")) == (76, 10 * MS)
        assert (await plain.state("FaultFile")).endswith("wire.st")
        await plain.write("divisor", 5, "Int32")
        await plain.call("Start")
        await plain.step(20 * MS)
        assert (await plain.state("State"), await plain.read("quotient")) == ("run", 20)
        assert await plain.state("Fault") == ""

    talk(plc.url, work)


def test_a_forced_variable_stays_whatever_is_written_or_assigned(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        assert await plain.call("Force", text("VALVE"), ua.Variant(7.5, ua.VariantType.Float)) == "Good"
        assert await plain.call("Force", text("i_time"), ua.Variant(1500, ua.VariantType.Int64)) == "Good"
        assert await plain.state("Forced") == ["VALVE", "i_time"]
        await plain.write("TT101", 1.0, "Float")
        await plain.write("i_time", 3, "Int64")
        await plain.step(0)
        assert (await plain.read("VALVE"), await plain.read("o_time")) == (7.5, 1500)
        seen = await plain.variable("VALVE").read_data_value()
        assert seen.StatusCode.name == "GoodLocalOverride"
        assert await plain.call("Unforce", text("VALVE")) == "Good"
        await plain.step(10 * MS)
        assert (await plain.read("VALVE"), await plain.read("o_time")) == (2.0, 1500)
        await plain.call("Unforce", text(""))
        assert await plain.state("Forced") == []

    talk(plc.url, work)


@pytest.mark.parametrize(
    ("path", "value", "status"),
    [
        ("nothing", ua.Variant(1.0, ua.VariantType.Float), "BadInvalidArgument"),
        ("VALVE", ua.Variant(1.0, ua.VariantType.Double), "BadTypeMismatch"),
        ("i_text", text("1234567890123"), "BadOutOfRange"),
    ],
)
def test_what_cannot_be_forced_is_refused(plc: VirtualPlc, path: str, value: ua.Variant, status: str) -> None:
    async def work(plain: Plain) -> None:
        assert await plain.call("Force", text(path), value) == status
        assert await plain.call("Unforce", text("VALVE")) == "BadInvalidArgument"

    talk(plc.url, work)
