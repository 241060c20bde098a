"""Targets: how a controller under test is brought up, watched and taken down."""

from hil.targets.external import External
from hil.targets.qemu import Qemu
from hil.targets.target import Target
from hil.targets.virtual_plc import VirtualPlc

__all__ = ["Target", "External", "VirtualPlc", "Qemu"]
