"""Run a rig: open the wire, step the loop, keep the record, judge it, seal the evidence."""

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hil.bench.assembly import Assembly, Wire, assemble
from hil.bench.real_time import beside, interruptible, real_time
from hil.bench.result import result_of
from hil.bench.rig import Rig
from hil.bench.targets import MAKERS, link_of
from hil.blocks import DIVERGED, FAILED, NO_SOLUTION, SINGULAR, first_not_finite
from hil.errors import InputError, near
from hil.evidence import seal
from hil.loop import HOST, address_of, call_block
from hil.record import Channel, Writer, read, row_dtype
from hil.signals import in_words
from hil.verdicts import Finding, in_health, judge
from hil.verdicts.finding import Verdict

if TYPE_CHECKING:
    from hil.links import Faulty, FreeRunning, Link
    from hil.plc.coverage import Coverage

_SLICE = 0.05  # s of wall time between two looks at the record, the progress and the keyboard


@dataclass(frozen=True)
class Options:
    """What a run is asked for. `rate` is that of the wall clock; None is virtual time."""

    scenario: str | None = None
    link: str | None = None
    rate: int | None = None
    seed: int | None = None
    folder: Path | None = None
    command: tuple[str, ...] = ()
    target: str | None = None


@dataclass
class Ending:
    """Why a run ended before its scenario did, and what that says of the verdict."""

    verdict: Verdict
    reason: str
    at: int


@dataclass
class Progress:
    """What a watcher is told about a run in progress; times in simulated ns."""

    simulated: int
    duration: int
    late: int


@dataclass
class Run:
    """One run of a rig. `phases` are wall-clock seconds since the process began, for `--timings`."""

    rig: Rig
    options: Options
    watch: Callable[[Progress], None] = lambda _: None
    phases: dict[str, float] = field(default_factory=dict)
    ending: Ending | None = None

    def __post_init__(self) -> None:
        file = self.rig.file
        self.scenario_name = self.options.scenario or next(iter(file.scenarios))
        if self.scenario_name not in file.scenarios:
            raise InputError(
                f"rig {file.name} has no scenario {self.scenario_name!r}"
                f"{near(self.scenario_name, file.scenarios)}; it has {', '.join(file.scenarios)}"
            )
        self.scenario = file.scenarios[self.scenario_name]
        self.seed = file.seed if self.options.seed is None else self.options.seed
        self.target = self.options.target or file.controller.target
        self.link_name = link_of(self.target, self.options.link, file)
        self.facts: dict[str, Any] = {}
        self.ticks = self.scenario.duration // self.rig.step
        if self.rig.controller.program.probes and self.wire != "fused":
            raise InputError(f"--coverage reads the memory of a fused program, this run is over {self.link_name}")
        self._keep: Callable[[], None] = lambda: None
        self._free: FreeRunning | None = None
        self._faulty: Faulty | None = None
        if self._breaks_the_wire and self.wire == "fused":
            words = f"scenario {self.scenario_name!r} sets faults of the link, and a fused program has none"
            raise InputError(f"{words}; run it with --link memory, or over a wire")

    @property
    def _breaks_the_wire(self) -> bool:
        return any(event.set.startswith("link.") for event in self.scenario.events)

    @property
    def wire(self) -> Wire:
        """How the controller is met: a link on the wall clock runs free, at any other speed it keeps lockstep."""
        if self.link_name == "fused":
            return "fused"
        return "free" if self.options.rate == 1 else "lockstep"

    def execute(self) -> dict[str, Any]:
        """Run, judge and seal; return the result as `result.json` has it.

        Raises:
            InputError: something cannot be wired, found out when the controller is up.
            RunError: the disk refuses, or the controller could not be brought up.
        """
        with ExitStack() as stack:
            link, self._free = self._open_link(stack)
            free = self._free
            assembly = assemble(self.rig, self.scenario, self.seed, wire=self.wire, rate=self.options.rate, free=free)
            if self._faulty is not None:
                self._faulty.controls = assembly.image.section("link", "inputs")
            folder = run_folder(self.options.folder, Path("runs") / self.rig.file.name, self.scenario_name)
            channels, row = _channels(assembly)
            facts = {"rig": self.rig.file.name, "scenario": self.scenario_name, "seed": str(self.seed)}
            writer = stack.enter_context(Writer(folder / "record.mf4", channels, facts, row))
            self._keep = lambda: writer.append(assembly.ring.take().view(row))
            self.phases["ready"] = process_age()
            began = time.perf_counter()
            with interruptible(assembly.loop.halt) as interrupted:
                self._step_through(assembly, link)
            if interrupted() and self.ending is None and assembly.loop.tick < self.ticks:
                self._end("inconc", "interrupted", assembly.loop.t)
            wall = time.perf_counter() - began
            watched = free or link
            health = asdict(watched.health) if watched else {}
        recording = read(folder / "record.mf4")
        findings = self._judge(recording)
        result = result_of(self, assembly, recording, findings, folder, wall, health)
        seal(folder, result, recording, self._covered(assembly, folder, result))
        return result

    def _covered(self, assembly: Assembly, folder: Path, result: dict[str, Any]) -> "Coverage | None":
        """What the program executed, when it was compiled to count that; the result names the file of it."""
        program = self.rig.controller.program
        if not program.probes:
            return None
        from hil.plc.coverage import Coverage

        found = Coverage.of(program, assembly.program)
        result["coverage"] = found.as_dict()
        result["paths"]["coverage"] = str(folder / "coverage.info")
        return found

    def _open_link(self, stack: ExitStack) -> tuple["Link | None", "FreeRunning | None"]:
        if self.wire == "fused":
            return None, None
        from hil.bench.links import Wanted, with_faults
        from hil.links import FreeRunning

        wanted = Wanted(self.rig, self.wire == "lockstep", stack, self.facts)
        link = MAKERS[self.target](self.link_name, wanted)
        if self._breaks_the_wire:
            restart = self.rig.file.links.can.restart
            link = self._faulty = with_faults(link, self.rig.controller.period, self.seed, restart)
        if self.wire == "free":
            free = FreeRunning(link, self.rig.controller.period)
            free.start()
            stack.callback(free.stop)
            return link, free
        link.open()
        stack.callback(link.close)
        return link, None

    def _step_through(self, assembly: Assembly, link: "Link | None") -> None:
        """Run every tick; the last one ends with its sample, so that nothing moves behind the scenario's end."""
        if assembly.pace is None:
            self._slices(assembly, link)
        else:
            with real_time():
                assembly.pace.start()
                if self.wire == "lockstep":
                    self._slices(assembly, link)
                else:
                    self.phases["first step"] = process_age()
                    self._status(assembly, link, beside(assembly.loop, self.ticks, lambda: self._look(assembly)))
                    if self._free is not None and self._free.error is not None:
                        self._lost(self._free.error, assembly.loop.t)
        loop = assembly.loop
        if loop.tick == self.ticks and self.ending is None:
            loop.memory["count"] -= 1
            while self._goes_on() and (status := loop.run(self.ticks + 1)):
                self._status(assembly, link, status)
        self._look(assembly)

    def _slices(self, assembly: Assembly, link: "Link | None") -> None:
        """Run in slices of about `_SLICE` seconds, with a look at the record and the watcher between them."""
        loop, length = assembly.loop, 1
        looked = time.perf_counter()
        self.phases["first step"] = process_age()
        while loop.tick < self.ticks and self.ending is None and not loop.halted:
            until = min(loop.tick + length, self.ticks)
            while self._goes_on() and (status := loop.run(until)):
                self._status(assembly, link, status)
            now = time.perf_counter()
            length = min(2 * length, 1 << 30) if now - looked < _SLICE / 2 else max(length // 2, 1)
            if now - looked > _SLICE / 2:
                self._look(assembly)
                looked = now

    def _look(self, assembly: Assembly) -> None:
        self._keep()
        if self._free is not None:
            self._bus(assembly, self._free.link)
        if self._free is not None and self._free.error is not None and _is_fault(self._free.error):
            assembly.loop.halt()
        late = int(assembly.pace.p["late"][0]) if assembly.pace else 0
        # While the loop runs in its own thread only its rows tell how far it is.
        simulated = max(assembly.loop.t, assembly.ring.newest)
        self.watch(Progress(simulated, self.scenario.duration, late))

    def _status(self, assembly: Assembly, link: "Link | None", status: int) -> None:
        """Do what a block's answer asks for: exchange, empty the ring, or end the run."""
        loop, last = assembly.loop, assembly.loop.last
        if status == 0:
            return
        if status == HOST and last is assembly.ring.step:
            self._keep()
        elif last is assembly.controller:
            self._controller(assembly, link, status)
        elif last is assembly.advance and status > 0:
            at = int(assembly.solver.problem["at"][0])
            trip = self.rig.plant.trips.signals[status - 1]
            if assembly.measure is not None:
                call_block(assembly.measure, at)
            call_block(assembly.ring.step, at)
            self._end("fail", f"plant {self.rig.plant.name} shut itself down: {trip.words}", at)
        elif last is assembly.advance and status == DIVERGED:
            state = first_not_finite(self.rig.plant.state, assembly.image.section("plant", "state"))
            self._end("error", f"plant {self.rig.plant.name} diverged: {state} at t = {in_words(loop.t)}", loop.t)
        elif last is assembly.advance and status == SINGULAR:
            self._end("error", f"plant {self.rig.plant.name}: {NO_SOLUTION} at t = {in_words(loop.t)}", loop.t)
        else:
            what = "raised an error in compiled code" if status == FAILED else f"gave status {status}"
            self._end("error", f"block {last.name} {what}", loop.t)

    def _controller(self, assembly: Assembly, link: "Link | None", status: int) -> None:
        from hil.links import LinkError

        t = assembly.loop.t
        if link is None:
            fault = self.rig.controller.program.fault(assembly.program)
            words = fault.message if fault else f"status {status}"
            place = f" ({fault.file}:{fault.line})" if fault else ""
            self._end("fail", f"the controller stopped with a fault: {words}{place}", t)
            return
        try:
            link.exchange(t, assembly.send, assembly.answer)
        except LinkError as error:
            self._lost(error, t)
            return
        self._age(assembly, link)

    def _age(self, assembly: Assembly, link: "Link") -> None:
        """Put the answer's age on record, and count it when it is stale; 0 and never without faults."""
        arrived = link.arrived
        self._bus(assembly, link)
        assembly.image.view("link.age")[:] = arrived.now - max(arrived.oldest, 0)
        assembly.image.view("link.stale")[:] += arrived.stale(self.rig.controller.period)

    def _bus(self, assembly: Assembly, link: "Link") -> None:
        """Put the state of the card on its bus on record, where the rig has a bus."""
        if "link.bus" in assembly.image.signals:
            from hil.links import BUS_STATES, bus_state

            assembly.image.view("link.bus")[:] = BUS_STATES.index(bus_state(link))

    def _lost(self, error: Exception, t: int) -> None:
        """End a run whose link gave up: a controller that says it has a fault fails, a broken wire is an error."""
        if _is_fault(error):
            self._end("fail", f"the controller stopped with a fault: {error}", t)
        elif self._free is None:
            self._end("error", str(error), t)

    def _goes_on(self) -> bool:
        return self.ending is None

    def _end(self, verdict: Verdict, reason: str, at: int) -> None:
        self.ending = Ending(verdict, reason, at)

    def _seen_in_part(self, finding: Finding) -> Finding:
        """A record of some of the steps can show that a requirement was broken, but not that it was kept."""
        if finding.verdict != "pass":
            return finding
        every = in_words(self.rig.record_period)
        reason = f"the record keeps one sample in {every}, the steps between them are not judged; leave record out"
        return replace(finding, verdict="inconc", reason=reason)

    def _judge(self, recording: Any) -> tuple[Finding, ...]:
        file, end = self.rig.file, self.scenario.duration
        asked = [one for one in file.requirements if one.scenarios is None or self.scenario_name in one.scenarios]
        units = {one.name: one.unit for one in recording.channels}
        findings = judge(asked, recording, end, units, file.overruns)
        if self.rig.record_period > self.rig.step:
            findings = tuple(self._seen_in_part(one) for one in findings)
        if not findings and self.ending is None:
            self._end("error", f"no requirement is judged in scenario {self.scenario_name!r}", end)
        if self.ending is None:
            return findings
        words = f"the run reaches the scenario's end at {in_words(end)}"
        ended = Finding(
            id="run", words=words, kind="run", verdict=self.ending.verdict, margin=(self.ending.at - end) / 1e9,
            unit="s", at=self.ending.at, window=(0, end), reason=self.ending.reason,
        )  # fmt: skip
        judged = in_health(ended, recording, file.overruns) if ended.verdict == "fail" else ended
        return (judged, *findings)


def _is_fault(error: Exception) -> bool:
    """Whether it is the controller that has stopped, not the wire."""
    from hil.links import ControllerFault

    return isinstance(error, ControllerFault)


def run_folder(given: Path | None, base: Path, name: str) -> Path:
    """Make and return the folder of a run: the one asked for, or the next free `name-0001` below `base`.

    Raises:
        InputError: it exists and is not empty, or cannot be made.
    """
    try:
        if given is not None:
            given.mkdir(parents=True, exist_ok=True)
            if any(given.iterdir()):
                raise InputError(f"the run folder {given} is not empty; name another, or remove it")
            return given
        base.mkdir(parents=True, exist_ok=True)
        number = 1 + max((int(one.name[-4:]) for one in base.glob("*-[0-9][0-9][0-9][0-9]")), default=0)
        while True:
            folder = base / f"{name}-{number:04d}"
            try:
                folder.mkdir()
                return folder
            except FileExistsError:
                number += 1
    except OSError as error:
        raise InputError(f"cannot make the run folder {given or base}: {error.strerror}; name one with --out") from None


def process_age() -> float:
    """Return the seconds since this process began."""
    started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def _channels(assembly: Assembly) -> tuple[list[Channel], np.dtype[np.void]]:
    """Return the record's channels, and where they lie in the ring's rows: nothing is copied to record them."""
    channels, offsets = [], []
    start = address_of(assembly.image.memory) - 8  # a row is t, then the image
    for path, one in assembly.image.signals.items():
        first, kind = assembly.image.address(path) - start, np.dtype(one.kind)
        for number, cell in enumerate(np.ndindex(*one.shape)):
            name = path + (f"[{','.join(map(str, cell))}]" if cell else "")
            channels.append(Channel(name, one.unit, one.words, one.kind))
            offsets.append(first + number * kind.itemsize)
    return channels, row_dtype(channels, offsets, assembly.ring.rows.dtype.itemsize)
