"""Functions in LLVM's language, compiled together with those that they call, so that LLVM sees through the calls."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Protocol

from hil.blocks import native


class Code(Protocol):
    """A block that can be called by its address, or become a part of another one."""

    @property
    def symbol(self) -> str:
        """What the function is called in the text; no other function is called so."""

    @property
    def key(self) -> str:
        """Where the cache keeps it: a path made of the digests of all that it depends on."""

    @property
    def texts(self) -> Mapping[str, str]:
        """The modules that it takes, by the function that each defines."""

    @property
    def address(self) -> int:
        """The address of the compiled function."""


@dataclass(frozen=True, eq=False)
class Linked:
    """A block written in LLVM's language: in `text` it is `@this`, and it calls the symbols of `parts`."""

    name: str
    text: str
    parts: tuple[Code, ...] = ()

    @cached_property
    def _digest(self) -> str:
        return sha256("\0".join([self.text, native.toolchain(), *(one.key for one in self.parts)]).encode()).hexdigest()

    @property
    def symbol(self) -> str:
        """The function's name in the text."""
        return f"{self.name}_{self._digest[:16]}"

    @property
    def key(self) -> str:
        """Where the cache keeps it."""
        return f"{self.name}/{self._digest}"

    @property
    def texts(self) -> dict[str, str]:
        """Its own module and those of its parts."""
        found = {symbol: text for one in self.parts for symbol, text in one.texts.items()}
        calls = dict.fromkeys(one.symbol for one in self.parts)
        declared = "".join(f"declare i64 @{one}(i64, i64, i64, i64, i64, i64)\n" for one in calls)
        return {self.symbol: declared + self.text.replace("@this(", f"@{self.symbol}("), **found}

    @cached_property
    def _library(self) -> native.Library:
        return native.loaded(f"{self.key}.o", self._compile)

    def _compile(self) -> bytes:
        try:
            return native.object_code(*self.texts.values(), keep=[self.symbol])
        except LookupError:
            for one in self.parts:  # which by themselves say better what is wrong with them
                assert one.address
            raise

    @property
    def address(self) -> int:
        """The address of the compiled function."""
        return self._library.address(self.symbol)
