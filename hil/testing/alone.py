"""One block by itself: `Alone(VALVE, 1_000_000_000, rate=2.0).step(command=50.0)["position"]`."""

from typing import Any

from hil.blocks import Block
from hil.blocks.block import ROLES
from hil.blocks.interpreted import interpret
from hil.errors import InputError, near
from hil.loop import Step, call_block


class Alone:
    """A block with memory of its own; `values` are parameters, states and inputs laid over the declared ones.

    With `compiled=False` Python runs the block's function, without a compiler.
    """

    def __init__(self, block: Block, period: int, *, compiled: bool = True, **values: float) -> None:
        self.memory = {role: getattr(block, role).new() for role in ROLES}
        self.t = 0
        self._block, self._period, self._compiled = block, period, compiled
        self.set(**values)

    def set(self, **values: float) -> None:
        """Set parameters, states and inputs by name.

        Raises:
            InputError: the block has no signal of that name.
        """
        for name, value in values.items():
            holders = [role for role in ROLES if name in getattr(self._block, role).names]
            if not holders:
                known = [one for role in ROLES for one in getattr(self._block, role).names]
                raise InputError(f"block {self._block.name} has no signal {name!r}{near(name, known)}")
            self.memory[holders[0]][name] = value

    def step(self, **values: float) -> dict[str, Any]:
        """Set values, make one step, move the time on by the period, and return the outputs."""
        self.set(**values)
        records = [self.memory[role] for role in ROLES]
        if self._compiled:
            step = Step(self._block.name, self._block.kernel.address, self._period, *records)
            self.status = call_block(step, self.t)
        else:
            self.status = interpret(self._block.step, self.t, self._period, *records)
        self.t += self._period
        return {one: self.memory["outputs"][one][0] for one in self._block.outputs.names}
