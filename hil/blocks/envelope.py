"""Where a plant's model holds: a block that counts the samples beyond each bound of its envelope."""

from hil.blocks.block import Plant
from hil.blocks.linked import Linked
from hil.signals import Record, record, signal

OUTSIDE = "outside_"
"""How the counters' names begin; the bound's name follows."""


def counters(plant: Plant) -> Record:
    """Return the record of the counters, one for each bound of the envelope."""
    bounds = plant.envelope.signals
    counts = {OUTSIDE + one.name: signal("1", f"samples so far with {one.words}", kind="i8") for one in bounds}
    return record("Envelope", **counts)


def envelope(plant: Plant) -> Linked | None:
    """Return the block that counts, with y the record of `counters`; None where the model holds everywhere."""
    kernel = plant.outside_kernel
    if kernel is None:
        return None
    n = plant.envelope.size
    lines = [_COUNT.format(i=i) for i in range(n)]
    return Linked("envelope", _BLOCK.format(n=n, outside=kernel.symbol, counts="".join(lines)), (kernel,))


# What is no number is outside, too.
_COUNT = """
  %p{i} = getelementptr double, ptr %bounds, i64 {i}
  %v{i} = load double, ptr %p{i}
  %o{i} = fcmp uge double %v{i}, 0.0
  %w{i} = zext i1 %o{i} to i64
  %q{i} = getelementptr i64, ptr %counts, i64 {i}
  %c{i} = load i64, ptr %q{i}
  %d{i} = add i64 %c{i}, %w{i}
  store i64 %d{i}, ptr %q{i}
"""
_BLOCK = """
define i64 @this(i64 %t, i64 %h, i64 %p, i64 %x, i64 %u, i64 %y) {{
  %bounds = alloca [{n} x double]
  %g = ptrtoint ptr %bounds to i64
  %counts = inttoptr i64 %y to ptr
  %status = call i64 @{outside}(i64 %t, i64 %h, i64 %p, i64 %x, i64 %u, i64 %g)
  {counts}
  ret i64 %status
}}
"""
