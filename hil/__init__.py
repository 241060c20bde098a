"""hilbench: a hardware-in-the-loop bench for process, steel and mining controllers."""

__version__ = "0.1.0"
