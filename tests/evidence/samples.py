"""A synthetic run of a stirred tank, with everything a report can show."""

from pathlib import Path
from typing import Any

import numpy as np

from hil.record import Channel, Recording, Writer, read

CHANNELS = [
    Channel("reactor.T", "K", "temperature of the reactor", "f8"),
    Channel("reactor.T_set", "K", "set point of the temperature", "f8"),
    Channel("reactor.CA", "kmol/m3", "concentration of the reactant", "f8"),
    Channel("reactor.Tc", "K", "temperature of the coolant", "f8"),
    Channel("reactor.volume", "m3", "volume, which is constant", "f8"),
    Channel("valve.position", "%", "opening of the coolant valve", "f4"),
    Channel("plc.STEP", "", "step of the start-up sequencer", "i2"),
    Channel("plc.CTL.I", "", "", "f4"),
    Channel("plc.ALARM_HIGH", "", "", "b1"),
    Channel("plc.INTERLOCK", "", "", "b1"),
    Channel("plc.RUN", "", "", "b1"),
    Channel("plc.KP", "", "", "f4"),
    Channel("plc.MESSAGE", "", "message to the operator", "S16"),
]


def rows(dtype: np.dtype[np.void], count: int) -> np.ndarray[Any, Any]:
    """A start-up, a set-point step and a disturbance in 1800 s."""
    out = np.zeros(count, dtype)
    t = np.linspace(0.0, 1800.0, count)
    step = np.where(t < 600, 0.0, 12.0)
    lag = np.where(t < 600, 0.0, 12 * (1 - np.exp(-(t - 600) / 60) * np.cos((t - 600) / 40)))
    kick = np.where(t < 1200, 0.0, 5 * np.exp(-((t - 1200) / 90)) * np.sin((t - 1200) / 30))
    out["t"] = np.round(t * 1e9)
    out["reactor.T"] = 311.3 + 45 * (1 - np.exp(-t / 80)) + lag + kick
    out["reactor.T_set"] = 356.3 + step
    out["reactor.CA"] = 8.5698 - 6.5 * (1 - np.exp(-t / 110)) - lag / 40 + kick / 30
    out["reactor.Tc"] = 298.15 - 8 * (1 - np.exp(-t / 50)) - lag / 3
    out["reactor.volume"] = 1.0
    out["valve.position"] = 35 + lag * 2 + kick * 4
    out["plc.STEP"] = np.searchsorted([60, 200, 420], t) * 10
    out["plc.CTL.I"] = np.where((t > 300) & (t < 312), np.nan, 0.2 + lag / 50)
    out["plc.ALARM_HIGH"] = out["reactor.T"] > 370
    out["plc.INTERLOCK"] = (t > 1210) & (t < 1216)
    out["plc.RUN"] = t > 60
    out["plc.KP"] = 2.5
    out["plc.MESSAGE"] = np.where(t < 60, b"starting", np.where(t < 420, b"heating", b"in control"))
    return out


def recording(folder: Path, count: int = 18_001) -> Recording:
    """Write the run and read it back."""
    with Writer(folder / "record.mf4", CHANNELS, {"rig": "tank", "seed": "7"}) as writer:
        writer.append(rows(writer.dtype, count))
    return read(folder / "record.mf4")


def finding(name: str, words: str, verdict: str, margin: float | None, **more: Any) -> dict[str, Any]:
    """One requirement's finding as it stands in result.json."""
    facts = {"id": name, "words": words, "verdict": verdict, "margin": margin, "kind": "bound", "unit": "K"}
    place = {"at_s": None, "window_s": [0.0, 1800.0], "reason": "", "signal": None, "low": None, "high": None}
    return facts | place | more


def findings(verdict: str) -> list[dict[str, Any]]:
    """Four requirements; the second has the given verdict."""
    good = verdict == "pass"
    band = {"at_s": 1241.8, "window_s": [900.0, 1800.0], "signal": "reactor.T", "low": 364.3, "high": 372.3}
    band |= {"reason": "" if good else "left the band after the disturbance"}
    end = {"at_s": 1800.0, "window_s": [1700.0, 1800.0], "signal": "reactor.CA", "low": 1.5, "high": 2.5}
    reserve = {"at_s": 640.0, "signal": "valve.position", "low": 2.0, "high": 98.0}
    return [
        finding(
            "T-max",
            "the reactor stays cold enough",
            "pass",
            10.93,
            at_s=687.0,
            signal="reactor.T",
            high=380.0,
        ),
        finding("T-band", "the temperature holds its band", verdict, 1.61 if good else -0.38, **band),
        finding("CA-end", "the operating point is reached", "pass", 0.0437, unit="kmol/m3", **end),
        finding("V-open", "the valve keeps a reserve", "pass", 11.0, unit="%", **reserve),
    ]


def result(record: Recording, verdict: str = "pass", **more: Any) -> dict[str, Any]:
    """The content of result.json."""
    rows, channels = record.t.size, len(record.channels)
    return {
        "hil": "0.1.0",
        "rig": "tank",
        "title": "Stirred tank with cooling",
        "scenario": "start-up",
        "seed": 7,
        "link": "fused",
        "clock": "virtual",
        "verdict": verdict,
        "findings": findings(verdict),
        "record": {"path": "record.mf4", "digest": record.digest, "rows": rows, "channels": channels},
        "steps": rows - 1,
        "simulated_s": 1800.0,
        "wall_s": 0.0213,
        "speed": 84507.0,
        "ns_per_step": 118.3,
        "loop": {
            "period_ns": 100_000_000,
            "ticks": rows - 1,
            "late": 0,
            "policy": {"total": 0, "consecutive": 0},
        },
        "target": {"name": "plc"},
        "link_health": {},
        "inputs": [
            {"path": "rigs/tank/rig.toml", "digest": "ab" * 32},
            {"path": "controllers/plc/tank.st", "digest": "cd" * 32},
        ],
        "versions": {"python": "3.11.9", "numpy": "2.4.6"},
        "machine": {"cpu": "x86-64", "cores": 2},
        "events": [
            {"t_s": 600.0, "text": "set point of the temperature to 368.3 K"},
            {"t_s": 1200.0, "text": "feed temperature +5 K"},
        ],
        "paths": {},
        "ended": None,
        "command": ["hil", "run", "rigs/tank", "--scenario", "start-up", "--seed", "7"],
    } | more
