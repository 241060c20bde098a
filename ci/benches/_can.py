"""A hundred values each way in frames of CAN FD over `udp_multicast`: the link, and python-can alone, in turn."""

import socket
import struct
from collections.abc import Callable
from contextlib import ExitStack
from itertools import count
from pathlib import Path

import numpy as np

from hil.links.can.link import CanLink
from hil.links.can.ports import address_of
from hil.links.can.wiring import read_wiring
from hil.targets import VirtualPlc

_GROUP, _IN_A_FRAME, _STEP = "239.74.163.2", 16, 0x7F0
_THERE, _BACK = 256, 512
_LENGTHS = (8, 12, 16, 20, 24, 32, 48, 64)
_PERIOD = 10_000_000
_FORMATS = (
    'BA_DEF_ BO_ "VFrameFormat" ENUM "StandardCAN","ExtendedCAN","StandardCAN_FD";',
    'BA_DEF_DEF_ "VFrameFormat" "StandardCAN";',
)


def _dbc(size: int) -> str:
    rows, kinds = ['VERSION ""\nNS_ :\nBS_:\nBU_: Plc Bench'], [*_FORMATS]
    for first, letter in ((_THERE, "x"), (_BACK, "y")):
        for at in range(0, size, _IN_A_FRAME):
            number, inside = first + at // _IN_A_FRAME, range(at, min(at + _IN_A_FRAME, size))
            length = next(one for one in _LENGTHS if one >= 4 * len(inside))
            rows.append(f"BO_ {number} M{letter}{at // _IN_A_FRAME}: {length} Plc")
            rows += [f' SG_ {letter}{k} : {32 * (k - at)}|32@1- (1,0) [0|0] "" Plc' for k in inside]
            rows.append("")
            kinds += [f"SIG_VALTYPE_ {number} {letter}{k} : 1;" for k in inside]
            kinds.append(f'BA_ "VFrameFormat" BO_ {number} 2;')
    return "\n".join([*rows, *kinds]) + "\n"


def _wiring(folder: Path, size: int) -> Path:
    (folder / "many.dbc").write_text(_dbc(size))
    there, back = ([f"M{letter}{k}" for k in range(-(-size // _IN_A_FRAME))] for letter in "xy")
    file = folder / "can.toml"
    file.write_text(f'dbc = "many.dbc"\nto = {there}\nfrom = {back}\nstep = {_STEP}\n')
    return file


def steps(program: Path, values: list[float], stack: ExitStack) -> tuple[Callable[[], None], Callable[[], None]]:
    """Return an exchange of the link, and the same frames by python-can; each lets the other alone."""
    wiring, clock = _wiring(program.parent, len(values)), count(_PERIOD, _PERIOD)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as wire:
        wire.bind(("127.0.0.1", 0))
        where = f"udp_multicast:{_GROUP}:{wire.getsockname()[1]}"
    stack.enter_context(VirtualPlc(program, period=_PERIOD, can=(where, str(wiring))))
    sides = ([(f"{letter}{k}", "f4") for k in range(len(values))] for letter in "xy")
    link = CanLink(address_of(where), read_wiring(wiring), *sides, lockstep=True, period=_PERIOD)
    stack.callback(link.close)
    out, into = np.zeros(1, link.outgoing), np.zeros(1, link.incoming)
    out[0] = tuple(values)

    def ours() -> None:
        link.open()
        link.exchange(next(clock), out, into)

    bare = _Bare(int(where.rpartition(":")[2]), values)
    stack.callback(bare.close)

    def alone() -> None:
        if link.health.connected:
            link.close()
            bare.forget()
        bare.exchange(next(clock))

    return ours, alone


class _Bare:
    """python-can alone: numbers into frames and out of them with `struct`."""

    def __init__(self, port: int, values: list[float]) -> None:
        import can

        from hil.links.can.ports import _keep_on_loopback

        self._can, self._values = can, values
        self._bus = can.Bus(interface="udp_multicast", channel=_GROUP, port=port, hop_limit=0, fd=True)
        _keep_on_loopback(self._bus.fileno(), _GROUP)
        pieces = [values[at : at + _IN_A_FRAME] for at in range(0, len(values), _IN_A_FRAME)]
        self._frames = [(struct.Struct(f"<{len(one)}f"), one) for one in pieces]

    def exchange(self, t: int) -> None:
        """Send the values and the step, and take values until the step is acknowledged."""
        for k, (form, values) in enumerate(self._frames):
            self._send(_THERE + k, form.pack(*values), fd=True)
        self._send(_STEP, struct.pack("<q", t), fd=False)
        read: dict[int, tuple[float, ...]] = {}
        while (one := self._bus.recv(5.0)) is not None and one.arbitration_id != _STEP + 1:
            if (k := one.arbitration_id - _BACK) in range(len(self._frames)):  # our own frames come back, too
                form = self._frames[k][0]
                read[one.arbitration_id] = form.unpack(one.data[: form.size])
        if len(read) != len(self._frames):
            raise SystemExit(f"python-can got {len(read)} of {len(self._frames)} frames")

    def _send(self, identifier: int, data: bytes, *, fd: bool) -> None:
        self._bus.send(self._can.Message(arbitration_id=identifier, data=data, is_fd=fd, is_extended_id=False))

    def forget(self) -> None:
        """Forget what has come."""
        while self._bus.recv(0.0) is not None:
            pass

    def close(self) -> None:
        """Let go of the bus."""
        self._bus.shutdown()
