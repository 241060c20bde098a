"""A speed drive: a permanent-magnet DC motor with its load, fed with the voltage that its converter is told.

    L di/dt     = u - R i - K w
    J dw/dt     = K i - b w - T_load

Source: W. C. Messner, D. M. Tilbury and others, Control Tutorials for MATLAB and Simulink, University of Michigan,
"DC Motor Speed: System Modeling", equations 3 and 4, with their parameters J, b, K, R, L (set `michigan`).

Left out: the lag and the ripple of the converter, dry friction, saturation and heating of the armature, the ripple of
commutation, play and elasticity of the shaft.
"""

from typing import Any

from hil.blocks import ParameterSet, Plant
from hil.signals import record, signal

PARAMETERS = record(
    "Parameters",
    J=signal("kg*m^2", "moment of inertia of rotor and load", 1e-9, 1e6, 0.01),
    b=signal("N*m*s/rad", "viscous friction", 0, 1e6, 0.1),
    K=signal("N*m/A", "torque for each ampere, and volts for each rad/s", 1e-9, 1e4, 0.01),
    R=signal("ohm", "resistance of the armature", 1e-6, 1e6, 1.0),
    L=signal("H", "inductance of the armature", 1e-9, 1e3, 0.5),
    w_max=signal("rad/s", "speed at which the rotor bursts", 1e-3, 1e6, 400.0),
)
STATE = record(
    "State",
    i=signal("A", "current of the armature", -1e6, 1e6),
    w=signal("rad/s", "speed of the shaft", -1e6, 1e6),
)
INPUTS = record(
    "Inputs",
    u=signal("V", "voltage of the armature", -1e4, 1e4),
    T_load=signal("N*m", "torque that the load takes", -1e6, 1e6),
)
OUTPUTS = record(
    "Outputs",
    torque=signal("N*m", "torque of the motor", -1e7, 1e7),
    P_in=signal("W", "electrical power taken", -1e9, 1e9),
    P_loss=signal("W", "heat of armature and friction", -1, 1e9),
    P_out=signal("W", "power given to the load", -1e9, 1e9),
    dE=signal("W", "rate at which inductance and inertia store energy", -1e9, 1e9),
)
TRIPS = record("Trips", burst=signal("rad/s", "the rotor burst: the speed reached w_max"))


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The armature and the shaft."""
    dx.i = (u.u - p.R * x.i - p.K * x.w) / p.L
    dx.w = (p.K * x.i - p.b * x.w - u.T_load) / p.J


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The torque, and the powers that must close: P_in = P_loss + P_out + dE."""
    y.torque = p.K * x.i
    y.P_in = u.u * x.i
    y.P_loss = p.R * x.i * x.i + p.b * x.w * x.w
    y.P_out = u.T_load * x.w
    y.dE = x.i * (u.u - p.R * x.i - p.K * x.w) + x.w * (p.K * x.i - p.b * x.w - u.T_load)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The rotor bursts, whichever way it turns."""
    g.burst = abs(x.w) - p.w_max


PLANT = Plant(
    name="dc_motor",
    words="DC motor speed drive: armature and shaft",
    source="Control Tutorials for MATLAB and Simulink, University of Michigan, DC Motor Speed: System Modeling",
    left_out="lag and ripple of the converter, dry friction, saturation, heating, elasticity of the shaft",
    derivative=derivative,
    measure=measure,
    trip=trip,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    sets={
        "michigan": ParameterSet(
            words="the declared values of motor and load; at rest",
            source="Control Tutorials for MATLAB and Simulink, DC Motor Speed: System Modeling, physical parameters",
            values={},
        ),
        "drive": ParameterSet(
            words="a servo of 2 kW: 300 V, 10 A, 200 rad/s; at rest",
            source="chosen here: K w = 200 V, R i = 10 V, K i = 10 N m at rated speed and current",
            values={"J": 0.02, "b": 0.002, "K": 1.0, "R": 1.0, "L": 0.01},
        ),
    },
)
