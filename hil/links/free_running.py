"""A link on the wall clock: a thread exchanges at its period and meets the loop in two mailboxes."""

import threading
from dataclasses import replace
from time import monotonic_ns

import numpy as np

from hil.errors import HilError, InputError
from hil.links.link import Health, Link, LinkError
from hil.links.mailbox import EMPTY, Mailbox

_RETRY = 250_000_000


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

    def _exchange(self) -> None:
        out, into = np.zeros(1, self.link.outgoing), np.zeros(1, self.link.incoming)
        start = due = monotonic_ns()
        while not self._stop.wait(max(0, due - monotonic_ns()) / 1e9):
            try:
                if self.outgoing.take(out) != EMPTY or not self.link.writes:
                    self.link.open()
                    self.link.exchange(due - start, out, into)
                    self.incoming.put(into, monotonic_ns())
                    self.error = None
            except (LinkError, InputError) as lost:
                self.error = lost
                due += _RETRY
            # Deadlines are absolute: one that was missed is counted and left out, never made up for.
            missed = max(0, (monotonic_ns() - due) // self.period)
            self.late += missed
            due += (missed + 1) * self.period
