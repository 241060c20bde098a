"""Which types stand for which without a word, as the profile has it (implicit_conversions, bits_in_arithmetic)."""

from __future__ import annotations

from hil.plc.profiles import Profile
from hil.plc.types import DINT, ELEMENTARY, LINT, LREAL, REAL, Enum, Scalar, Type, base, common, same, widens

WHOLE = ("int", "uint", "bits")
_BY_BITS = {"int": ("SINT", "INT", "DINT", "LINT"), "uint": ("USINT", "UINT", "UDINT", "ULINT")}


def whole(family: str, bits: int) -> Scalar:
    """The whole type of a family and a width."""
    return next(one for name in _BY_BITS[family] if (one := ELEMENTARY[name]).bits == bits)


def number(type_: Type, profile: Profile) -> Type:
    """The whole type of an enumeration where these are numbers; every other type is its own."""
    return type_.base if isinstance(type_, Enum) and profile.enumerations == "numbers" else type_


def becomes(source: Type, target: Type, profile: Profile) -> bool:
    """Whether `source` becomes `target` by itself."""
    if isinstance(target, Enum) and target.strict and not isinstance(source, Enum):
        return False
    if isinstance(source, Enum) != isinstance(target, Enum):
        source, target = number(source, profile), number(target, profile)
    if widens(source, target):
        return True
    if profile.implicit_conversions == "without loss":
        return False
    if isinstance(source, Enum):
        return same(source.base, target) or becomes(source.base, target, profile)
    if not isinstance(source, Scalar) or not isinstance(target, Scalar):
        return False
    if profile.implicit_conversions == "no fewer bits":
        if {source.name, target.name} == {"TIME", "DINT"}:
            return True
        if source.bits > target.bits:
            return False
    if source.family in WHOLE:
        return target.family in (*WHOLE, "real")
    return source.family == target.family == "real"


def meeting(one: Type, other: Type, profile: Profile) -> Type | None:
    """The type in which two values are compared or combined, or None."""
    found = common(one, other)
    one, other = number(base(one), profile), number(base(other), profile)
    if found is None:
        found = common(one, other)
    if found is not None or profile.implicit_conversions == "without loss":
        return found
    if not isinstance(one, Scalar) or not isinstance(other, Scalar):
        return None
    if profile.implicit_conversions == "no fewer bits" and {one.name, other.name} == {"TIME", "DINT"}:
        return DINT
    families = {one.family, other.family}
    if families <= {*WHOLE, "real"} and "real" in families:
        return LREAL if LREAL in (one, other) else REAL
    if not families <= set(WHOLE):
        return None
    numbers = [whole("uint", each.bits) if each.family == "bits" else each for each in (one, other)]
    return numbers[0] if same(*numbers) else common(*numbers) or LINT


def negated(type_: Scalar) -> Scalar:
    """The signed type that holds the negative of an unsigned one, as wide as the machine where there is none."""
    return whole("int", min(type_.bits * 2, 32)) if type_.bits < 64 else LINT


def stays_short(one: Type, other: Type) -> bool:
    """Whether a sum of two types that meet in LINT is still one of 32 bits: DINT and UDINT."""
    return all(isinstance(each, Scalar) and each.bits <= DINT.bits for each in (base(one), base(other)))
