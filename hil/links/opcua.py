"""The OPC UA link: one batched write, one scan in lockstep, one batched read or a subscription for each exchange.

In lockstep the three requests leave together, and the server of the virtual PLC answers a session's
requests in order; a free-running controller gets the write and the read. The event loop runs in the thread
that calls and only while it calls, so no request waits for another thread; `FreeRunning` brings a thread
where one is needed.
"""

import asyncio
import struct
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from hil.links._opcua_points import Described
from hil.links.base import BaseLink, Points
from hil.links.link import LinkError
from hil.links.opcua_types import VARIABLES

if TYPE_CHECKING:
    from hil.links._opcua_session import Session
    from hil.links.opcua_security import ClientSecurity

__all__ = ["Described", "OpcUaLink", "Subscribe"]

Result = TypeVar("Result")


@dataclass(frozen=True)
class Subscribe:
    """Read by a subscription; times in ns: the bench's period, the publishing and the sampling interval.

    `source` says that source timestamps tell how old a change was when it was published.
    """

    period: int
    publishing: int
    sampling: int
    source: bool = True


class OpcUaLink(BaseLink):
    """A link to an OPC UA server.

    Args:
        url: such as `opc.tcp://127.0.0.1:4840`.
        writes: the points that the bench writes.
        reads: the points that it reads.
        lockstep: the server's scan waits for the bench (`hil plc serve --clock lockstep`).
        scans: in lockstep, how many scans one exchange advances the controller.
        timeout: the longest time in seconds that an answer may take.
        namespace: the namespace URI in which a point's path is the identifier of its node.
        security: policy, certificates and user; None for a server without.
        subscribe: on the wall clock, what is read comes by a subscription; None reads it in a batch.
    """

    def __init__(
        self,
        url: str,
        writes: Points,
        reads: Points,
        *,
        lockstep: bool,
        scans: int = 1,
        timeout: float = 5.0,
        namespace: str = VARIABLES,
        security: "ClientSecurity | None" = None,
        subscribe: Subscribe | None = None,
    ) -> None:
        super().__init__(url, writes, reads)
        self.url, self.lockstep, self.scans, self.timeout, self.namespace = url, lockstep, scans, timeout, namespace
        self._security, self._subscribe = security, subscribe
        self._runner: asyncio.Runner | None = None
        self._session: Session | None = None

    def describe(self) -> tuple[Described, ...]:
        """Return what the server says of each point, the written ones first.

        Raises:
            LinkError: the link is not open, or no answer came.
        """
        session = self._opened_session()
        return self._run(lambda: session.describe((*self.writes, *self.reads)))

    def clock(self) -> int:
        """Return the server's time in ns.

        Raises:
            LinkError: the link is not open, or no answer came.
        """
        return self._run(self._opened_session().now)

    def identity(self) -> dict[str, str]:
        """Return what the server says of the device that it stands for, over a link that is not open.

        Raises:
            LinkError: nobody answers, or is not trusted.
        """
        from hil.links.opcua_identity import identity

        with self.visiting() as session:
            return self.run(lambda: identity(session))

    @contextmanager
    def visiting(self) -> Iterator["Session"]:
        """Connect without a check of points, for who only looks around; `run` does a piece of work there."""
        try:
            session = self._begin()
            self._run(session.connect)
            yield session
        finally:
            self._disconnect(polite=True)

    def run(self, work: Callable[[], Coroutine[Any, Any, Result]]) -> Result:
        """Do a piece of work of a visit; the exceptions are ours."""
        return self._run(work)

    def _begin(self) -> "Session":
        from hil.links._opcua_session import Session

        session = Session(self.url, self.timeout, self.namespace, self._security)
        self._runner, self._session = asyncio.Runner(loop_factory=asyncio.new_event_loop), session
        return session

    def _connect(self) -> None:
        session, lockstep, scans = self._begin(), self.lockstep, self.scans
        wanted = self._subscribe
        self._run(lambda: session.open(self.writes, self.reads, lockstep=lockstep, scans=scans, subscribe=wanted))
        self.agreed = session.agreed

    def _carry(self, t: int, out: "np.ndarray[Any, Any]", into: "np.ndarray[Any, Any]") -> Sequence[int] | None:
        session = self._opened_session()
        answer = self._run(lambda: session.exchange(t, out[0].item() if self.writes else ()))
        self.counters.update(answer.counted)
        values, self._behind = answer.values, answer.behind
        if answer.quality is not None:
            values = [old if new is None else new for old, new in zip(into[0].item(), values, strict=True)]
        if values:
            into[0] = tuple(values)
        return answer.quality

    def _opened_session(self) -> "Session":
        if self._session is None:
            raise LinkError(f"{self.url}: the link is not open; open it before the first exchange")
        return self._session

    def _disconnect(self, *, polite: bool) -> None:
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
