"""The truck's controller in C as a node of J1939: its image in lockstep, and frames by hand on its bus."""

from pathlib import Path

import pytest

from hil.links.can.claim import WAIT
from hil.links.can.frame import Frame
from hil.links.can.j1939 import ACKNOWLEDGE, CLAIM, DM1, GLOBAL, NULL, REQUEST, Name, decode_dm1, frame, unpack
from hil.links.can.node import Group, Identity, Node
from hil.links.can.wiring import Wiring, read_wiring
from hil.targets.firmware_boards import find_board
from hil.targets.firmware_bus import LockstepBus
from hil.targets.firmware_image import read_image

RIG = Path(__file__).parents[2] / "rigs" / "truck"
MS = 1_000_000
SOUND = {
    "WheelBasedVehicleSpeed": 36.0, "Start": 1, "AllStop": 0, "Reset": 0, "Heartbeat": 1.0, "Station": 100.0,
    "Across": 0.0, "Turned": 0.0, "FixAge": 0.05, "Distance": 120.0, "Class": 0, "ScanAge": 0.05,
    "BrakeTemperature": 60.0, "Speed": 10.0, "StopDistance": 30.0, "Steering": 0.1, "From": -20.0, "To": 1620.0,
}  # fmt: skip


class Truck:
    """The image on a board, and the rest of the truck as a node that sends what it is given every 20 ms."""

    def __init__(self, images: Path, board: str) -> None:
        self.frames: list[Frame] = []
        self.values, self.wiring = dict(SOUND), _wiring()
        found = find_board(board)
        image = read_image(images / board / "truck.elf", found)
        self.bus = LockstepBus(image, found, 20 * MS, self._heard, lambda _: None)
        self.node = Node(Identity((0x21,), Name(identity=1)), Identity((0x27,), Name(identity=2, function=39, group=3)))
        self.silent = False

    def _heard(self, one: Frame, at: int) -> None:
        self.frames.append(one)
        for each in self.node.manage(one, at) + self.node.seen(one, at):
            self.bus.send(each)

    def run(self, seconds: float) -> None:
        """Let time pass."""
        for each in self.node.start(self.bus.now) if self.bus.now == 0 else []:
            self.bus.send(each)
        until = self.bus.now + int(seconds * 1e9)
        while self.bus.now < until:
            self.values["Heartbeat"] += 1
            self.values["Station"] += 0.2  # 10 m/s
            self.node.elapse(self.bus.now)
            for one in self.wiring.to if not self.silent else ():
                for each in self.node.put(one, one.encode(self.values), 20 * MS, self.bus.now):
                    self.bus.send(each)
            self.bus.step(self.bus.now)

    def newest(self, message: str) -> dict[str, float]:
        """Return the values of the last message of a name."""
        wanted = next(one for one in self.wiring.back if one.name == message)
        for one in reversed(self.frames):
            parts = unpack(one.identifier)
            if self.node.of(Group(parts.pgn, parts.source, parts.destination, one.data), [wanted]):
                return wanted.decode(one.data)
        raise AssertionError(f"no {message} came")

    def count(self, pgn: int) -> int:
        return sum(unpack(one.identifier).pgn == pgn for one in self.frames)


def _wiring() -> Wiring:
    return read_wiring(RIG / "can.toml")


@pytest.fixture
def truck(images: Path) -> Truck:
    made = Truck(images, "lm3s6965evb")
    made.run(0.3)
    return made


@pytest.mark.parametrize("board", ["lm3s6965evb", "mps2-an386"])
def test_it_claims_its_address_before_it_says_anything(images: Path, board: str) -> None:
    truck = Truck(images, board)
    truck.run(0.3)
    first = truck.frames[0]
    assert first == frame(CLAIM, Name(identity=2, function=39, group=3).pack(), 0x27)
    assert truck.node.peer == 0x27
    assert truck.count(0) >= 2
    assert truck.newest("XBR")["ExternalAccelerationDemand"] == pytest.approx(-3, abs=0.001)


def test_it_answers_requests(truck: Truck) -> None:
    truck.frames.clear()
    for pgn, to in ((CLAIM, GLOBAL), (65266, 0x27), (65266, GLOBAL)):
        truck.bus.send(frame(REQUEST, pgn.to_bytes(3, "little"), 0x21, to))
    truck.run(0.04)
    assert (truck.count(CLAIM), truck.count(ACKNOWLEDGE)) == (1, 1)


def test_a_smaller_name_takes_its_address_and_a_larger_one_does_not(truck: Truck) -> None:
    truck.bus.send(frame(CLAIM, Name(identity=3, function=39, group=3).pack(), 0x27))
    truck.run(0.04)
    assert truck.newest("Vehicle")
    truck.bus.send(frame(CLAIM, Name(identity=1).pack(), 0x27))
    truck.run(WAIT / 1e9)
    assert unpack(truck.frames[-1].identifier)[1:3] == (CLAIM, NULL)


@pytest.fixture
def driving(truck: Truck) -> Truck:
    """The truck behind its 5 s of warning, at the 10 m/s that it is to drive."""
    truck.run(5.5)
    assert truck.newest("Vehicle")["State"] == 2
    return truck


def test_retarder_and_brakes_share_what_is_wanted(driving: Truck) -> None:
    for v_ref, throttle, retarder, brake in ((12.0, 100, 0, 0.0), (9.8, 0, -40, 0.0), (8.0, 0, -100, -1.8)):
        driving.values["Speed"] = v_ref
        driving.run(0.02)
        assert driving.newest("Engine")["RequestedTorque"] == throttle
        assert driving.newest("Retarder")["RequestedTorque"] == pytest.approx(retarder, abs=1)
        assert driving.newest("XBR")["ExternalAccelerationDemand"] == pytest.approx(brake, abs=0.01)


@pytest.mark.parametrize(
    ("changes", "state", "reason"),
    [
        ({"Distance": 20.0, "Class": 1}, 4, 2),
        ({"AllStop": 1}, 4, 1),
        ({"ScanAge": 0.4}, 3, 8),
        ({"BrakeTemperature": 460.0}, 3, 10),
        ({"WheelBasedVehicleSpeed": float("nan")}, 4, 11),
    ],
)
def test_what_is_dangerous_stops_it(driving: Truck, changes: dict[str, float], state: int, reason: int) -> None:
    driving.values |= changes
    driving.run(0.6)
    assert [driving.newest("Vehicle")[name] for name in ("State", "Reason")] == [state, reason]
    if state == 4:
        assert driving.newest("XBR")["ExternalAccelerationDemand"] == pytest.approx(-3, abs=0.001)


def test_trouble_codes_go_in_one_frame_or_by_a_broadcast(driving: Truck) -> None:
    driving.node.came.clear()
    driving.values["ScanAge"] = 0.4
    driving.run(0.1)
    driving.values["FixAge"] = 1.0
    driving.run(0.3)
    came = [decode_dm1(one.data) for one in driving.node.came if one.pgn == DM1]
    assert [[each.spn for each in one.troubles] for one in came] == [[520193], [520192, 520193]]


def test_without_messages_it_stops_at_once_and_says_why(driving: Truck) -> None:
    driving.silent = True
    driving.run(0.4)
    assert driving.newest("Vehicle")["State"] == 2
    driving.run(0.2)
    assert [driving.newest("Vehicle")[name] for name in ("State", "Reason")] == [4, 11]
    assert driving.newest("Retarder")["RequestedTorque"] == -100
    assert decode_dm1(next(one.data for one in driving.node.came if one.pgn == DM1)).troubles[0].spn == 520196
