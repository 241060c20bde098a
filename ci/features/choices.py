"""Implementer-specific parameters, with their values from the code, and the error conditions."""

from hil.plc import layout
from hil.plc.checking import declarations
from hil.plc.literals import duration
from hil.plc.reading import cursor, parse_expressions
from hil.plc.types import DEFAULT_STRING, ELEMENTARY, LONGEST_STRING


def parameters() -> list[tuple[str, ...]]:
    """Return the parameters: (what, value)."""
    time = ELEMENTARY["TIME"].range
    return [
        ("length of identifiers", "as long as one likes, every character counts, letters in any case"),
        ("nested comments", "as deep as one likes"),
        ("pragmas", "{attribute 'unit' := 'K'}, {IF defined (X)}; docs/plc.md"),
        ("nesting of expressions, types and statements", f"{cursor.DEEPEST} levels"),
        ("operators in one expression", f"{parse_expressions.LONGEST:,}"),
        ("default length of strings", f"{DEFAULT_STRING} characters"),
        ("greatest length of strings", f"{LONGEST_STRING:,} characters"),
        ("characters of STRING and CHAR", "Latin-1"),
        ("characters of WSTRING and WCHAR", "code units of UTF-16"),
        ("greatest size of a variable", f"{declarations.LARGEST:,} bytes"),
        ("greatest size of all variables", f"{declarations.MOST:,} bytes"),
        ("subscripts of an array", "as many as one likes, bounds of LINT"),
        ("values of an enumeration", "INT, or the type that is named"),
        ("resolution of TIME, LTIME, TOD, DT and their kind", "1 ns"),
        ("range of TIME", f"{time[0]} to {time[1]} ns, {time[1] // duration('T#365d')} years"),
        ("range of DATE and DT", "1677-09-21 to 2262-04-11; CONCAT_DATE takes 1678 to 2261"),
        ("TIME as a number", "milliseconds; as the profile says"),
        ("REAL and LREAL", "IEEE 754 binary32 and binary64, to nearest, ties to even; no fused operations"),
        (
            "initial value of what has none",
            "zero, the first enumerator, the lowest bound of a subrange, an empty string",
        ),
        ("inputs of extensible functions", "as many as one likes"),
        ("limits of counters", "those of their type"),
        ("effect of a change of PT while a timer runs", "acts at the next call"),
        ("loop passes of one scan", f"{layout.PASSES:,}, or the WATCHDOG of the task"),
        ("stack of calls by way of objects", f"{layout.STACK:,} bytes"),
        ("recursion of functions and methods", "refused; by way of objects up to the stack"),
        ("tasks", "as many as one likes, non-preemptive, most urgent first"),
        ("resolution of INTERVAL", "1 ns; a scan runs the tasks that are due"),
        ("order of evaluation", "left to right; arguments in the order of the declaration"),
        ("EN = FALSE", "a function gives the zero of its type, an instance stays as it is"),
        ("steps, transitions and actions of a chart", "as many as one likes"),
        ("order of transitions", "that of the text, or PRIORITY"),
    ]


ERRORS: list[tuple[str, ...]] = [
    ("a literal outside of its type", "refused", "compiling"),
    ("an unknown name, type or parameter", "refused, with near names", "compiling"),
    ("a value of another type that does not widen by itself", "refused, with the conversion to write", "compiling"),
    ("a value outside of a subrange", "PLC fault `subrange violation`; constants are refused", "running"),
    ("an index outside of the bounds", "PLC fault `index out of bounds`; constants are refused", "running"),
    ("a reference to nothing, or outside of the memory", "PLC fault `null or foreign pointer`", "running"),
    ("a method of an interface without an object", "PLC fault `null or foreign pointer`", "running"),
    ("whole division and MOD by zero", "PLC fault `division by zero`; a literal 0 is refused", "running"),
    ("division of reals by zero, overflow, invalid operations", "infinity and NaN; IS_VALID finds them", "running"),
    ("overflow of whole numbers", "wraps; as the profile says", "running"),
    ("a real beyond the range of a whole type", "the nearest end, NaN gives 0; as the profile says", "running"),
    ("SQRT, LN, LOG, ASIN, ACOS outside of their domain", "NaN or infinity", "running"),
    ("K of MUX outside of the inputs", "PLC fault `MUX out of range`", "running"),
    ("a shift by less than 0 or more than the width", "0; ROL and ROR turn modulo the width", "running"),
    ("a position or length outside of a string", "brought inside", "running"),
    ("a string longer than what takes it", "cut", "running"),
    ("a text that is no value of the type", "0, or what its beginning says", "running"),
    ("a date or time that the calendar has not", "PLC fault `no such date or time`", "running"),
    ("BCD with a digit above 9, or without room", "PLC fault `not a BCD number`", "running"),
    ("overflow of durations and moments", "wraps after 292 years", "running"),
    ("a loop without an end", "PLC fault `endless loop`", "running"),
    ("recursion", "refused; by way of objects PLC fault `endless recursion`", "compiling, running"),
    ("a scan longer than the period", "counted as an overrun of the server; virtual time knows none", "running"),
    ("an unknown task, a task without an interval", "refused", "compiling"),
    ("a step, transition or action that is not there", "refused", "compiling"),
    ("an external variable without its global one", "refused", "compiling"),
    ("a write to an input, a constant, an external constant", "refused", "compiling"),
]
