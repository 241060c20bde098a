"""What the functions of one compiled program share: constants, fault locations, static memory."""

from __future__ import annotations

from dataclasses import dataclass

from hil.plc import layout
from hil.plc.lowering.coverage import RUNTIME as COUNTING
from hil.plc.lowering.coverage import Coverage
from hil.plc.lowering.division import Division
from hil.plc.lowering.emit import data, symbol
from hil.plc.lowering.exceptions import exceptions
from hil.plc.lowering.inlining import Inlining
from hil.plc.profiles import IEC, Profile
from hil.plc.tree import Pou

Dispatch = dict[str, list[tuple[int, Pou]]]  # (number of a class, unit) by the name of the method in capitals
RUNTIME = f"""
define internal void @fault(ptr %head, i64 %number, i64 %a, i64 %b, i64 %t) noinline cold {{
  store i64 %number, ptr %head, align 8
  %pa = getelementptr inbounds i8, ptr %head, i64 {layout.VALUE_A}
  store i64 %a, ptr %pa, align 8
  %pb = getelementptr inbounds i8, ptr %head, i64 {layout.VALUE_B}
  store i64 %b, ptr %pb, align 8
  %pt = getelementptr inbounds i8, ptr %head, i64 {layout.TIME}
  store i64 %t, ptr %pt, align 8
  ret void
}}
"""
PROFILE = '!0 = !{!"branch_weights", i32 1000, i32 1}\n!1 = !{!"branch_weights", i32 1, i32 100000}\n'


@dataclass(frozen=True)
class Location:
    """A place that can fault; {0} and {1} of the message are filled with the values in the header."""

    kind: str
    file: str
    line: int
    column: int
    message: str


class Module:
    """Collects the text of a module. `image` is the program's initial memory and grows with static places."""

    def __init__(
        self, image: bytearray, classes: dict[str, list[Pou]], dispatch: Dispatch, profile: Profile = IEC
    ) -> None:
        self.image, self.profile = image, profile
        self.classes, self._dispatch = classes, dispatch
        self.dispatchers: dict[str, str] = {}
        self.locations: list[Location] = []
        self._known: dict[Location, int] = {}
        self._declarations: dict[str, None] = {}
        self._constants: dict[bytes, str] = {}
        self.functions: list[str] = []
        self._helpers: dict[str, str] = {}
        self.loops = False
        self.counts = False  # some loop counts its passes
        self.inlining = Inlining()
        self.catches = False  # some __TRY asks what a fault of another unit was
        self.coverage: Coverage | None = None
        self.counters = 0  # where they begin

    def implementations(self, pou: Pou) -> list[tuple[int, Pou]]:
        """Which unit runs for each class of objects when this method, or body, is called."""
        return self._dispatch.get(pou.name.upper(), [])

    def declare(self, text: str) -> None:
        """An outside function, once."""
        self._declarations[text] = None

    def helper(self, name: str, text: str) -> None:
        """A function of the runtime, once."""
        self._helpers[name] = text

    def location(self, pou: Pou, kind: str, at: int, message: str) -> int:
        """The number (from 1) of a place that can fault."""
        source = pou.source
        place = Location(kind, source.file, source.line(at), source.column(at), message)
        if place not in self._known:
            self.locations.append(place)
            self._known[place] = len(self.locations)
        return self._known[place]

    def data(self, content: bytes) -> str:
        """A constant in memory."""
        return self._constants.setdefault(content, f"@data.{len(self._constants)}")

    def allocate(self, content: bytes, align: int) -> int:
        """Static memory in the program's own; returns its offset."""
        self.image += bytes(-len(self.image) % align)
        offset = len(self.image)
        self.image += content
        return offset

    def text(self) -> str:
        """The whole module."""
        return "\n".join([*self._declarations, *self._definitions(), self.inlining.text(), PROFILE])

    def division(self) -> Division:
        """The module in parts: units stay apart unless they become part of their callers."""
        whole = {f"@pou.{symbol(one)}" for one in self.inlining.whole}
        names = {f"@{one.split('(', 1)[0].rpartition('@')[2]}" for one in self.functions}
        frame = "\n".join([*self._declarations, self.inlining.text(), PROFILE])
        return Division(frame, self._definitions(), {one for one in names if one.startswith("@pou.")} - whole)

    def _definitions(self) -> list[str]:
        constants = [
            f"{name} = private unnamed_addr constant [{len(content)} x i8] {data(content)}, align 16"
            for content, name in self._constants.items()
        ]
        limit = f"@limit = private constant i64 {len(self.image)}"
        parts = [limit, *constants, RUNTIME, *self._helpers.values(), *self.dispatchers.values(), *self.functions]
        if self.catches:
            parts.append(exceptions([one.kind for one in self.locations]))
        if self.coverage is not None:
            parts += [f"@counters = private constant i64 {self.counters}", COUNTING]
        return parts
