"""The loop itself: a function made for its schedule, in which every block that is code is called by its name.

LLVM then sees the whole tick. A block that is an address is called through the schedule's table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hil.blocks.linked import Code, Linked
from hil.loop.layout import ENTRY, LOOP

Place = tuple[int, int] | None
"""Which memory of the loop's, and how many bytes behind its beginning; None for no memory."""


@dataclass(frozen=True)
class Line:
    """One line of a schedule: its block, whether it is due at every tick, and where its p, x, u and y are."""

    block: Code | int
    always: bool
    places: tuple[Place, ...]


def walk(lines: Sequence[Line]) -> Linked:
    """Return the function that walks a schedule of blocks.

    It goes on from the tick and line in its p, a LOOP, until the tick `stop`, or until a block answers with a status.
    It can be called again after any status: it goes on behind the line that gave it.
    """
    codes = {one.block.symbol: one.block for one in lines if not isinstance(one.block, int)}
    memories = 1 + max((place[0] for one in lines for place in one.places if place), default=-1)
    count = range(len(lines))
    text = _WALK.format(
        loop="\n  ".join(_field(f"%{name}", "%loop", LOOP, name) for name in (LOOP.names or ())[:4]),
        stop=_field("%stop", "%loop", LOOP, "stop"),
        first=_field("%first", "%loop", LOOP, "tick"),
        line=_field("%line", "%loop", LOOP, "at"),
        halt=_field("%halt", "%loop", LOOP, "halt").replace("load", "load volatile"),
        places="\n  ".join([_memory(i) for i in range(memories)] + [_places(i, one) for i, one in enumerate(lines)]),
        cases=" ".join(f"i64 {i}, label %line{i}" for i in count),
        lines="".join(_line(i, one) for i, one in enumerate(lines)),
        end=len(lines),
        statuses=", ".join(f"[ %status{i}, %run{i} ]" for i in count),
        behind=", ".join(f"[ {i + 1}, %run{i} ]" for i in count),
    )
    return Linked("walk", text, tuple(codes.values()))


def _field(value: str, base: str, layout: "np.dtype[Any]", name: str, i: int = 0) -> str:
    """Return the load of a field of row `i` of a table of int64."""
    fields: Any = layout.fields
    offset = i * layout.itemsize + fields[name][1]
    return f"{value}.at = getelementptr i8, ptr {base}, i64 {offset}\n  {value} = load i64, ptr {value}.at"


def _memory(i: int) -> str:
    return f"%m{i}.at = getelementptr ptr, ptr %all, i64 {i}\n  %m{i} = load ptr, ptr %m{i}.at"


def _places(i: int, line: Line) -> str:
    """Return what line `i` is called with: block, period, and the addresses of p, x, u and y."""
    found = [_field(f"%block{i}", "%table", ENTRY, "block", i), _field(f"%period{i}", "%table", ENTRY, "period", i)]
    for name, place in zip("pxuy", line.places, strict=True):
        memory, offset = (f"%m{place[0]}", place[1]) if place else ("null", 0)
        found.append(f"%{name}{i}.at = getelementptr i8, ptr {memory}, i64 {offset}")
        found.append(f"%{name}{i} = ptrtoint ptr %{name}{i}.at to i64")
    return "\n  ".join(found)


def _line(i: int, line: Line) -> str:
    """Return one line: whether it is there, whether it is due, the call, and the way out with a status."""
    call = f"%call{i}" if isinstance(line.block, int) else f"@{line.block.symbol}"
    due, every = (_field(f"%{name}{i}", "%table", ENTRY, name, i) for name in ("due", "every"))
    ask = "" if line.always else _ASK.format(i=i, next=i + 1, due=due, every=every)
    return _LINE.format(i=i, next=i + 1, ask=ask, call=call)


_LINE = """
line{i}:
  %there{i} = icmp sgt i64 %count, {i}
  br i1 %there{i}, label %ask{i}, label %end
ask{i}:{ask}
  br label %run{i}
run{i}:
  %call{i} = inttoptr i64 %block{i} to ptr
  %status{i} = call i64 {call}(i64 %now, i64 %period{i}, i64 %p{i}, i64 %x{i}, i64 %u{i}, i64 %y{i})
  %well{i} = icmp eq i64 %status{i}, 0
  br i1 %well{i}, label %line{next}, label %stopped
"""
_ASK = """
  {due}
  {every}
  %is{i} = icmp eq i64 %due{i}, %tick
  br i1 %is{i}, label %again{i}, label %line{next}
again{i}:
  %later{i} = add i64 %due{i}, %every{i}
  store i64 %later{i}, ptr %due{i}.at"""
_WALK = """
define i64 @this(i64 %t, i64 %h, i64 %a, i64 %x, i64 %u, i64 %y) {{
begin:
  %loop = inttoptr i64 %a to ptr
  {loop}
  {stop}
  {first}
  {line}
  %table = inttoptr i64 %entries to ptr
  %all = inttoptr i64 %memories to ptr
  {places}
  br label %head
head:
  %tick = phi i64 [ %first, %begin ], [ %following, %end ]
  %at = phi i64 [ %line, %begin ], [ 0, %end ]
  {halt}
  %goes = icmp eq i64 %halt, 0
  %early = icmp slt i64 %tick, %stop
  %more = and i1 %goes, %early
  br i1 %more, label %go, label %done
go:
  %now = mul i64 %tick, %step
  switch i64 %at, label %end [ {cases} ]
{lines}
line{end}:
  br label %end
end:
  %following = add i64 %tick, 1
  br label %head
stopped:
  %status = phi i64 {statuses}
  %behind = phi i64 {behind}
  store i64 %tick, ptr %first.at
  store i64 %behind, ptr %line.at
  ret i64 %status
done:
  store i64 %tick, ptr %first.at
  store i64 %at, ptr %line.at
  ret i64 0
}}
"""
