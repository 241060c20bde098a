"""The contract of every target."""

from typing import Protocol


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
