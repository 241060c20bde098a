"""The standard functions that are no operators, as LLVM text (IEC 61131-3 tables 28 to 33)."""

from __future__ import annotations

from hil.plc.checking.fold_standard import LIBM
from hil.plc.lowering.emit import constant, value_type
from hil.plc.lowering.lower_convert import ConversionLowering
from hil.plc.tree import Standard, scalar
from hil.plc.types import LREAL, Scalar, String, machine

SIGNED = {"=": "eq", "<>": "ne", "<": "slt", ">": "sgt", "<=": "sle", ">=": "sge"}
UNSIGNED = {"=": "eq", "<>": "ne", "<": "ult", ">": "ugt", "<=": "ule", ">=": "uge"}
ORDERED = {"=": "oeq", "<>": "une", "<": "olt", ">": "ogt", "<=": "ole", ">=": "oge"}
# Sixteen digits from the highest; from_bcd is -1 where a digit is above 9.
BCD = """
define internal i64 @from_bcd(i64 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 60, %entry ], [ %less, %more ]
  %sum = phi i64 [ 0, %entry ], [ %next, %more ]
  %shifted = lshr i64 %x, %i
  %digit = and i64 %shifted, 15
  %bad = icmp ugt i64 %digit, 9
  br i1 %bad, label %wrong, label %more
more:
  %ten = mul i64 %sum, 10
  %next = add i64 %ten, %digit
  %less = sub i64 %i, 4
  %again = icmp sge i64 %less, 0
  br i1 %again, label %loop, label %done
done:
  ret i64 %next
wrong:
  ret i64 -1
}
define internal i64 @to_bcd(i64 %x) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %above, %loop ]
  %rest = phi i64 [ %x, %entry ], [ %less, %loop ]
  %sum = phi i64 [ 0, %entry ], [ %next, %loop ]
  %digit = urem i64 %rest, 10
  %less = udiv i64 %rest, 10
  %placed = shl i64 %digit, %i
  %next = or i64 %sum, %placed
  %above = add i64 %i, 4
  %again = icmp slt i64 %above, 64
  br i1 %again, label %loop, label %done
done:
  ret i64 %next
}
"""
_SHIFTS = {"SHL": "shl", "SHR": "lshr", "SAR": "ashr"}


class StandardLowering(ConversionLowering):
    """Lowers standard functions."""

    def guard(self, bad: str, kind: str, at: int, message: str, *values: str) -> None:
        """See ValueLowering."""
        raise NotImplementedError

    def standard(self, expr: Standard) -> str:
        """The value of a standard function."""
        name = expr.name
        if name == "__SCAN_TIME":
            return "%t"
        if name == "__NO_BODY":
            words = f"{self.pou.name} is declared here, its body is not; declare one of this name in your program"
            self.guard("true", "no body here", expr.at, words)
            return "false"
        if name in ("__NS", "__REFUSE", "__SWAP", "IS_VALID", "IS_VALID_BCD", "FROM_BCD", "TO_BCD"):
            return self._special(name, expr, [self.value(one) for one in expr.operands])
        if name in ("SEL", "MUX"):
            return self._choose(expr)
        if name == "NARROW_CHARACTER":
            return self.narrow_character(self.value(expr.operands[0]))
        if name in ("SHL", "SHR", "SAR", "ROL", "ROR"):
            return self._shift(expr)
        if machine(expr.type) is None or isinstance(expr.operands[0].type, String):
            return self.string_function(expr)
        type_, text = scalar(expr), self.text
        operands = [self.value(one) for one in expr.operands]
        kind = value_type(type_)
        if name == "ABS":
            return self._absolute(type_, operands[0])
        if name in ("MAX", "MIN"):
            order = ORDERED if type_.family == "real" else SIGNED if type_.signed else UNSIGNED
            compare = "fcmp" if type_.family == "real" else "icmp"
            test = text.let(f"{compare} {order['>' if name == 'MAX' else '<']} {kind} {operands[1]}, {operands[0]}")
            return text.let(f"select i1 {test}, {kind} {operands[1]}, {kind} {operands[0]}")
        if name == "SQRT":
            suffix = "f32" if kind == "float" else "f64"
            self.module.declare(f"declare {kind} @llvm.sqrt.{suffix}({kind})")
            return text.let(f"call {kind} @llvm.sqrt.{suffix}({kind} {operands[0]})")
        return self.libm(name, type_, operands)

    def _special(self, name: str, expr: Standard, operands: list[str]) -> str:
        text, type_ = self.text, scalar(expr)
        if name == "__NS":
            return operands[0]
        if name == "__REFUSE":
            message = f"{{0}} is outside of what {self.pou.name} takes"
            self.guard(operands[0], "no such date or time", expr.at, message, operands[1])
            return operands[0]
        if name == "__SWAP":
            return operands[0] if type_.bits <= 8 else self._swapped(type_, operands[0])
        if name == "IS_VALID":
            distance = text.let(f"fsub double {operands[0]}, {operands[0]}")  # NaN for infinity and NaN
            return text.let(f"fcmp oeq double {distance}, 0.0")
        self.module.helper("bcd", BCD)
        if name == "TO_BCD":
            digits = 10 ** (type_.bits // 4) - 1
            bad = text.let(f"icmp ugt i64 {operands[0]}, {digits}")
            message = f"{{0}} does not fit {type_.name}, which holds 0 to {digits} as BCD"
            self.guard(bad, "not a BCD number", expr.at, message, operands[0])
            wide = text.let(f"call i64 @to_bcd(i64 {operands[0]})")
            return wide if type_.bits == 64 else text.let(f"trunc i64 {wide} to {value_type(type_)}")
        number = text.let(f"call i64 @from_bcd(i64 {operands[0]})")
        if name == "IS_VALID_BCD":
            return text.let(f"icmp sge i64 {number}, 0")
        bad = text.let(f"icmp slt i64 {number}, 0")
        self.guard(bad, "not a BCD number", expr.at, "{0} has a digit above 9 in BCD", operands[0])
        return number

    def _swapped(self, type_: Scalar, operand: str) -> str:
        """The bytes the other way round, of a real too."""
        text, kind, bits = self.text, value_type(type_), f"i{type_.bits}"
        self.module.declare(f"declare {bits} @llvm.bswap.{bits}({bits})")
        whole = operand if kind == bits else text.let(f"bitcast {kind} {operand} to {bits}")
        turned = text.let(f"call {bits} @llvm.bswap.{bits}({bits} {whole})")
        return turned if kind == bits else text.let(f"bitcast {bits} {turned} to {kind}")

    def _absolute(self, type_: Scalar, operand: str) -> str:
        kind, text = value_type(type_), self.text
        if type_.family == "real":
            suffix = "f32" if kind == "float" else "f64"
            self.module.declare(f"declare {kind} @llvm.fabs.{suffix}({kind})")
            return text.let(f"call {kind} @llvm.fabs.{suffix}({kind} {operand})")
        self.module.declare(f"declare {kind} @llvm.abs.{kind}({kind}, i1)")
        return text.let(f"call {kind} @llvm.abs.{kind}({kind} {operand}, i1 false)")

    def libm(self, name: str, type_: Scalar, operands: list[str]) -> str:
        """A function of libm in double precision; REAL is rounded once, at the end."""
        wide = [self.convert(one, type_, LREAL) for one in operands]
        function = LIBM[name]
        parameters = ", ".join(["double"] * len(wide))
        self.module.declare(f"declare double @{function}({parameters})")
        found = self.text.let(f"call double @{function}({', '.join(f'double {one}' for one in wide)})")
        return self.convert(found, LREAL, type_)

    def _shift(self, expr: Standard) -> str:
        type_, text = scalar(expr), self.text
        kind, value, count = value_type(type_), self.value(expr.operands[0]), self.value(expr.operands[1])
        if expr.name in ("ROL", "ROR"):
            around = text.let(f"and i64 {count}, {type_.bits - 1}")
            turn = around if type_.bits == 64 else text.let(f"trunc i64 {around} to {kind}")
            name = f"@llvm.fsh{'l' if expr.name == 'ROL' else 'r'}.{kind}"
            self.module.declare(f"declare {kind} {name}({kind}, {kind}, {kind})")
            return text.let(f"call {kind} {name}({kind} {value}, {kind} {value}, {kind} {turn})")
        beyond = text.let(f"icmp ugt i64 {count}, {type_.bits - 1}")  # negative counts are beyond, too
        safe = text.let(f"select i1 {beyond}, i64 0, i64 {count}")
        narrow = safe if type_.bits == 64 else text.let(f"trunc i64 {safe} to {kind}")
        shifted = text.let(f"{_SHIFTS[expr.name]} {kind} {value}, {narrow}")
        return text.let(f"select i1 {beyond}, {kind} 0, {kind} {shifted}")

    def _choose(self, expr: Standard) -> str:
        """SEL and MUX: all inputs are evaluated, one is taken."""
        text, number, inputs = self.text, self.value(expr.operands[0]), expr.operands[1:]
        values = [self.value(one) for one in inputs]
        kind = value_type(expr.type)
        if expr.name == "SEL":
            return text.let(f"select i1 {number}, {kind} {values[1]}, {kind} {values[0]}")
        bad = text.let(f"icmp ugt i64 {number}, {len(values) - 1}")
        if self.module.profile.mux_out_of_range == "zero":
            type_ = machine(expr.type)
            zero = constant(type_, 0) if type_ else self.module.data(bytes(expr.type.size))
            chosen = text.let(f"select i1 {bad}, {kind} {zero}, {kind} {values[-1]}")
            return self._chosen(kind, number, values[:-1], chosen)
        message = f"MUX has inputs 0 to {len(values) - 1}, {{0}} was asked for"
        self.guard(bad, "MUX out of range", expr.at, message, number)
        return self._chosen(kind, number, values[:-1], values[-1])

    def _chosen(self, kind: str, number: str, values: list[str], chosen: str) -> str:
        text = self.text
        for place, one in reversed(list(enumerate(values))):
            test = text.let(f"icmp eq i64 {number}, {place}")
            chosen = text.let(f"select i1 {test}, {kind} {one}, {kind} {chosen}")
        return chosen
