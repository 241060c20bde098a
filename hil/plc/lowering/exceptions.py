"""What __CATCH gets: a fault's number as ExceptionCode of CODESYS has it."""

from __future__ import annotations

# CODESYS help, __TRY ... __CATCH, and its type __SYSTEM.ExceptionCode.
_CODES = {
    "division by zero": 0x103,
    "index out of bounds": 0x102,
    "subrange violation": 0x102,
    "null or foreign pointer": 0x51,
    "endless loop": 0x10,
    "endless recursion": 0x54,
}
_UNKNOWN = 0xFFFFFFFF


def exception_code(kind: str) -> int:
    """The number of a kind of fault."""
    return _CODES.get(kind, _UNKNOWN)


def exceptions(kinds: list[str]) -> str:
    """A function from the number of a place, counted from 1, to that of the kind of its fault."""
    cases = " ".join(
        f"i64 {number}, label %case{code}"
        for number, kind in enumerate(kinds, 1)
        if (code := exception_code(kind)) != _UNKNOWN
    )
    ends = [f"case{code}:\n  ret i64 {code}" for code in dict.fromkeys(_CODES.values())]
    head = "define internal i64 @exception(i64 %number) noinline cold {\nentry:\n  switch i64 %number, label %other [ "
    return "\n".join([f"{head}{cases} ]", *ends, f"other:\n  ret i64 {_UNKNOWN}", "}", ""])
