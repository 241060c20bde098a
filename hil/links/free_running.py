"""A link on the wall clock: a thread exchanges at its period and meets the loop in two mailboxes."""

import threading
from dataclasses import replace
from time import monotonic_ns
from typing import Any

import numpy as np

from hil.errors import HilError, InputError
from hil.links.link import NEVER, Health, Link, LinkError, NoAnswer
from hil.links.mailbox import EMPTY, Mailbox

_RETRY = 250_000_000  # ns: four attempts in the second within which data has to flow again


class FreeRunning:
    """Exchanges over `link` every `period` ns until stopped; a lost link is opened again and again.

    The loop puts its samples into `outgoing` and takes answers from `incoming`, each stamped with the
    monotonic clock in ns. Nothing is sent before the first sample.
    """

    def __init__(self, link: Link, period: int) -> None:
        self.link, self.period = link, period
        self.outgoing, self.incoming = Mailbox(link.outgoing), Mailbox(link.incoming)
        self.late = 0
        self.error: HilError | None = None
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Open the link and begin to exchange.

        Raises:
            InputError: points that cannot be wired.
            LinkError: nobody answers.
        """
        self.link.open()
        self._stop.clear()
        self._thread = threading.Thread(target=self._exchange, name="hil link", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop exchanging and close the link."""
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None
        self.link.close()

    def stale(self, now: int) -> bool:
        """Tell whether the answers are two periods old at `now` (monotonic ns), or not there at all."""
        return self.incoming.last == EMPTY or now - self.incoming.last >= 2 * self.period

    @property
    def health(self) -> Health:
        """The link's health, with the age of the answers in the mailbox."""
        now, last = monotonic_ns(), self.incoming.last
        return replace(self.link.health, stale=self.stale(now), age=now - last if last != EMPTY else -1)

    def _deliver(self, into: "np.ndarray[Any, Any]", t: int, start: int) -> None:
        """Put an answer into the mailbox: new if all its values are, else as old as the oldest of them."""
        oldest = self.link.arrived.oldest
        if oldest != NEVER:
            self.incoming.put(into, monotonic_ns() if oldest == t else start + oldest)

    def _exchange(self) -> None:
        out, into = np.zeros(1, self.link.outgoing), np.zeros(1, self.link.incoming)
        start = due = monotonic_ns()
        while not self._stop.wait(max(0, due - monotonic_ns()) / 1e9):
            began = monotonic_ns()
            try:
                if self.outgoing.take(out) != EMPTY or not self.link.writes:
                    self.link.open()
                    self.link.exchange(due - start, out, into)
                    self._deliver(into, due - start, start)
                    self.error = None
            except (LinkError, InputError) as lost:
                self.error = lost
                # A damaged answer costs its period and no more; who has gone is not called without a pause.
                due = due if isinstance(lost, NoAnswer) else max(due, began + _RETRY)
            # Deadlines are absolute: one that was missed is counted and left out, never made up for.
            missed = max(0, (monotonic_ns() - due) // self.period)
            self.late += missed
            due += (missed + 1) * self.period
