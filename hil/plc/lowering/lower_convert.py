"""Conversions between elementary types, as LLVM text (IEC 61131-3 tables 22 to 27)."""

from __future__ import annotations

from hil.plc.lowering.emit import constant, value_type
from hil.plc.lowering.lower_strings import StringLowering
from hil.plc.types import LINT, LREAL, Scalar

DAY = 86_400_000_000_000
_UNIT_NS = {"time": 1_000_000, "tod": 1_000_000, "date": 1_000_000_000, "dt": 1_000_000_000}  # of one, as a number


class ConversionLowering(StringLowering):
    """Lowers conversions."""

    def convert(self, operand: str, source: Scalar, target: Scalar, truncate: bool = False) -> str:
        """An elementary value in another elementary type."""
        text, kind, to = self.text, value_type(source), value_type(target)
        if source.family == target.family and kind == to:
            return operand
        if source.family in _UNIT_NS or target.family in _UNIT_NS:
            return self._convert_time(operand, source, target)
        if target.family == "bool":
            if source.family == "real":
                return text.let(f"fcmp une {kind} {operand}, 0.0")
            return text.let(f"icmp ne {kind} {operand}, 0")
        if source.family == "real" and target.family == "real":
            return text.let(f"{'fpext' if to == 'double' else 'fptrunc'} {kind} {operand} to {to}")
        if self._keeps_bits(source, target):
            return text.let(f"bitcast {kind} {operand} to {to}")
        if source.family == "real":
            return self.nearest(operand, kind, to, target.signed, truncate)
        if target.family == "real":
            return text.let(f"{'sitofp' if source.signed else 'uitofp'} {kind} {operand} to {to}")
        if source.bits == target.bits:
            return operand
        if source.bits > target.bits:
            return text.let(f"trunc {kind} {operand} to {to}")
        return text.let(f"{'sext' if source.signed else 'zext'} {kind} {operand} to {to}")

    def _keeps_bits(self, source: Scalar, target: Scalar) -> bool:
        """Whether a bit string and a real of one length are transferred as they are."""
        alike = {source.family, target.family} == {"bits", "real"} and source.bits == target.bits
        return alike and self.module.profile.bits_as_real == "same bits"

    def nearest(self, operand: str, kind: str, to: str, signed: bool, truncate: bool) -> str:
        """A real as a whole number: ties to even; NaN is 0; beyond the range as the profile says."""
        if self.module.profile.real_beyond_range == "low bits" and (to != "i64" or not signed):
            wide = self.nearest(operand, kind, "i64", True, truncate)
            return wide if to == "i64" else self.text.let(f"trunc i64 {wide} to {to}")
        text, suffix = self.text, "f32" if kind == "float" else "f64"
        if not truncate:
            self.module.declare(f"declare {kind} @llvm.rint.{suffix}({kind})")
            operand = text.let(f"call {kind} @llvm.rint.{suffix}({kind} {operand})")
        name = f"@llvm.fpto{'s' if signed else 'u'}i.sat.{to}.{suffix}"
        self.module.declare(f"declare {to} {name}({kind})")
        return text.let(f"call {to} {name}({kind} {operand})")

    def _convert_time(self, operand: str, source: Scalar, target: Scalar) -> str:
        """As numbers, dates count seconds, durations and times of day what the profile says."""
        text, unit = self.text, self._unit(source if source.family in _UNIT_NS else target)
        if source.family in _UNIT_NS and target.family in _UNIT_NS:
            if source.family != "dt" or target.family not in ("date", "tod"):
                return operand
            day = text.let(f"srem i64 {operand}, {DAY}")
            late = text.let(f"add i64 {day}, {DAY}")
            of_day = text.let(f"urem i64 {late}, {DAY}")
            return of_day if target.family == "tod" else text.let(f"sub i64 {operand}, {of_day}")
        if source.family in _UNIT_NS:
            if target.family == "real":
                ns = text.let(f"sitofp i64 {operand} to double")
                number = text.let(f"fdiv double {ns}, {constant(LREAL, unit)}")
                return self.convert(number, LREAL, target)
            return self.convert(text.let(f"sdiv i64 {operand}, {unit}"), LINT, target)
        if source.family == "real":
            number = self.convert(operand, source, LREAL)
            ns = text.let(f"fmul double {number}, {constant(LREAL, unit)}")
            return self.nearest(ns, "double", "i64", signed=True, truncate=False)
        return text.let(f"mul i64 {self.convert(operand, source, LINT)}, {unit}")

    def _unit(self, type_: Scalar) -> int:
        """Nanoseconds of one, as a number."""
        return _UNIT_NS["dt"] if self.module.profile.time_as_number == "seconds" else _UNIT_NS[type_.family]
