"""The virtual PLC: IEC 61131-3 Structured Text compiled to machine code behind the one C signature."""

from hil.plc.diagnostics import Diagnostics
from hil.plc.profiles import PROFILES, Profile
from hil.plc.program import Fault, Program, compile_file, compile_text, compile_units
from hil.plc.runtime import Runtime
from hil.plc.symbols import Variable

__all__ = [
    "PROFILES",
    "Diagnostics",
    "Fault",
    "Profile",
    "Program",
    "Runtime",
    "Variable",
    "compile_file",
    "compile_text",
    "compile_units",
]
