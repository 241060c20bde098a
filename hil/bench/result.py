"""The result of a run as plain data: what `result.json` holds and everything shown is made from."""

from __future__ import annotations

import os
import platform
import sys
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hil import __version__
from hil.blocks.native import toolchain
from hil.blocks.sources import digest_of_sources
from hil.verdicts import worst

if TYPE_CHECKING:
    from hil.bench.assembly import Assembly
    from hil.bench.run import Run
    from hil.record import Recording
    from hil.verdicts import Finding

_PACKAGES = ("numpy", "numba", "llvmlite", "pydantic", "asyncua")


def result_of(
    run: Run,
    assembly: Assembly,
    recording: Recording,
    findings: tuple[Finding, ...],
    folder: Path,
    wall: float,
    link_health: dict[str, Any],
) -> dict[str, Any]:
    """Return the result of a run."""
    file, options = run.rig.file, run.options
    steps = min(assembly.loop.tick, run.ticks)
    simulated = int(recording.t[-1]) / 1e9 if len(recording.t) else 0.0
    return {
        "hil": __version__,
        "rig": file.name,
        "title": file.title,
        "scenario": run.scenario_name,
        "words": run.scenario.words,
        "seed": run.seed,
        "target": {"name": run.target, **run.facts},
        "link": run.link_name,
        "clock": "virtual" if options.rate is None else "wall" if options.rate == 1 else f"x{options.rate}",
        "command": list(options.command),
        "verdict": worst(one.verdict for one in findings),
        "ended": run.ending.reason if run.ending else None,
        "findings": [one.as_dict() for one in findings],
        "record": {
            "path": str(folder / "record.mf4"), "digest": recording.digest,
            "rows": len(recording.t), "channels": len(recording.channels),
        },
        "steps": steps,
        "simulated_s": simulated,
        "wall_s": wall,
        "speed": simulated / wall if wall else 0.0,
        "ns_per_step": wall / steps * 1e9 if steps else 0.0,
        "loop": _loop(run, assembly),
        "link_health": link_health,
        "events": [
            {"t_s": one.at / 1e9, "text": one.words or f"{one.set} = {one.value:g}"} for one in run.scenario.events
        ],
        "inputs": _inputs(run),
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _PACKAGES}},
        "machine": {
            "system": f"{platform.system()} {platform.release()}", "processor": toolchain(),
            "cores": os.cpu_count() or 0, "libc": " ".join(platform.libc_ver()),
        },
        "paths": {
            "folder": str(folder), "record": str(folder / "record.mf4"), "result": str(folder / "result.json"),
            "junit": str(folder / "junit.xml"), "report": str(folder / "report.html"),
        },
    }  # fmt: skip


def _loop(run: Run, assembly: Assembly) -> dict[str, Any]:
    pace, policy = assembly.pace, run.rig.file.overruns
    counted = {
        "late": int(pace.p["late"][0]), "max_lateness_ns": int(pace.p["worst"][0]),
        "consecutive_late": int(pace.p["longest_run"][0]),
    } if pace else {"late": 0, "max_lateness_ns": 0, "consecutive_late": 0}  # fmt: skip
    tolerance = int(pace.p["tolerance"][0]) if pace else policy.lateness
    return {
        "period_ns": run.rig.step,
        "ticks": min(assembly.loop.tick, run.ticks),
        **counted,
        "lost_rows": assembly.ring.lost,
        "policy": {"grace_ns": policy.grace, "lateness_ns": tolerance, "total": policy.total, "stale": policy.stale},
    }


def _inputs(run: Run) -> list[dict[str, str]]:
    """Return what the run was made from, with digests: the rig, the program, and all sources of plant and blocks."""
    rig = run.rig
    plant_module = rig.plant.derivative.__module__
    plant_file = getattr(sys.modules.get(plant_module), "__file__", None)
    files = [rig.source.path, rig.controller.path, *([Path(plant_file)] if plant_file else [])]
    named = [{"path": _shown(one), "digest": sha256(one.read_bytes()).hexdigest()} for one in files]
    own = ("hil.blocks.solver_kernels", "hil.loop.kernels", "hil.loop.walk", "hil.loop.wires")
    modules = sorted({plant_module, *own, *(one.step.__module__ for one in rig.blocks.values())})
    kernels = [{"path": f"kernels of {one}", "digest": digest_of_sources(one)} for one in modules]
    image = [{"path": run.facts["image"], "digest": run.facts["digest"]}] if "image" in run.facts else []
    return [*named, *image, *kernels]


def _shown(path: Path) -> str:
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
