"""The round trip of an exchange in lockstep, beside the same services called with asyncua alone."""

import asyncio
import tempfile
from collections.abc import Callable, Iterator
from itertools import count, islice
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np

from hil.links import OpcUaLink
from hil.links.opcua_types import CONTROLLER, VARIABLES
from hil.targets import VirtualPlc

SIZES = (10, 100)
ROUNDS, EXCHANGES = 10, 30
STEP = 10_000_000


def program(size: int) -> str:
    """Return a program with that many inputs and outputs, each output its input."""
    inputs = "".join(f"x{i} : LREAL; " for i in range(size))
    outputs = "".join(f"y{i} : LREAL; " for i in range(size))
    body = "".join(f"y{i} := x{i};\n" for i in range(size))
    return f"PROGRAM Many\nVAR_INPUT {inputs}END_VAR\nVAR_OUTPUT {outputs}END_VAR\n{body}END_PROGRAM\n"


def figures() -> list[dict[str, Any]]:
    """Return one figure for each batch size: milliseconds for a write, a scan and a read."""
    with tempfile.TemporaryDirectory() as folder:
        return [measure(size, Path(folder, f"many{size}.st")) for size in SIZES]


def measure(size: int, file: Path) -> dict[str, Any]:
    """Return the figure of one batch size; the program is written to `file`."""
    file.write_text(program(size))
    with VirtualPlc(file) as plc:
        ours, bare, clock = Ours(plc.url, size), Bare(plc.url, size), count(0, STEP)
        try:
            rounds = [(_timed(ours.step, clock), _timed(bare.step, clock)) for _ in range(ROUNDS)]
        finally:
            bare.close()
            ours.link.close()
    mine, theirs = zip(*rounds, strict=True)
    ratios = [one / other for one, other in rounds]
    return {
        "name": f"opcua {size} in, {size} out",
        "ours": 1e3 * median(mine),
        "reference": 1e3 * median(theirs),
        "unit": "ms/exchange",
        "ratio": median(ratios),
        "limit": 1.3,
        "spread": max(ratios) - min(ratios),
    }


def _timed(step: Callable[[int], None], clock: Iterator[int]) -> float:
    began = perf_counter()
    for t in islice(clock, EXCHANGES):
        step(t)
    return (perf_counter() - began) / EXCHANGES


class Ours:
    """The link of the bench."""

    def __init__(self, url: str, size: int) -> None:
        self.link = OpcUaLink(
            url, [(f"x{i}", "f8") for i in range(size)], [(f"y{i}", "f8") for i in range(size)], lockstep=True
        )
        self.link.open()
        self.out, self.into = np.zeros(1, self.link.outgoing), np.zeros(1, self.link.incoming)

    def step(self, t: int) -> None:
        """Exchange once at `t` ns."""
        self.link.exchange(t, self.out, self.into)


class Bare:
    """The same three services, called through asyncua's own client."""

    def __init__(self, url: str, size: int) -> None:
        from asyncua import Client

        self.client = Client(url)
        self.runner = asyncio.Runner()
        self.runner.run(self._open(size))

    async def _open(self, size: int) -> None:
        from asyncua import ua

        await self.client.connect()
        space, own = [await self.client.get_namespace_index(one) for one in (VARIABLES, CONTROLLER)]
        self.inputs = [self.client.get_node(ua.NodeId(f"x{i}", space)) for i in range(size)]
        self.outputs = [self.client.get_node(ua.NodeId(f"y{i}", space)) for i in range(size)]
        self.controller = self.client.get_node(ua.NodeId("Controller", own))
        self.method = ua.NodeId("Controller.Step", own)
        self.values = [ua.DataValue(ua.Variant(0.0, ua.VariantType.Double)) for _ in self.inputs]

    def step(self, t: int) -> None:
        """Write, scan once at `t` ns, and read."""
        self.runner.run(self._step(t))

    async def _step(self, t: int) -> None:
        from asyncua import ua

        await self.client.write_values(self.inputs, self.values)
        arguments = ua.Variant(t, ua.VariantType.Int64), ua.Variant(1, ua.VariantType.UInt32)
        await self.controller.call_method(self.method, *arguments)
        await self.client.read_values(self.outputs)

    def close(self) -> None:
        """Disconnect."""
        self.runner.run(self.client.disconnect())
        self.runner.close()
