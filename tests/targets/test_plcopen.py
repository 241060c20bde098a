"""The PLCopen information model (OPC 30000 v1.02) as a client finds it, by the published identifiers and names."""

from pathlib import Path
from typing import Any

import pytest
from asyncua import ua
from hypothesis import given, settings
from hypothesis import strategies as st

from hil.plc import compile_file
from hil.targets import VirtualPlc
from hil.targets._values import Kinds, values
from tests.targets._client import Plain, talk
from tests.targets.conftest import PROGRAM

ONLINE = Path(__file__).with_name("online.st")


def test_a_configuration_lies_below_the_device_set_with_resources_tasks_and_programs() -> None:
    async def work(plain: Plain) -> None:
        spaces = await plain.client.get_namespace_array()
        di, plc = spaces.index("http://opcfoundation.org/UA/DI/"), plain.plcopen
        line = await plain.client.nodes.objects.get_child([f"{di}:DeviceSet", f"{plain.own}:Line"])
        assert await line.read_type_definition() == ua.NodeId(1001, plc)
        cpu = await line.get_child([f"{plc}:Resources", f"{plain.own}:Cpu"])
        assert await cpu.read_type_definition() == ua.NodeId(1002, plc)
        fast = await cpu.get_child([f"{plc}:Tasks", f"{plain.own}:Fast"])
        assert await fast.read_type_definition() == ua.NodeId(1006, plc)
        assert [await (await fast.get_child(f"{plc}:{one}")).read_value() for one in ("Priority", "Interval")] == [
            1, "T#10ms"
        ]  # fmt: skip
        executed = await fast.get_referenced_nodes(ua.NodeId(4006, plc), ua.BrowseDirection.Forward)
        assert {one.nodeid.Identifier for one in executed} == {"First", "Second"}
        first = await cpu.get_child([f"{plc}:Programs", f"{plain.variables}:First"])
        made_of = plain.client.get_node(await first.read_type_definition())
        assert (await made_of.get_parent()).nodeid == ua.NodeId(1004, plc)

    with VirtualPlc(ONLINE) as up:
        talk(up.url, work)


@pytest.mark.parametrize(
    ("of", "reference", "found"),
    [
        ("scans", 4001, {"step"}),
        ("scans", 4002, {"count"}),
        ("scans", 4004, {"seen"}),
    ],
)
def test_a_section_is_a_kind_of_reference(plc: VirtualPlc, of: str, reference: int, found: set[str]) -> None:
    async def work(plain: Plain) -> None:
        nodes = await plain.variable(of).get_referenced_nodes(
            ua.NodeId(reference, plain.plcopen), ua.BrowseDirection.Forward
        )
        assert {(await one.read_browse_name()).Name for one in nodes} == found
        made_of = plain.client.get_node(await plain.variable(of).read_type_definition())
        assert (await made_of.read_browse_name()).Name == "Counter"
        assert (await made_of.get_parent()).nodeid == ua.NodeId(1005, plain.plcopen)

    talk(plc.url, work)


@pytest.mark.parametrize(
    ("number", "name", "base"),
    [(3001, "BYTE", "Byte"), (3005, "TIME", "Int64"), (3006, "LTIME", "Int64"), (3008, "TOD", "UInt32"),
     (3010, "DT", "DateTime"), (3013, "STRING", "String"), (3015, "LDT", "Int64")],
)  # fmt: skip
def test_elementary_types_are_subtypes_of_the_built_in_ones(plc: VirtualPlc, number: int, name: str, base: str) -> None:
    async def work(plain: Plain) -> None:
        node = plain.client.get_node(ua.NodeId(number, plain.plcopen))
        assert (await node.read_browse_name()).Name == name
        assert (await node.get_parent()).nodeid == ua.NodeId(getattr(ua.ObjectIds, base))

    talk(plc.url, work)


def test_start_and_stop_are_methods_of_the_configuration(plc: VirtualPlc) -> None:
    async def work(plain: Plain) -> None:
        methods = plain.of_controller("Configuration.MethodSet")
        await methods.call_method(f"{plain.plcopen}:Stop")
        assert await plain.state("State") == "stop"
        await methods.call_method(f"{plain.plcopen}:Start")
        assert await plain.state("State") == "run"

    talk(plc.url, work)


KINDS = values(compile_file(PROGRAM), Kinds(compile_file(PROGRAM), 2))
LATIN = st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=12)
WIDE = st.text(st.characters(exclude_characters="\0", max_codepoint=0xFFFF), max_size=12)


def whole(bits: int, signed: bool) -> Any:
    low = -(1 << bits - 1) if signed else 0
    return st.integers(low, low + (1 << bits) - 1)


TYPES: dict[str, Any] = {
    "bool": st.booleans(), "sint": whole(8, True), "int": whole(16, True), "dint": whole(32, True),
    "lint": whole(64, True), "usint": whole(8, False), "uint": whole(16, False), "udint": whole(32, False),
    "ulint": whole(64, False), "byte": whole(8, False), "word": whole(16, False), "dword": whole(32, False),
    "lword": whole(64, False), "real": st.floats(width=32, allow_nan=False), "lreal": st.floats(allow_nan=False),
    "time": st.integers(-(2**63) // 10**6 + 1, (2**63 - 1) // 10**6), "text": LATIN, "wide": WIDE,
    "char": whole(8, False), "wchar": whole(16, False), "array": st.lists(whole(16, True), min_size=4, max_size=4),
}  # fmt: skip


@pytest.mark.parametrize("name", TYPES)
def test_every_value_of_a_type_goes_through_memory_unchanged(name: str) -> None:
    value = KINDS[f"i_{name}"]

    @settings(max_examples=200)
    @given(TYPES[name])
    def unchanged(sent: Any) -> None:
        image = bytearray(value.offset + value.size)
        made = value.change(ua.Variant(sent, value.kind.built_in, is_array=bool(value.shape)))
        assert isinstance(made, list)
        for offset, content in made:
            image[offset : offset + len(content)] = content
        assert len(image) == value.offset + value.size
        back = value.read(bytes(image))
        assert isinstance(back, ua.Variant)
        assert repr(back.Value) == repr(sent)

    unchanged()
