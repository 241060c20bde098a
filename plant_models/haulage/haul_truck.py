"""An ultra-class haul truck with electric drive, on a road with grades and bends.

    (m + m_rot) dv/dt = F_drive - m g (c_rr cos th + sin th) - 1/2 rho c_d A v^2 - F_retarder - F_brake
    m (dv_y/dt + v r) = F_f + F_r            I dr/dt = a F_f - b F_r
    F_f = mu_y W_f tanh(c_f alpha_f / mu_y)  alpha_f = (v tan delta - v_y - a r) / max(|v|, w)       (F_r alike)
    ds/dt = (v cos psi_e - v_y sin psi_e) / (1 - kappa e)      de/dt = v sin psi_e + v_y cos psi_e

th is the slope whose tangent is the grade; s and e are the truck's station along the road and its distance to the left
of it, psi_e its heading against that of the road. Drive and retarder are limited in force, in power and by the tyres
(`_traction.py`), what the tyres give along is not there across (mu_y). The brakes' lining fades with its temperature.

Sources:
- `cat_777g`, `cat_785d`, `cat_793f`: masses, power, efficiency 0.85 and mu 0.6 on 0.55 of the weight as in the classes
  of minehaulsim 0.12.1; with 10 % grade and 2 % rolling resistance its 793F runs 13.1 km/h.
- `lindgren`: I. Lindgren et al., Energies 15 (2022) 4871: masses, drag, powers over speed, fuel.
- The lateral model with one wheel on each axle, the "bicycle": R. Rajamani, Vehicle Dynamics and Control, 2nd ed. 2012,
  chapter 2.
- Lags, brakes, cooling, tyre stiffness, wheelbase and the sensors' errors: choices of ours of a plausible size, with no
  source. The brakes hold 0.35 g at gross mass, so that 9.66 ft/s^2 of 30 CFR 57.14101 is met with a margin.

Left out: load transfer, suspension, roll, tyre slip along (mu limits the force at once), the engine's own limit while
it runs up (the drive's lag stands for it), battery, reverse gear, wind, the bank of bends, cosines of the steering
angle in the forces. At rest friction holds the truck by a latch; an obstacle that is struck or a road that is left ends
the run.
"""

import math
from typing import Any

from hil.blocks import ParameterSet, Plant, function
from hil.signals import record, signal
from plant_models.haulage import _road
from plant_models.haulage._sensing import begin, locate, look
from plant_models.haulage._traction import G, cosine, envelope, sine

KW, T = 1e3, 1e3

PARAMETERS = record(
    "Parameters",
    road=signal("1", "1 the haul road of _road.py, 0 a straight and level one", 0, 1),
    payload=signal("t", "payload", 0, 500, 227.0),
    empty=signal("t", "mass of the empty truck", 1, 500, 165.0),
    rotating=signal("t", "inertia of what rotates, as a mass at the tyre", 0, 200),
    crr=signal("1", "rolling resistance over weight", 0, 0.3, 0.02),
    drag=signal("m^2", "drag coefficient times frontal area", 0, 200, 40.0),
    rho=signal("kg/m^3", "density of air", 0, 2, 1.22),
    drive_force=signal("N", "largest force of the drive at the wheels", 1e3, 1e7, 1.27e6),
    drive_power=signal("kW", "power of the drive at the wheels up to the knee", 1, 1e4, 0.85 * 1976),
    drive_knee=signal("m/s", "speed above which the drive's power falls", 0.1, 50, 16.0),
    drive_top=signal("kW", "power of the drive at top speed", 1, 1e4, 0.85 * 1976),
    retarder_force=signal("N", "largest force of the retarder", 1e3, 1e7, 1.27e6),
    retarder_power=signal("kW", "power of the retarder up to the knee", 1, 1e4, 0.85 * 1976),
    retarder_knee=signal("m/s", "speed above which the retarder's power falls", 0.1, 50, 16.0),
    retarder_top=signal("kW", "power of the retarder at top speed", 1, 1e4, 0.85 * 1976),
    top=signal("m/s", "top speed", 1, 60, 60 / 3.6),
    share=signal("1", "share of the weight on the wheels that are driven", 0.1, 1, 0.55),
    brake_force=signal("N", "force of the service brakes, cold", 1e3, 1e7, 0.35 * 9.81 * 392e3),
    park_force=signal("N", "force of the parking brake", 0, 1e7, 0.18 * 9.81 * 392e3),
    drive_lag=signal("s", "time constant of the drive", 0.01, 20, 0.6),
    retarder_lag=signal("s", "time constant of the retarder", 0.01, 20, 0.4),
    brake_lag=signal("s", "time constant of the brakes' pressure", 0.01, 20, 0.25),
    brake_heat=signal("J/K", "heat capacity of the brakes", 1e3, 1e9, 2e6),
    brake_cooling=signal("W/K", "heat that the brakes give off", 0, 1e6, 2e3),
    ambient=signal("degC", "temperature of the air", -60, 60, 20.0),
    fade_from=signal("degC", "temperature at which the lining begins to fade", 0, 1e3, 300.0),
    fade_to=signal("degC", "temperature at which it has faded", 1, 2e3, 600.0),
    faded=signal("1", "what is left of the lining's friction then", 0, 1, 0.4),
    idle=signal("L/h", "fuel at no load", 0, 1e3, 50.0),
    burn=signal("L/kWh", "fuel for the engine's work", 0, 2, 0.26 * 619 / 635),
    efficiency=signal("1", "from the engine to the wheels", 0.1, 1, 0.85),
    auxiliary=signal("kW", "power of the auxiliaries", 0, 1e3, 50.0),
    wheelbase=signal("m", "distance of the axles", 1, 20, 5.9),
    front_load=signal("1", "share of the weight on the front axle", 0.1, 0.9, 0.33),
    front_stiffness=signal("1/rad", "cornering stiffness of the front tyres over their load", 0.5, 50, 6.0),
    rear_stiffness=signal("1/rad", "cornering stiffness of the rear tyres over their load", 0.5, 50, 6.6),
    steer_lag=signal("s", "time constant of the steering", 0.01, 10, 0.5),
    steer_rate=signal("rad/s", "fastest steering", 0.01, 5, 0.3),
    wheel=signal("m", "radius of the driven wheels", 0.1, 5, 1.78),
    gear=signal("1", "turns of a traction motor for one of its wheel", 1, 100, 28.8),
    rated_power=signal("kW", "power of the engine", 1, 1e4, 1976.0),
    rated_speed=signal("rpm", "speed of the engine at its power", 500, 5e3, 1750.0),
    idle_speed=signal("rpm", "speed of the engine at no load", 200, 2e3, 700.0),
    front=signal("m", "from the truck's reference point to its bumper", 0, 20, 5.0),
    half_width=signal("m", "how far the reference point may be from the road's middle", 1, 100, 9.0),
    sight=signal("m", "range of the obstacle detector", 1, 1e3, 120.0),
    sense_every=signal("s", "period of positioning and obstacle detector", 0.001, 10, 0.05),
    pose_noise=signal("m", "standard deviation of a fix", 0, 10, 0.03),
    heading_noise=signal("rad", "standard deviation of the heading", 0, 1, 0.003),
    speed_noise=signal("m/s", "standard deviation of the speed", 0, 5, 0.02),
    range_noise=signal("m", "standard deviation of the obstacle's distance", 0, 10, 0.3),
    pose_gaps=signal("1", "share of fixes that do not come", 0, 1, 0.01),
    seed=signal("1", "seed of the sensors' errors", 0, 2**53, 1, kind="i8"),
)
STATE = record(
    "State",
    s=signal("m", "station along the road", -1e4, 1e5),
    e=signal("m", "distance to the left of the road's middle", -1e3, 1e3),
    x=signal("m", "east of the loading place", -1e5, 1e5),
    y=signal("m", "north of the loading place", -1e5, 1e5),
    psi=signal("rad", "heading, left of east", -1e3, 1e3),
    v=signal("m/s", "speed along the truck", -30, 40, 8.0),
    vy=signal("m/s", "speed across the truck", -20, 20),
    r=signal("rad/s", "yaw rate", -5, 5),
    steering=signal("rad", "angle of the front wheels", -1, 1, 0.002),
    drive=signal("1", "share of its force that the drive gives", 0, 1, 0.1),
    retarder_at=signal("1", "share of its force that the retarder gives", 0, 1, 0.01),
    pressure=signal("1", "pressure of the service brakes", 0, 1, 0.01),
    rpm=signal("rpm", "speed of the engine", 0, 5e3, 900.0),
    brake_T=signal("degC", "temperature of the brakes", -60, 2e3, 60.0),
    fuel=signal("L", "fuel burnt", 0, 1e7, 0.01),
    height=signal("m", "risen since the start", -1e4, 1e4, 0.01),
    driven=signal("MJ", "work of the drive", -1e6, 1e6, 0.01),
    retarded=signal("MJ", "work taken by the retarder", -1e6, 1e6, 0.01),
    braked=signal("MJ", "work taken by the service and the parking brake", -1e6, 1e6, 0.01),
    rolled=signal("MJ", "work taken by rolling resistance and air", -1e6, 1e6, 0.01),
)
INPUTS = record(
    "Inputs",
    throttle=signal("1", "share of the drive's force that is asked for", 0, 1, 0.2),
    retarder=signal("1", "share of the retarder's force that is asked for", 0, 1),
    brake=signal("1", "service brake that is asked for", 0, 1),
    park=signal("1", "parking brake, on above 0.5", 0, 1),
    steer=signal("rad", "angle of the front wheels that is asked for", -0.7, 0.7),
    tsc1_mode=signal("1", "TSC1 override: 0 none, 2 torque, 3 torque limit", 0, 3),
    tsc1_torque=signal("percent", "TSC1 requested torque or limit", -125, 125),
    xbr_mode=signal("1", "XBR: 0 none, 1 the acceleration below is asked for as well", 0, 1),
    xbr=signal("m/s^2", "XBR external acceleration demand, negative", -10, 0),
    grade=signal("1", "grade that comes to that of the road", -0.3, 0.3),
    mu=signal("1", "friction between tyre and road", 0.02, 1.2, 0.6),
    mud=signal("1", "rolling resistance that comes to the road's own", 0, 0.2),
    brake_loss=signal("1", "share of the service brakes that has failed", 0, 1),
    obstacle_s=signal("m", "station of the nearest thing on the road ahead", -1e4, 1e5, 140.0),
    obstacle_class=signal("1", "what it is: 1 machine, 2 person", 1, 2, 1.0),
    pose_fault=signal("1", "positioning: 0 none, 1 lost, 2 stuck, 3 displaced, 4 drifting", 0, 4),
    pose_error=signal("m", "to the left: by how much fault 3 displaces; 4 drifts by that every second", -50, 50),
    seen_fault=signal("1", "perception: 1 missed, 2 late, 3 false, 4 mislocated, 5 misclassified, 6 dead", 0, 6),
    seen_error=signal("m", "2: late by as many s; 3: distance of the false one; 4: error of the distance", -200, 200),
)
OUTPUTS = record(
    "Outputs",
    wheel_speed=signal("km/h", "wheel-based vehicle speed (CCVS1)", -150, 150),
    torque=signal("percent", "actual engine torque (EEC1)", 0, 125),
    shaft_speed=signal("rpm", "speed of the traction motors (ETC1)", -1e4, 1e4),
    brake_level=signal("percent", "brakes applied (EBC1)", 0, 100),
    acceleration=signal("m/s^2", "along the truck", -30, 30),
    lateral=signal("m/s^2", "acceleration across the truck", -30, 30),
    drive_now=signal("kN", "force of the drive", -1e4, 1e4),
    retarder_now=signal("kN", "force of the retarder", -1e4, 1e4),
    brake_now=signal("kN", "force of service and parking brake", -1e4, 1e4),
    gap=signal("m", "from the bumper to the thing ahead", -1e5, 2e5),
    pose_s=signal("m", "station, as positioning has it", -1e5, 2e5),
    pose_e=signal("m", "distance to the left of the road's middle, as positioning has it", -1e4, 1e4),
    pose_turned=signal("rad", "heading against the road's, as positioning has it", -1e3, 1e3),
    pose_v=signal("m/s", "speed, as positioning has it", -50, 60),
    pose_age=signal("s", "since the last fix", 0, 1e6),
    seen_distance=signal("m", "from the bumper to what is seen; the range where nothing is", 0, 1e3),
    seen_class=signal("1", "what is seen: 0 nothing, 1 machine, 2 person, 3 dust", 0, 3),
    seen_age=signal("s", "since the last scan", 0, 1e6),
    closure=signal("1", "energy that is not accounted for, over all that was turned over", -1, 1),
)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    held=signal("1", "friction holds the truck at rest", 0, 1, kind="b1"),
    due=signal("s", "until the next sample of the sensors"),
    random=signal("1", "state of the sensors' errors", 0, 2**64, kind="u8"),
    mass_before=signal("kg", "mass for which the energy was counted", 0, 1e7),
    reference=signal("J", "kinetic and potential energy less all work, at the start"),
    displaced=signal("m", "how far positioning has drifted"),
    fix_s=signal("m", "station of the last fix"),
    fix_e=signal("m", "distance from the road's middle of the last fix"),
    fix_turned=signal("rad", "heading of the last fix"),
    fix_v=signal("m/s", "speed of the last fix"),
    pose_since=signal("s", "time without a fix at the last sample"),
    seen=signal("m", "distance at the last scan"),
    seen_kind=signal("1", "class at the last scan"),
    seen_since=signal("s", "time without a scan at the last sample"),
    in_sight=signal("s", "time that the thing ahead has been in sight"),
)
TRIPS = record(
    "Trips",
    struck=signal("m", "the truck struck what stood ahead"),
    off_road=signal("m", "the truck left the road"),
)
ENVELOPE = record(
    "Envelope",
    slip=signal("rad", "a slip angle beyond 0.25 rad"),
    roll=signal("m/s^2", "an acceleration across beyond 4 m/s^2, where a loaded truck may turn over"),
    speed=signal("m/s", "a speed of more than 1.2 times the top speed"),
)

_REST = 0.2  # m/s: friction takes the sign of the speed within this
_SLOW = 1.5  # m/s: below, the tyres' slip is counted as at this speed
_MOST_SLIP, _MOST_ACROSS, _OVERSPEED = 0.25, 4.0, 1.2


@function
def _mass(p: Any) -> float:
    return float((p.empty + p.payload) * T)


@function
def _slope(p: Any, x: Any, u: Any) -> float:
    return float(u.grade + p.road * _road.grade(x.s))


@function
def _asked(p: Any, x: Any, u: Any) -> Any:
    """Drive, retarder and brakes that are asked for, with TSC1 and XBR laid over the pedals."""
    throttle, retarder, brake = u.throttle, u.retarder, u.brake
    torque = min(max(u.tsc1_torque * 0.01, 0.0), 1.0)
    if u.tsc1_mode >= 2.5:
        throttle = min(throttle, torque)
    elif u.tsc1_mode >= 1.5:
        throttle = torque
    if u.xbr_mode > 0.5 and u.xbr < 0.0:
        force = -u.xbr * (_mass(p) + p.rotating * T)
        most = envelope(p.retarder_force, p.retarder_power * KW, p.retarder_knee, p.retarder_top * KW, p.top, x.v)
        throttle = 0.0
        retarder = max(retarder, min(force / most, 1.0))
        brake = max(brake, min(max(force - most, 0.0) / p.brake_force, 1.0))
    return throttle, retarder, brake


@function
def lining(p: Any, brake_T: float) -> float:
    """Return what is left of the friction of the brakes' lining at a temperature."""
    hot = (brake_T - p.fade_from) / (p.fade_to - p.fade_from)
    return float(1.0 - (1.0 - p.faded) * min(max(hot, 0.0), 1.0))


@function
def _forces(p: Any, x: Any, u: Any) -> Any:
    """Drive, retarder, brakes, rolling resistance and air along the truck, N; brakes without the sign of the speed."""
    grip = u.mu * _mass(p) * G * cosine(_slope(p, x, u))
    pull = envelope(p.drive_force, p.drive_power * KW, p.drive_knee, p.drive_top * KW, p.top, x.v)
    drag = envelope(p.retarder_force, p.retarder_power * KW, p.retarder_knee, p.retarder_top * KW, p.top, x.v)
    drive = min(x.drive * pull, grip * p.share)
    retarder = min(x.retarder_at * drag, grip * p.share)
    service = x.pressure * p.brake_force * (1.0 - u.brake_loss) * lining(p, x.brake_T)
    brake = min(service + (p.park_force if u.park > 0.5 else 0.0), grip - retarder)
    rolling = _mass(p) * G * cosine(_slope(p, x, u)) * (p.crr + u.mud)
    air = 0.5 * p.rho * p.drag * x.v * abs(x.v)
    return drive, retarder, brake, rolling, air


@function
def _along(p: Any, x: Any, u: Any) -> Any:
    """The acceleration and the forces that do work: drive, retarder, brakes, rolling resistance and air."""
    drive, retarder, brake, rolling, air = _forces(p, x, u)
    weight = _mass(p) * G * sine(_slope(p, x, u))
    inertia = _mass(p) + p.rotating * T
    if p.held:
        dv = -x.v / 0.1
        return dv, drive, 0.0, drive - weight - inertia * dv, 0.0
    way = math.tanh(x.v / _REST)
    retarder, brake, rolling = retarder * way, brake * way, rolling * way + air
    return (drive - weight - retarder - brake - rolling) / inertia, drive, retarder, brake, rolling


@function
def _across(p: Any, x: Any, u: Any, along: float) -> Any:
    """The slip angles, and the forces of the front and rear tyres across over the mass."""
    a, b = p.wheelbase * (1.0 - p.front_load), p.wheelbase * p.front_load
    w = max(abs(x.v), _SLOW)
    front = (x.v * math.tan(x.steering) - x.vy - a * x.r) / w
    rear = (b * x.r - x.vy) / w
    mu = math.sqrt(max(u.mu * u.mu - along * along, 0.01 * u.mu * u.mu))
    ff = G * p.front_load * mu * math.tanh(p.front_stiffness * front / mu)
    fr = G * (1.0 - p.front_load) * mu * math.tanh(p.rear_stiffness * rear / mu)
    return front, rear, ff, fr


@function
def _engine(p: Any, x: Any, drive: float) -> Any:
    """The engine's power, kW, and the speed that its governor asks for, rpm."""
    power = min(max(drive * x.v / KW, 0.0) / p.efficiency + p.auxiliary, p.rated_power * 1.2)
    return power, p.idle_speed + (p.rated_speed - p.idle_speed) * min(power / p.rated_power, 1.0)


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """Along, across, the actuators, heat, fuel and work."""
    dv, drive, retarder, brake, rolling = _along(p, x, u)
    _, _, ff, fr = _across(p, x, u, (drive - retarder - brake) / (_mass(p) * G))
    a, b = p.wheelbase * (1.0 - p.front_load), p.wheelbase * p.front_load
    turned = x.psi - p.road * _road.heading(x.s)
    dx.s = (x.v * math.cos(turned) - x.vy * math.sin(turned)) / (1.0 - p.road * _road.curvature(x.s) * x.e)
    dx.e = x.v * math.sin(turned) + x.vy * math.cos(turned)
    dx.x = x.v * math.cos(x.psi) - x.vy * math.sin(x.psi)
    dx.y = x.v * math.sin(x.psi) + x.vy * math.cos(x.psi)
    dx.psi = x.r
    dx.v = dv
    dx.vy = ff + fr - x.v * x.r
    dx.r = (a * ff - b * fr) / (a * b)  # I = m a b
    throttle, retarding, braking = _asked(p, x, u)
    dx.steering = min(max((u.steer - x.steering) / p.steer_lag, -p.steer_rate), p.steer_rate)
    dx.drive = (throttle - x.drive) / p.drive_lag
    dx.retarder_at = (retarding - x.retarder_at) / p.retarder_lag
    dx.pressure = (braking - x.pressure) / p.brake_lag
    power, wanted = _engine(p, x, drive)
    dx.rpm = wanted - x.rpm  # in 1 s
    dx.fuel = (p.idle + p.burn * power) / 3600.0
    dx.brake_T = (brake * x.v - p.brake_cooling * (x.brake_T - p.ambient)) / p.brake_heat
    dx.height = x.v * sine(_slope(p, x, u))
    dx.driven, dx.retarded = drive * x.v * 1e-6, retarder * x.v * 1e-6
    dx.braked, dx.rolled = brake * x.v * 1e-6, rolling * x.v * 1e-6


@function
def _balance(p: Any, x: Any) -> float:
    """Kinetic and potential energy less the work of all forces, J: constant."""
    kinetic = 0.5 * (_mass(p) + p.rotating * T) * x.v * x.v
    return float(kinetic + _mass(p) * G * x.height - (x.driven - x.retarded - x.braked - x.rolled) * 1e6)


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """Hold or release the truck at rest, sample the sensors, begin a new balance when the payload changes."""
    seconds = h * 1e-9
    if not p.started:
        p.started = True
        begin(p, x)
    if p.mass_before != _mass(p):
        p.mass_before = _mass(p)
        p.reference = _balance(p, x)
    drive, _, brake, rolling, _ = _forces(p, x, u)
    net = drive - _mass(p) * G * sine(_slope(p, x, u))
    p.held = abs(x.v) < 0.05 and brake + rolling >= abs(net)
    p.due -= seconds
    if p.due <= 1e-9:
        p.due += p.sense_every
        locate(p, x, u, p.sense_every)
        look(p, x, u, p.sense_every)


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What the truck's buses carry, the forces, the sensors and the closure of the energy."""
    dv, drive, retarder, brake, _ = _along(p, x, u)
    _, _, ff, fr = _across(p, x, u, (drive - retarder - brake) / (_mass(p) * G))
    power, _ = _engine(p, x, drive)
    y.wheel_speed = x.v * 3.6
    y.torque = min(100.0 * power / p.rated_power * p.rated_speed / max(x.rpm, p.idle_speed), 125.0)
    y.shaft_speed = x.v / p.wheel * p.gear * 30.0 / math.pi
    y.brake_level = 100.0 * x.pressure
    y.acceleration, y.lateral = dv, ff + fr
    y.drive_now, y.retarder_now, y.brake_now = drive * 1e-3, retarder * 1e-3, brake * 1e-3
    y.gap = u.obstacle_s - x.s - p.front
    y.pose_s, y.pose_e, y.pose_turned, y.pose_v = p.fix_s, p.fix_e, p.fix_turned, p.fix_v
    sampled = p.sense_every - p.due
    y.pose_age, y.seen_age = p.pose_since + sampled, p.seen_since + sampled
    y.seen_distance, y.seen_class = p.seen, p.seen_kind
    turned_over = (abs(x.driven) + abs(x.retarded) + abs(x.braked) + abs(x.rolled)) * 1e6
    y.closure = (_balance(p, x) - p.reference) / (turned_over + 1e6)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The obstacle and the edge of the road; what the truck has passed already is no obstacle."""
    gap = u.obstacle_s - x.s - p.front
    g.struck = -gap if gap > -p.front else -1.0
    g.off_road = abs(x.e) - p.half_width


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Beyond linear tyres, near turning over, beyond the top speed."""
    _, drive, retarder, brake, _ = _along(p, x, u)
    front, rear, ff, fr = _across(p, x, u, (drive - retarder - brake) / (_mass(p) * G))
    g.slip = max(abs(front), abs(rear)) - _MOST_SLIP
    g.roll = abs(ff + fr) - _MOST_ACROSS
    g.speed = abs(x.v) - _OVERSPEED * p.top


def _cat(empty: float, gross: float, power: float, wheelbase: float) -> dict[str, float]:
    """A class of minehaulsim: masses in t, power in kW; brakes and grip scale with the gross mass."""
    force = 0.6 * 0.55 * 9.81 * gross * T
    at_wheels = 0.85 * power
    return {
        "empty": empty, "payload": gross - empty, "rated_power": power, "wheelbase": wheelbase,
        "drive_force": force, "drive_power": at_wheels, "drive_top": at_wheels,
        "retarder_force": force, "retarder_power": at_wheels, "retarder_top": at_wheels,
        "brake_force": 0.35 * 9.81 * gross * T, "park_force": 0.18 * 9.81 * gross * T,
    }  # fmt: skip


_MINEHAULSIM = "truck classes of minehaulsim 0.12.1 (Apache-2.0)"
PLANT = Plant(
    name="haul_truck",
    words="ultra-class haul truck with electric drive, brakes, steering and sensors",
    source="Lindgren et al., Energies 15 (2022) 4871; truck classes of minehaulsim 0.12.1; Rajamani 2012, chapter 2",
    left_out="load transfer, suspension, roll, slip along, the engine's running up, battery, reverse gear, wind",
    derivative=derivative,
    measure=measure,
    update=update,
    trip=trip,
    outside=outside,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    trips=TRIPS,
    envelope=ENVELOPE,
    discrete=DISCRETE,
    sets={
        "cat_793f": ParameterSet(words="793F, 227 t, the declared values", source=_MINEHAULSIM, values={}),
        "cat_785d": ParameterSet(words="785D, 140 t", source=_MINEHAULSIM, values=_cat(102.0, 242.0, 1082.0, 5.2)),
        "cat_777g": ParameterSet(words="777G, 98 t", source=_MINEHAULSIM, values=_cat(74.0, 172.0, 765.0, 4.6)),
        "lindgren": ParameterSet(
            words="electric truck of the 320 t class",
            source="I. Lindgren et al., Energies 15 (2022) 4871",
            values={
                "empty": 250.0,
                "payload": 320.0,
                "rotating": 57.0,
                "crr": 0.014,
                "drag": 70.0,
                "drive_force": 3940e3 * 3.6 / 19,
                "drive_power": 3940.0,
                "drive_knee": 41 / 3.6,
                "drive_top": 3260.0,
                "retarder_force": 0.7 * 4750e3 * 3.6 / 22,
                "retarder_power": 0.7 * 4750.0,
                "retarder_knee": 41 / 3.6,
                "retarder_top": 0.7 * 3900.0,
                "top": 65 / 3.6,
                "efficiency": 0.86,
                "rated_power": 3940.0 / 0.86 + 50.0,
                "brake_force": 0.35 * 9.81 * 570e3,
                "park_force": 0.18 * 9.81 * 570e3,
                "wheelbase": 6.4,
            },
        ),
    },
)
