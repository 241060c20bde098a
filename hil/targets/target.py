"""The contract of every target, and the simplest one: a controller that somebody else has brought up."""

import socket
from time import monotonic, sleep
from typing import Protocol
from urllib.parse import urlsplit

from hil.errors import InputError, RunError


class Target(Protocol):
    """A controller under test, brought up and taken down."""

    @property
    def url(self) -> str:
        """Where a link finds it, once it is up."""
        ...

    def start(self) -> None:
        """Bring the controller up and wait until it can be reached.

        Raises:
            InputError: what was asked for cannot be brought up.
            RunError: it did not come up in time.
        """
        ...

    def fault(self) -> str | None:
        """Return what is wrong with it, None while it is up."""
        ...

    def stop(self) -> None:
        """Take it down; does nothing when it is down."""
        ...


class Address:
    """A controller at a known URL, hardware or a server that runs already; waits for it, never stops it."""

    def __init__(self, url: str, deadline: float = 10.0) -> None:
        parts = urlsplit(url)
        if not parts.hostname or not parts.port:
            raise InputError(f"{url!r} names no host and port; write it as opc.tcp://192.168.0.10:4840")
        self.url, self.deadline = url, deadline
        self._where = (parts.hostname, parts.port)

    def start(self) -> None:
        """Wait until somebody listens.

        Raises:
            RunError: nobody does by the deadline (s).
        """
        until = monotonic() + self.deadline
        while (fault := self.fault()) is not None:
            if monotonic() > until:
                raise RunError(f"{fault} after {self.deadline:g} s; is the controller on, and is this its address?")
            sleep(0.1)

    def fault(self) -> str | None:
        """Return what is wrong, None when somebody listens."""
        try:
            socket.create_connection(self._where, timeout=1.0).close()
        except OSError as wrong:
            return f"{self.url}: nobody answers ({wrong.strerror or wrong})"
        return None

    def stop(self) -> None:
        """Leave the controller as it is."""

    def __enter__(self) -> "Address":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
