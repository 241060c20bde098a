"""How many loop passes statements make at most, as far as that is known before they run."""

from __future__ import annotations

from dataclasses import fields, is_dataclass

from hil.plc import layout
from hil.plc.tree import CallBlock, CallFunction, Case, Const, For, If, Jump, Loop, Pou, Statement


class Costs:
    """Loop passes and calls of bodies; what is too many counts itself while it runs and costs 1 outside."""

    def __init__(self) -> None:
        self.pous: dict[str, int] = {}

    def body(self, statements: list[Statement]) -> int:
        """Passes of all loops that do not count themselves."""
        return sum(self._statement(one) for one in statements)

    def passes(self, loop: For) -> int | None:
        """Passes of a FOR when its bounds are constants and nothing else decides."""
        parts = [one.value for one in (loop.first, loop.last, loop.step) if isinstance(one, Const)]
        if not loop.steady or len(parts) < 3 or any(isinstance(one, bytes) for one in parts):
            return None
        first, last, step = (int(one) for one in parts if not isinstance(one, bytes))
        return max(0, (last - first) // step + 1)

    def counted(self, loop: For | Loop) -> bool:
        """Whether a loop must count its passes."""
        if isinstance(loop, Loop):
            return True
        passes = self.passes(loop)
        return passes is None or passes * (1 + self.body(loop.body)) > layout.FREE

    def _statement(self, one: Statement) -> int:
        if isinstance(one, For):
            if self.counted(one):
                return 1
            return (self.passes(one) or 0) * (1 + self.body(one.body))
        if isinstance(one, Loop | Jump):
            return 1
        if isinstance(one, If | Case):
            inner = [body for _, body in one.branches] + [one.otherwise]
            tests = [test for test, _ in one.branches] if isinstance(one, If) else [one.selector]
            return max(self.body(body) for body in inner) + sum(self._calls(test) for test in tests)
        return self._calls(one)

    def _calls(self, node: object) -> int:
        """Passes inside the units that an expression or statement calls."""
        if isinstance(node, list):
            return sum(self._calls(one) for one in node)
        if isinstance(node, type | Pou) or not is_dataclass(node) or type(node).__module__ != Pou.__module__:
            return 0
        own = 0
        if isinstance(node, CallFunction | CallBlock):
            own = 1 + self.pous.get(node.pou.name.upper(), 0)
        return own + sum(self._calls(getattr(node, each.name)) for each in fields(node))
