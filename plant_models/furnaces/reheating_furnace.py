"""Walking-beam furnace that heats steel slabs for a hot strip mill: four zones, 24 places, fuel gas, recuperator.

    C dTg/dt     = fuel burnt LHV + hot air + gas from the zone behind - gas to the zone before
                   + exchange with the neighbours - to slabs - to walls - to skids and doors
    slab, 1-D    rho dH/dt = d/dy (k dT/dy); into both faces
                 q = e_gas s (Tg^4 - T^4) + e_wall s (Tw^4 - T^4) + h (Tg - T)
    wall, 1-D    rho c dT/dt = d/dy (k dT/dy), three nodes

Zone 1 has no burners: the gas of zones 4 to 2 leaves through it, against the slabs' way, and through the recuperator.
What finds no air in its zone, or no flame, burns in a later one, or leaves unburnt. Heat
contents H and conduction of steel are in `_steel.py`, the slabs' places and the mixed charge in `_hearth.py`.

Gas (about 0.6 s) and walls (hours) are the states: stiff, take the solver ros2. The slabs are the discrete part:
`update` moves each by a linearly implicit step, with what the gas and the walls gave (`shone`, integrated as a
state) and with the surface temperatures as they were at the start of the step. So `closure` holds to the rounding.

Sources: zone structure, fuel (LHV 8.7337 MJ/kg, 2.2155 kg of air a kg), brick, density and conductivity of steel: zone
code SRSM.f90 to Y. Hu et al., Applied Energy 173 (2016) 555. Heat capacity of steel: EN 1993-1-2:2005. Model in this
form: A. Steinboeck, D. Wild, T. Kiefer, A. Kugi, Int. J. Heat and Mass Transfer 53 (2010) 5933. The numbers marked
"ours" in their words describe no furnace that exists.

Left out: heat along and across the slab (1-D through the thickness), scale, the shadow of single skids (one factor
for all of the lower face), flames and the spectrum of the gas, furnace pressure and false air, dilution air, heat
capacities that depend on the gas's temperature, moisture, NOx. The fuel's LHV and air demand are constant.
"""

from typing import Any

from hil.blocks import Plant, function
from hil.signals import record, signal
from plant_models.furnaces._hearth import NODES, PLACES, ZONES, content, fill, look, walk, warm_up
from plant_models.furnaces._steel import temperature

AMBIENT = 298.15  # K
_SIGMA = 5.670374419e-8  # W/m^2/K^4
_FIRED = ZONES - 1
_WALL = 3
_OXYGEN = 20.9  # percent of air

PARAMETERS = record(
    "Parameters",
    LHV=signal("J/kg", "lower heating value of the fuel", 1e6, 1e8, 8.7337e6),
    demand=signal("1", "air that a kg of fuel needs, kg", 0.5, 30, 2.2155),
    unmixed=signal("1", "share of the fuel that leaves its zone without having met air, ours", 0, 1, 0.002),
    fuel_max=signal("kg/s", "fuel of zones 2, 3, 4 with open valves, ours", 0, 20, (4.0, 4.0, 2.4), shape=(_FIRED,)),
    air_max=signal("kg/s", "air of zones 2, 3, 4 with open valves, ours", 0, 60, (12.0, 12.0, 7.2), shape=(_FIRED,)),
    fuel_lag=signal("s", "time constant of the fuel flows, ours", 0.1, 60, 2.0),
    air_lag=signal("s", "time constant of the air flows, ours", 0.1, 60, 4.0),
    cp_gas=signal("J/kg/K", "heat capacity of the flue gas, ours", 500, 3000, 1250.0),
    cp_air=signal("J/kg/K", "heat capacity of the air, ours", 500, 3000, 1080.0),
    C_gas=signal("J/K", "heat capacity of the gas in a zone, ours", 1e3, 1e7, 8e4),
    e_gas=signal("1", "exchange factor of gas and slab, ours", 0, 1, 0.30),
    e_wall=signal("1", "exchange factor of wall and slab, ours", 0, 1, 0.30),
    e_lining=signal("1", "exchange factor of gas and wall, ours", 0, 1, 0.40),
    h_gas=signal("W/m^2/K", "convection to the slabs, ours", 0, 500, 20.0),
    below=signal("1", "share of the upper face's exchange that the lower one has, ours", 0.1, 1, 0.85),
    cross=signal("m^2", "area through which neighbouring zones see each other, ours", 0, 100, 6.0),
    wall_area=signal("m^2", "lining of a zone: 9 m of a furnace 10 m wide and 4.5 m high", 1, 2000, 261.0),
    brick_k=signal("W/m/K", "conductivity of brick at 1000 degC", 0.01, 10, 1.8904),
    brick_c=signal("J/m^3/K", "heat capacity of brick at 1000 degC", 1e5, 1e7, 2600 * 1114.1),
    brick=signal("m", "thickness of the lining", 0.05, 2, 0.45),
    h_shell=signal("W/m^2/K", "shell to the hall, ours", 0, 100, 10.0),
    skids=signal("m^2", "black area of water-cooled beams in a zone, ours", 0, 50, 3.0),
    door=signal("m^2", "black area of an open discharge door, ours", 0, 50, 2.0),
    gas_ntu=signal("1", "share of the flue's heat above the recuperator's temperature that it takes, ours", 0, 1, 0.70),
    air_ntu=signal("1", "share of its temperature that the recuperator gives to the air, ours", 0, 1, 0.80),
    C_recuperator=signal("J/K", "heat capacity of the recuperator, ours", 1e4, 1e9, 1.5e7),
    width=signal("m", "width of a slab, along the furnace", 0.1, 1.5, 1.25),
    length=signal("m", "length of a slab, across the furnace", 0.1, 10, 8.5),
    walk_time=signal("s", "time of one walk, ours", 1, 600, 45.0),
    warm=signal("degC", "slabs at the discharge end at the start", 20, 1300, 900.0),
    cold=signal("degC", "slabs charged cold, ours", 0, 100, 25.0),
    hot_share=signal("1", "share of the campaigns that are charged hot, ours", 0, 1, 0.5),
    hot_least=signal("degC", "coldest of them when charged, ours", 0, 1000, 400.0),
    hot_most=signal("degC", "hottest of them when charged, ours", 0, 1000, 700.0),
    thin=signal("m", "thinnest slab, ours", 0.05, 0.5, 0.18),
    thick=signal("m", "thickest slab, ours", 0.05, 0.5, 0.25),
    target_least=signal("degC", "lowest wanted discharge temperature, ours", 900, 1300, 1170.0),
    target_most=signal("degC", "highest wanted discharge temperature, ours", 900, 1300, 1240.0),
    campaign_least=signal("1", "slabs of the shortest campaign, ours", 1, 1000, 8.0),
    campaign_most=signal("1", "slabs of the longest campaign, ours", 1, 1000, 20.0),
    seed=signal("1", "seed of the mixed charge", 0, 2**53, 1, kind="i8"),
    roof=signal("K", "gas temperature at which the roof fails, ours", 500, 3000, 1773.15),
    explosive=signal("1", "share of fuel in the flue that explodes, ours", 0.01, 1, 0.10),
)
STATE = record(
    "State",
    Tg=signal("K", "gas of zones 1 to 4", 200, 3000, (1050.0, 1250.0, 1350.0, 1350.0), shape=(ZONES,)),
    T1=signal("K", "wall of zone 1, from the face", 200, 3000, (1030.0, 730.0, 430.0), shape=(_WALL,)),
    T2=signal("K", "wall of zone 2, from the face", 200, 3000, (1230.0, 830.0, 450.0), shape=(_WALL,)),
    T3=signal("K", "wall of zone 3, from the face", 200, 3000, (1330.0, 880.0, 460.0), shape=(_WALL,)),
    T4=signal("K", "wall of zone 4, from the face", 200, 3000, (1330.0, 880.0, 460.0), shape=(_WALL,)),
    Tr=signal("K", "metal of the recuperator", 200, 2000, 750.0),
    fuel=signal("kg/s", "fuel to zones 2, 3, 4", 0, 20, 0.5, shape=(_FIRED,)),
    air=signal("kg/s", "air to zones 2, 3, 4", 0, 60, 1.25, shape=(_FIRED,)),
    shone=signal("J/m^2", "what gas and walls of zones 1 to 4 have sent to a square metre", 0, 1e15, shape=(ZONES,)),
    net=signal("J", "energy that came in with fuel and did not leave with flue, walls, skids and door", -1e15, 1e15),
    used=signal("J", "energy of the fuel", 0, 1e15),
)
INPUTS = record(
    "Inputs",
    fuel2=signal("percent", "fuel valve of zone 2", 0, 100, 20.0),
    fuel3=signal("percent", "fuel valve of zone 3", 0, 100, 20.0),
    fuel4=signal("percent", "fuel valve of zone 4", 0, 100, 20.0),
    air2=signal("percent", "air damper of zone 2", 0, 100, 18.0),
    air3=signal("percent", "air damper of zone 3", 0, 100, 18.0),
    air4=signal("percent", "air damper of zone 4", 0, 100, 18.0),
    walk=signal("1", "walk demand: a cycle begins while this is 1", 0, 1, 1.0),
    stock=signal("1", "1 while slabs lie ready to be charged", 0, 1, 1.0),
    open_door=signal("1", "discharge door, 0 shut to 1 open", 0, 1, 0.0),
    jam=signal("1", "fault: 1 holds the beams where they are", 0, 1, 0.0),
    fan=signal("1", "air supply: 1 normal, 0 the fan stands", 0, 1, 1.0),
    supply=signal("1", "fuel supply: 1 normal pressure", 0, 2, 1.0),
    out2=signal("1", "fault: above 0.5 the burners of zone 2 have gone out", 0, 1),
    out3=signal("1", "fault: above 0.5 the burners of zone 3 have gone out", 0, 1),
    out4=signal("1", "fault: above 0.5 the burners of zone 4 have gone out", 0, 1),
)
OUTPUTS = record(
    "Outputs",
    TC1=signal("degC", "thermocouple of zone 1, between gas and wall", -50, 2500),
    TC2=signal("degC", "thermocouple of zone 2", -50, 2500),
    TC3=signal("degC", "thermocouple of zone 3", -50, 2500),
    TC4=signal("degC", "thermocouple of zone 4", -50, 2500),
    F2=signal("kg/s", "fuel flow of zone 2", 0, 20),
    F3=signal("kg/s", "fuel flow of zone 3", 0, 20),
    F4=signal("kg/s", "fuel flow of zone 4", 0, 20),
    A2=signal("kg/s", "air flow of zone 2", 0, 60),
    A3=signal("kg/s", "air flow of zone 3", 0, 60),
    A4=signal("kg/s", "air flow of zone 4", 0, 60),
    flame2=signal("1", "flame detectors of zone 2, share of their range", 0, 1),
    flame3=signal("1", "flame detectors of zone 3, share of their range", 0, 1),
    flame4=signal("1", "flame detectors of zone 4, share of their range", 0, 1),
    hot_air=signal("degC", "air behind the recuperator", -50, 1500),
    flue=signal("degC", "flue gas before the recuperator", -50, 2500),
    O2=signal("percent", "free oxygen in the flue, molar mass of the flue taken as that of air", 0, 21),
    unburnt=signal("1", "share of the flue that is fuel", 0, 1),
    door_skin=signal("degC", "pyrometer on the upper face of the slab before the door, 0 with none", -50, 1500),
    moved=signal("1", "walks done", 0, 1e9),
    busy=signal("1", "the beams are moving", 0, 1),
    new_thickness=signal("m", "slab charged last, 0 where the place was left empty", 0, 1),
    new_temperature=signal("degC", "its temperature when charged", 0, 1300),
    new_target=signal("degC", "discharge temperature that it should have", 0, 1400),
    dropped=signal("1", "slabs given to the mill", 0, 1e9),
    drop_mean=signal("degC", "slab dropped last: temperature of its heat content", 0, 1500, 0.0),
    drop_miss=signal("delta_degC", "slab dropped last: that, less what was wanted", -1500, 1500),
    drop_spread=signal("delta_degC", "slab dropped last: hottest node less coldest", 0, 1500),
    drop_age=signal("min", "slab dropped last: time in the furnace", 0, 1e6),
    shipped=signal("kg", "mass given to the mill", 0, 1e12),
    gained=signal("J", "heat that dropped slabs have gained", -1e15, 1e15),
    power=signal("W", "power of the fuel", 0, 1e9),
    closure=signal("1", "energy that came and is nowhere, as a share of the fuel's", -1, 1),
)
_PLACE, _ZONE = (PLACES,), (ZONES,)
DISCRETE = record(
    "Discrete",
    started=signal("1", "the first step was done", 0, 1, kind="b1"),
    walking=signal("1", "the beams are moving", 0, 1, kind="b1"),
    lift=signal("s", "how long they have", 0, 1e9),
    walks=signal("1", "walks done", 0, kind="i8"),
    random=signal("1", "state of the charge's generator", 0, 2**64, kind="u8"),
    campaign=signal("1", "slabs left of the campaign", kind="i8"),
    next_thickness=signal("m", "slab that lies ready"),
    next_temperature=signal("degC", "slab that lies ready"),
    next_target=signal("degC", "slab that lies ready"),
    latest_thickness=signal("m", "slab charged last"),
    latest_temperature=signal("degC", "slab charged last"),
    latest_target=signal("degC", "slab charged last"),
    thickness=signal("m", "slab in each place, 0 for none", shape=_PLACE),
    target=signal("degC", "wanted discharge temperature in each place", shape=_PLACE),
    age=signal("s", "time in the furnace", shape=_PLACE),
    charged_at=signal("degC", "temperature when charged", shape=_PLACE),
    spread=signal("delta_degC", "hottest node less coldest", shape=_PLACE),
    heat=signal("J/kg", "heat content of each node, from the upper face down", shape=(PLACES, NODES)),
    top=signal("W/m^2", "what the upper face gives back in this step", shape=_PLACE),
    bottom=signal("W/m^2", "what the lower face gives back in this step", shape=_PLACE),
    shone_before=signal("J/m^2", "state shone at the step before", shape=_ZONE),
    area=signal("m^2", "slab area of each zone", shape=_ZONE),
    to_gas=signal("W", "what the slabs give back to the gas", shape=_ZONE),
    to_wall=signal("W", "what the slabs give back to the wall", shape=_ZONE),
    count=signal("1", "slabs given to the mill", kind="i8"),
    charged=signal("1", "slabs charged", kind="i8"),
    out_mass=signal("kg", "mass given to the mill"),
    out_gain=signal("J", "heat that dropped slabs have gained"),
    gone=signal("J", "heat of dropped slabs less that of charged ones"),
    out_mean=signal("degC", "slab dropped last"),
    out_target=signal("degC", "slab dropped last"),
    out_spread=signal("delta_degC", "slab dropped last"),
    out_age=signal("s", "slab dropped last"),
    stored=signal("J", "heat in gas, walls, recuperator and slabs at the start"),
    T=signal("degC", "work space", shape=(NODES,)),
    C=signal("J/m^2/K", "work space", shape=(NODES,)),
    G=signal("W/m^2/K", "work space", shape=(NODES,)),
    work=signal("1", "work space", shape=(2, NODES)),
)
TRIPS = record(
    "Trips",
    roof=signal("K", "the roof came down: a zone got hotter than it bears"),
    explosion=signal("1", "the flue exploded: too much unburnt fuel in it"),
)
ENVELOPE = record("Envelope", molten=signal("K", "slabs about to melt: the gas over them beyond 1500 degC"))


@function
def _fourth(T: float) -> float:
    return _SIGMA * T * T * T * T


@function
def _walls(x: Any) -> Any:
    return x.T1, x.T2, x.T3, x.T4


@function
def _stored(p: Any, x: Any) -> float:
    """Heat in gas, walls and recuperator, J from 0 K."""
    total = p.C_recuperator * x.Tr
    layer = p.brick_c * p.brick / (_WALL - 1) * p.wall_area
    for zone in range(ZONES):
        wall = _walls(x)[zone]
        total += p.C_gas * x.Tg[zone] + layer * (0.5 * wall[0] + wall[1] + 0.5 * wall[2])
    return float(total)


def update(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """The slabs take their heat, then the beams walk; what the slabs give back holds for the step that begins."""
    if p.started:
        warm_up(p, x, h * 1e-9)
        walk(p, u, h * 1e-9)
    else:
        p.started = True
        fill(p)
        p.latest_thickness = p.thickness[0]
        p.latest_temperature = p.charged_at[0]
        p.latest_target = p.target[0]
        p.stored = _stored(p, x) + content(p)
    look(p, x)


@function
def _burn(p: Any, fuel: float, air: float, out: float) -> tuple[float, float]:
    """What fuel and air are left, kg/s."""
    burnt = min(fuel * (1.0 - p.unmixed), air / p.demand) if out <= 0.5 else 0.0
    return fuel - burnt, air - burnt * p.demand


@function
def _lining(p: Any, wall: Any, to_face: float, slopes: Any) -> float:
    """The wall's three nodes; returns what the shell loses, W/m^2."""
    layer = p.brick / (_WALL - 1)
    inward, outward = p.brick_k / layer * (wall[0] - wall[1]), p.brick_k / layer * (wall[1] - wall[2])
    lost = p.h_shell * (wall[2] - AMBIENT)
    slopes[0] = (to_face - inward) / (0.5 * p.brick_c * layer)
    slopes[1] = (inward - outward) / (p.brick_c * layer)
    slopes[2] = (outward - lost) / (0.5 * p.brick_c * layer)
    return float(lost)


@function
def _zone(p: Any, x: Any, zone: int, wall: Any, slopes: Any, dx: Any) -> tuple[float, float]:
    """Exchange with slabs, walls, water and neighbours: returns what the gas gives away and what is lost, W."""
    Tg, black, face = x.Tg[zone], _fourth(x.Tg[zone]), _fourth(wall[0])
    dx.shone[zone] = p.e_gas * black + p.h_gas * Tg + p.e_wall * face
    to_slabs = p.area[zone] * (p.e_gas * black + p.h_gas * Tg) - p.to_gas[zone]
    from_wall = p.area[zone] * p.e_wall * face - p.to_wall[zone]
    to_wall = p.e_lining * p.wall_area * (black - face)
    skids = p.skids * (black - _fourth(AMBIENT))
    shell = _lining(p, wall, (to_wall - from_wall) / p.wall_area, slopes)
    gives = to_slabs + to_wall + skids
    if zone > 0:
        gives += p.cross * (black - _fourth(x.Tg[zone - 1]))
    if zone < ZONES - 1:
        gives += p.cross * (black - _fourth(x.Tg[zone + 1]))
    return gives, skids + shell * p.wall_area


@function
def _flows(p: Any, u: Any, x: Any, dx: Any) -> None:
    """Fuel and air run after their valves."""
    fuel, air = (u.fuel2, u.fuel3, u.fuel4), (u.air2, u.air3, u.air4)
    for i in range(_FIRED):
        dx.fuel[i] = (fuel[i] / 100.0 * p.fuel_max[i] * u.supply - x.fuel[i]) / p.fuel_lag
        dx.air[i] = (air[i] / 100.0 * p.air_max[i] * u.fan - x.air[i]) / p.air_lag


@function
def _flue(p: Any, x: Any, u: Any) -> tuple[float, float, float, float]:
    """Flue gas, unburnt fuel, free air and all air, kg/s."""
    fuel, air, flow, all_air, out = 0.0, 0.0, 0.0, 0.0, (u.out2, u.out3, u.out4)
    for k in range(_FIRED):
        i = _FIRED - 1 - k
        fuel, air = _burn(p, fuel + x.fuel[i], air + x.air[i], out[i])
        flow += x.fuel[i] + x.air[i]
        all_air += x.air[i]
    return flow, fuel, air, all_air


def derivative(t: int, h: int, p: Any, x: Any, u: Any, dx: Any) -> None:
    """The balances, from the discharge end to the flue."""
    _flows(p, u, x, dx)
    hot = p.air_ntu * (x.Tr - AMBIENT) * p.cp_air  # J/kg of air
    out = (u.out2, u.out3, u.out4)
    fuel, air, flow, behind, lost, power = 0.0, 0.0, 0.0, AMBIENT, 0.0, 0.0
    for k in range(ZONES):
        zone = ZONES - 1 - k
        gives, loses = _zone(p, x, zone, _walls(x)[zone], _walls(dx)[zone], dx)
        if k == 0:
            opening = p.door * u.open_door * (_fourth(x.Tg[zone]) - _fourth(AMBIENT))
            gives, loses = gives + opening, loses + opening
        takes = flow * p.cp_gas * (behind - AMBIENT)
        if zone > 0:
            i = zone - 1
            before = fuel + x.fuel[i]
            fuel, air = _burn(p, before, air + x.air[i], out[i])
            takes += (before - fuel) * p.LHV + x.air[i] * hot
            flow += x.fuel[i] + x.air[i]
            power += x.fuel[i] * p.LHV
        behind = x.Tg[zone]
        dx.Tg[zone] = (takes - flow * p.cp_gas * (behind - AMBIENT) - gives) / p.C_gas
        lost += loses
    all_air = x.air[0] + x.air[1] + x.air[2]
    to_metal = p.gas_ntu * flow * p.cp_gas * (behind - x.Tr)
    dx.Tr = (to_metal - all_air * hot) / p.C_recuperator
    dx.net = power - lost - fuel * p.LHV - (flow * p.cp_gas * (behind - AMBIENT) - to_metal)
    dx.used = power


@function
def _couple(Tg: float, Tw: float) -> float:
    """DegC of a thermocouple that sees gas and wall alike."""
    return float((0.5 * (Tg**4 + Tw**4)) ** 0.25 - 273.15)


@function
def _flame(fuel: float, out: float) -> float:
    """A detector sees a flame where fuel comes and the burners are not out; half its range at 0.05 kg/s."""
    return fuel / (fuel + 0.05) if fuel > 0.0 and out <= 0.5 else 0.0


def measure(t: int, h: int, p: Any, x: Any, u: Any, y: Any) -> None:
    """What instruments and the slabs' tracking show, and the closure of the energy balance."""
    y.TC1, y.TC2 = _couple(x.Tg[0], x.T1[0]), _couple(x.Tg[1], x.T2[0])
    y.TC3, y.TC4 = _couple(x.Tg[2], x.T3[0]), _couple(x.Tg[3], x.T4[0])
    y.F2, y.F3, y.F4 = x.fuel[0], x.fuel[1], x.fuel[2]
    y.A2, y.A3, y.A4 = x.air[0], x.air[1], x.air[2]
    y.flame2, y.flame3, y.flame4 = _flame(x.fuel[0], u.out2), _flame(x.fuel[1], u.out3), _flame(x.fuel[2], u.out4)
    y.hot_air = AMBIENT - 273.15 + p.air_ntu * (x.Tr - AMBIENT)
    y.flue = x.Tg[0] - 273.15
    flow, fuel, air, _ = _flue(p, x, u)
    y.O2 = _OXYGEN * air / max(flow, 1e-9)
    y.unburnt = fuel / max(flow, 1e-9)
    y.door_skin = temperature(p.heat[PLACES - 1, 0]) if p.thickness[PLACES - 1] > 0.0 else 0.0
    y.moved, y.busy = p.walks, p.walking
    y.new_thickness, y.new_temperature, y.new_target = p.latest_thickness, p.latest_temperature, p.latest_target
    y.dropped, y.drop_mean, y.drop_miss = p.count, p.out_mean, p.out_mean - p.out_target
    y.drop_spread, y.drop_age = p.out_spread, p.out_age / 60.0
    y.shipped, y.gained = p.out_mass, p.out_gain
    y.power = (x.fuel[0] + x.fuel[1] + x.fuel[2]) * p.LHV
    y.closure = (x.net - (_stored(p, x) + content(p) - p.stored) - p.gone) / (x.used + 1e9)


def trip(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """The roof, and fuel in the flue while there is air to burn it with."""
    flow, fuel, _, _ = _flue(p, x, u)
    g.roof = max(max(x.Tg[0], x.Tg[1]), max(x.Tg[2], x.Tg[3])) - p.roof
    g.explosion = fuel / max(flow, 1e-9) - p.explosive


def outside(t: int, h: int, p: Any, x: Any, u: Any, g: Any) -> None:
    """Beyond the temperatures for which the steel's properties hold."""
    g.molten = max(x.Tg[2], x.Tg[3]) - 1773.15


PLANT = Plant(
    name="reheating_furnace",
    words="walking-beam reheating furnace: four zones, 24 slabs with a profile each, recuperator, mixed charge",
    source="zone code of Hu et al. 2016, Steinboeck et al. 2010, EN 1993-1-2; what is ours is said so",
    left_out="2-D slabs, scale, single skids, gas spectrum, furnace pressure, dilution air, NOx",
    derivative=derivative,
    measure=measure,
    trip=trip,
    outside=outside,
    update=update,
    parameters=PARAMETERS,
    state=STATE,
    inputs=INPUTS,
    outputs=OUTPUTS,
    discrete=DISCRETE,
    trips=TRIPS,
    envelope=ENVELOPE,
)
