"""The OPC UA link: one batched write, one scan in lockstep, one batched read for each exchange.

In lockstep the three requests leave together, and the server of the virtual PLC answers a session's
requests in order; a free-running controller gets the write and the read. The event loop runs in the thread
that calls and only while it calls, so no request waits for another thread; `FreeRunning` brings a thread
where one is needed.
"""

import asyncio
import struct
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from time import monotonic_ns
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from hil.links._opcua_points import Described
from hil.links.link import Health, LinkError, Point, layout
from hil.links.opcua_types import VARIABLES

if TYPE_CHECKING:
    from hil.links._opcua_session import Session

__all__ = ["Described", "OpcUaLink"]

Result = TypeVar("Result")


class OpcUaLink:
    """A link to an OPC UA server.

    Args:
        url: such as `opc.tcp://127.0.0.1:4840`.
        writes: the points that the bench writes.
        reads: the points that it reads.
        lockstep: the server's scan waits for the bench (`hil plc serve --clock lockstep`).
        scans: in lockstep, how many scans one exchange advances the controller.
        timeout: the longest time in seconds that an answer may take.
        namespace: the namespace URI in which a point's path is the identifier of its node.
    """

    def __init__(
        self,
        url: str,
        writes: Sequence[Point | tuple[str, str]],
        reads: Sequence[Point | tuple[str, str]],
        *,
        lockstep: bool,
        scans: int = 1,
        timeout: float = 5.0,
        namespace: str = VARIABLES,
    ) -> None:
        self.url, self.lockstep, self.scans, self.timeout, self.namespace = (
            url,
            lockstep,
            scans,
            timeout,
            namespace,
        )
        self.writes, self.reads = tuple(Point(*one) for one in writes), tuple(Point(*one) for one in reads)
        self.outgoing, self.incoming = layout(self.writes), layout(self.reads)
        self._runner: asyncio.Runner | None = None
        self._session: Session | None = None
        self._exchanges = self._errors = self._slowest = self._total = 0
        self._last = -1

    def open(self) -> None:
        """Connect, check every point, and in lockstep start the program anew; does nothing on an open link.

        Raises:
            InputError: what the server does not have, has of another type or does not let us write; all at
            once. LinkError: nobody answers, or not as an OPC UA server would.
        """
        if self._session is not None:
            return
        from hil.links._opcua_session import Session

        session = Session(self.url, self.timeout, self.namespace)
        self._runner, self._session = asyncio.Runner(loop_factory=asyncio.new_event_loop), session
        try:
            self._run(lambda: session.open(self.writes, self.reads, lockstep=self.lockstep, scans=self.scans))
        except BaseException:
            self._end(polite=False)
            raise

    def exchange(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> None:
        """Carry the sample taken at `t` ns and bring back the answer; see `Link.exchange`."""
        session, began = self._opened(), monotonic_ns()
        try:
            answer = self._run(lambda: session.exchange(t, out[0].item() if self.writes else ()))
        except LinkError:
            self._errors += 1
            self._end(polite=False)
            raise
        if answer:
            into[0] = tuple(answer)
        self._last = monotonic_ns()
        self._exchanges += 1
        self._total += self._last - began
        self._slowest = max(self._slowest, self._last - began)

    def describe(self) -> tuple[Described, ...]:
        """Return what the server says of each point, the written ones first.

        Raises:
            LinkError: the link is not open, or no answer came.
        """
        session = self._opened()
        return self._run(lambda: session.describe((*self.writes, *self.reads)))

    def close(self) -> None:
        """Disconnect; does nothing on a closed link."""
        self._end(polite=True)

    @property
    def health(self) -> Health:
        """How the link is doing."""
        age = monotonic_ns() - self._last if self._last >= 0 else -1
        connected, mean = self._session is not None, self._total // max(self._exchanges, 1)
        return Health(connected, not connected, self._exchanges, self._errors, age, self._slowest, mean)

    def _opened(self) -> "Session":
        if self._session is None:
            raise LinkError(f"{self.url}: the link is not open; open it before the first exchange")
        return self._session

    def _end(self, *, polite: bool) -> None:
        """Drop the connection; politely is with a word to the server, which a lost one would not answer."""
        if self._runner is None or self._session is None:
            return
        try:
            with suppress(LinkError):
                self._run(self._session.close if polite else self._session.drop)
        finally:
            self._runner.close()
            self._runner = self._session = None

    def _run(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Run one piece of work to its end; here, and only here, foreign exceptions become ours."""
        from asyncua.ua.uaerrors import UaError, UaStatusCodeError

        assert self._runner is not None
        try:
            return self._runner.run(work())
        except TimeoutError as broken:
            cure = "is the controller stopped or overloaded? a slower one needs a longer timeout"
            raise LinkError(f"{self.url}: no answer within {self.timeout:g} s; {cure}") from broken
        except ConnectionRefusedError as broken:
            raise LinkError(f"{self.url}: nobody listens there; start the controller or correct the URL") from broken
        except UaStatusCodeError as broken:
            raise LinkError(f"{self.url}: the server refused with {type(broken).__name__}: {broken}") from broken
        except (UaError, OSError, EOFError, ValueError, struct.error) as broken:
            why = f"the connection is lost ({broken or type(broken).__name__})"
            raise LinkError(f"{self.url}: {why}; is the controller still running?") from broken
