"""Text of LLVM functions: values, labels, constants."""

from __future__ import annotations

import re
import struct

from hil.plc.types import Scalar, Type, machine


class Text:
    """The body of one function while it is written."""

    def __init__(self) -> None:
        self.head: list[str] = []  # allocas, which belong to the entry block
        self.lines: list[str] = []
        self._count = 0
        self._open = True  # the current block has no terminator yet

    def let(self, text: str) -> str:
        """A new value."""
        self._count += 1
        name = f"%v{self._count}"
        self.do(f"{name} = {text}")
        return name

    def do(self, text: str) -> None:
        """An instruction without a value. Behind a terminator it starts a block that nothing reaches."""
        if not self._open:
            self.label(self.fresh("dead"))
        self.lines.append(f"  {text}")

    def fresh(self, hint: str) -> str:
        """A new label."""
        self._count += 1
        return f"{hint}{self._count}"

    def label(self, name: str) -> None:
        """Starts a block; the one before falls into it."""
        self.go(name)
        self.lines.append(f"{name}:")
        self._open = True

    def go(self, target: str) -> None:
        """Jumps, unless the block has ended."""
        if self._open:
            self.end(f"br label %{target}")

    def end(self, text: str) -> None:
        """Ends the block."""
        if self._open:
            self.lines.append(f"  {text}")
            self._open = False

    def split(self, condition: str, yes: str, no: str, likely: bool | None = None) -> None:
        """Jumps by a condition; faults are marked unlikely."""
        hint = "" if likely is None else f", !prof !{0 if likely else 1}"
        self.end(f"br i1 {condition}, label %{yes}, label %{no}{hint}")

    def slot(self, kind: str, align: int = 8) -> str:
        """A variable in the stack frame, a register in the end."""
        self._count += 1
        name = f"%a{self._count}"
        self.head.append(f"  {name} = alloca {kind}, align {align}")
        return name

    def text(self, signature: str) -> str:
        """The whole function."""
        return "\n".join([f"define {signature} {{", "entry:", *self.head, *self.lines, "}", ""])


_SPECIAL = re.compile(r"[^A-Z0-9_.]")


def symbol(name: str) -> str:
    """A name of the program as part of a name in LLVM: in capitals, what LLVM does not take by its code."""
    return _SPECIAL.sub(lambda one: f".{ord(one.group()):x}.", name.upper())


def value_type(type_: Type) -> str:
    """LLVM type of a value in a register."""
    scalar = machine(type_)
    if scalar is None:
        return "ptr"
    return "i1" if scalar.family == "bool" else memory_type(scalar)


def memory_type(scalar: Scalar) -> str:
    """LLVM type of a value in memory."""
    if scalar.family == "real":
        return "float" if scalar.bits == 32 else "double"
    return f"i{max(scalar.bits, 8)}"


def constant(scalar: Scalar, value: int | float) -> str:
    """A constant operand."""
    if scalar.family == "real":
        return "0x" + struct.pack(">d", float(value)).hex().upper()
    if scalar.family == "bool":
        return "true" if value else "false"
    return str(int(value))


def data(content: bytes) -> str:
    """Bytes as an LLVM constant of type [n x i8]."""
    if not any(content):
        return "zeroinitializer"
    return 'c"' + "".join(f"\\{byte:02X}" for byte in content) + '"'
