"""Profiles: where runtimes differ, each choice by its name (docs/plc.md shows them as a table)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Literal

from hil.errors import InputError, near


@dataclass(frozen=True)
class Profile:
    """The choices of one runtime; the defaults are those of `iec`. A field with one choice is the same everywhere."""

    name: str
    whole_arithmetic: Literal["native width", "32-bit temporaries"] = "native width"
    real_literals: Literal["type they meet", "LREAL"] = "type they meet"
    implicit_conversions: Literal["without loss", "no fewer bits", "low bits"] = "without loss"
    bits_in_arithmetic: Literal["refused", "numbers"] = "refused"
    enumerations: Literal["types of their own", "numbers"] = "types of their own"
    shift_of_signed: Literal["zeros", "sign"] = "zeros"
    division_by_zero: Literal["fault"] = "fault"
    modulo_by_zero: Literal["fault", "zero"] = "fault"
    index_out_of_bounds: Literal["fault"] = "fault"
    for_to_highest: Literal["ends", "endless"] = "ends"
    for_negative_step: Literal["counts down"] = "counts down"
    for_variable_after: Literal["one step behind", "last pass"] = "one step behind"
    real_to_whole: Literal["ties to even"] = "ties to even"
    real_beyond_range: Literal["nearest end", "low bits"] = "nearest end"
    bits_as_real: Literal["same bits", "number"] = "same bits"
    time_as_number: Literal["milliseconds", "seconds"] = "milliseconds"
    duration_literals: Literal["exact"] = "exact"
    date_difference: Literal["duration"] = "duration"
    date_and_duration: Literal["refused", "date"] = "refused"
    and_on_bool: Literal["both sides", "short-circuit"] = "both sides"
    f_trig_first_scan: Literal["TRUE", "FALSE"] = "TRUE"
    ctud_both_edges: Literal["no change"] = "no change"
    ton_zero_delay: Literal["same scan", "next scan"] = "same scan"
    insert_position: Literal["behind"] = "behind"
    direct_addresses: Literal["by size", "by byte", "apart"] = "by size"
    in_out_strings: Literal["same length", "any length"] = "same length"
    string_order: Literal["shorter first"] = "shorter first"
    string_length: Literal["80", "126", "254"] = "80"
    string_elements: Literal["codes from 0", "characters from 1"] = "codes from 0"
    subrange_violation: Literal["fault", "stored"] = "fault"
    blocks_in_functions: Literal["refused", "anew"] = "refused"
    mux_out_of_range: Literal["fault", "zero"] = "fault"


IEC = Profile("iec")
CODESYS = Profile(
    "codesys",
    whole_arithmetic="32-bit temporaries",
    implicit_conversions="low bits",
    bits_in_arithmetic="numbers",
    enumerations="numbers",
    shift_of_signed="sign",
    date_and_duration="date",
    in_out_strings="any length",
    for_to_highest="endless",
    bits_as_real="number",
    subrange_violation="stored",
    blocks_in_functions="anew",
)
SIEMENS = Profile(
    "siemens",
    direct_addresses="by byte",
    implicit_conversions="no fewer bits",
    f_trig_first_scan="FALSE",
    string_length="254",
    string_elements="characters from 1",
)
MATIEC = Profile(
    "matiec",
    whole_arithmetic="32-bit temporaries",
    real_literals="LREAL",
    modulo_by_zero="zero",
    for_variable_after="last pass",
    real_beyond_range="low bits",
    bits_as_real="number",
    time_as_number="seconds",
    and_on_bool="short-circuit",
    ton_zero_delay="next scan",
    string_length="126",
    direct_addresses="apart",
    subrange_violation="stored",
    mux_out_of_range="zero",
)
PROFILES = {one.name: one for one in (IEC, CODESYS, SIEMENS, MATIEC)}

# What each choice means: field -> choice -> one sentence.
MEANINGS: dict[str, dict[str, str]] = {
    "whole_arithmetic": {
        "native width": "integers keep their width and wrap: (30000 + 30000) / 2 in INT is -2768",
        "32-bit temporaries": "shorter integers are worked out in DINT until stored, passed or converted: 30000",
    },
    "real_literals": {
        "type they meet": "r * 0.1 with a REAL r is a product of REALs",
        "LREAL": "r * 0.1 with a REAL r is worked out in LREAL and rounded when it is stored, passed or converted",
    },
    "implicit_conversions": {
        "without loss": "those of figure 12 of the standard: INT to REAL, UINT to DINT; others are written out",
        "no fewer bits": "whole types and bit strings become each other, and reals, of as many bits or more: WORD to "
        "INT, DINT to REAL; TIME and DINT, in milliseconds; whole numbers take part in AND, OR, XOR, NOT",
        "low bits": "whole types and bit strings become each other (DINT to WORD: the low bits) and REAL, LREAL "
        "becomes REAL; DINT and UDINT meet in LINT and give a DINT again; REAL to whole types is written out",
    },
    "bits_in_arithmetic": {
        "refused": "BYTE to LWORD take no part in + - * / MOD; convert them",
        "numbers": "BYTE to LWORD count as unsigned numbers: w + 1 with a WORD w is a WORD",
    },
    "enumerations": {
        "types of their own": "an enumeration takes its own values alone",
        "numbers": "an enumeration and a whole number become each other: e := 2, e + 1, e = 2",
    },
    "shift_of_signed": {
        "zeros": "SHR of an INT brings zeros in: SHR(INT#-2, 1) is 32767",
        "sign": "SHR of an INT, of DINT and their kind keeps the sign: SHR(INT#-2, 1) is -1",
    },
    "division_by_zero": {"fault": "a PLC fault with file, line and dividend; reals follow IEEE 754"},
    "modulo_by_zero": {"fault": "a PLC fault with file, line and dividend", "zero": "x MOD 0 is 0"},
    "index_out_of_bounds": {"fault": "a PLC fault with the index and the bounds"},
    "for_to_highest": {
        "ends": "FOR i := 120 TO 127 with a SINT i makes 8 passes",
        "endless": "the variable wraps and the loop goes on, until the loop budget ends it as a PLC fault",
    },
    "for_negative_step": {"counts down": "the sign of the step decides at run time: 10 TO 1 BY -2 makes 5 passes"},
    "for_variable_after": {"one step behind": "1 TO 3 leaves 4", "last pass": "1 TO 3 leaves 3"},
    "real_to_whole": {"ties to even": "REAL_TO_INT(2.5) is 2, of -2.5 is -2"},
    "real_beyond_range": {
        "nearest end": "REAL_TO_DINT(3.0E9) is 2147483647; NaN gives 0",
        "low bits": "the low bits of the nearest LINT: REAL_TO_DINT(3.0E9) is -1294967296; NaN gives 0",
    },
    "bits_as_real": {
        "same bits": "DWORD_TO_REAL, LWORD_TO_LREAL and back keep the bits: DWORD_TO_REAL(16#3F800000) is 1.0",
        "number": "a bit string is the whole number that it writes: DWORD_TO_REAL(16#3F800000) is 1065353216.0",
    },
    "time_as_number": {
        "milliseconds": "TIME_TO_DINT(T#1s500ms) is 1500, DINT_TO_TIME(1500) is T#1s500ms",
        "seconds": "TIME_TO_DINT(T#1s500ms) is 1, DINT_TO_TIME(1500) is T#25m",
    },
    "duration_literals": {"exact": "int64 nanoseconds, T#1ms is 1000000"},
    "date_difference": {"duration": "D#2024-03-01 - D#2024-02-28 is T#2d"},
    "date_and_duration": {
        "refused": "a duration is added to TIME, TOD and DT alone",
        "date": "D#2024-02-28 + T#1d is D#2024-02-29",
    },
    "and_on_bool": {
        "both sides": "AND and OR evaluate both operands; AND_THEN and OR_ELSE do not",
        "short-circuit": "AND and OR of BOOL leave out the right operand when the left one decides",
    },
    "f_trig_first_scan": {
        "TRUE": "with CLK = FALSE in the first scan Q is TRUE, as in the standard's body",
        "FALSE": "Q needs CLK to have been TRUE before",
    },
    "ctud_both_edges": {"no change": "CU and CD rising in one scan leave CV as it is"},
    "ton_zero_delay": {"same scan": "with PT = T#0s Q follows IN at once", "next scan": "Q follows IN one scan later"},
    "insert_position": {"behind": "INSERT('hello world', '-', 5) is 'hello- world'"},
    "direct_addresses": {
        "by size": "%MW1 is %MB2 and %MB3, and %MX2.0 is its lowest bit",
        "by byte": "%MW1 is %MB1 and %MB2",
        "apart": "%MW1 shares memory with no address of another size",
    },
    "in_out_strings": {
        "same length": "an in-out STRING[80] takes variables of STRING[80]",
        "any length": "any STRING goes in, cut to the in-out's length, and comes back, cut to its own",
    },
    "string_order": {"shorter first": "'abc' < 'ab' is FALSE"},
    "string_length": {
        "80": "STRING without a length holds 80 characters",
        "126": "STRING without a length holds 126 characters",
        "254": "STRING without a length holds 254 characters",
    },
    "string_elements": {
        "codes from 0": "s[0] is the code of the first character, a BYTE (a WORD of a WSTRING)",
        "characters from 1": "s[1] is the first character, a CHAR (a WCHAR of a WSTRING)",
    },
    "subrange_violation": {
        "fault": "a PLC fault with the value and the bounds",
        "stored": "the value is stored as it is; constants outside are still refused",
    },
    "blocks_in_functions": {
        "refused": "a FUNCTION keeps nothing, so no function block is its variable",
        "anew": "a function block in a FUNCTION begins with its initial values in each call",
    },
    "mux_out_of_range": {"fault": "a PLC fault with K and the inputs there are", "zero": "0, or an empty string"},
}

_OURS = "our choice"
_UNKNOWN = "not known from a source: as iec"
_SAFE = "the runtime overwrites other variables; ours faults in every profile"
_PROBES = "probes of matiec with gcc -O2"
# Where a choice is from; what is missing here is _OURS for `iec` and _UNKNOWN for the others.
SOURCES: dict[str, dict[str, str]] = {
    "iec": {
        "f_trig_first_scan": "IEC 61131-3 table 44: the body",
        "insert_position": "IEC 61131-3 table 34",
        "real_to_whole": "IEC 61131-3 table 22: as IEC 60559",
        "date_difference": "IEC 61131-3 table 35",
        "date_and_duration": "IEC 61131-3 table 35",
        "bits_as_real": "IEC 61131-3 tables 25 and 26: binary transfer",
        "implicit_conversions": "IEC 61131-3 figure 12",
        "bits_in_arithmetic": "IEC 61131-3 table 29: ANY_NUM",
    },
    "codesys": {
        "whole_arithmetic": "CODESYS help, Overflow: at least 32 bits on x86 and ARM (64 on x64)",
        "implicit_conversions": "CODESYS help, warnings C0195 to C0197; narrower types are cut, which it refuses",
        "bits_in_arithmetic": "CODESYS help, ADD: BYTE to LWORD are permitted",
        "enumerations": "CODESYS help, Enumerations: without the attribute strict",
        "shift_of_signed": "the calendar of OSCAT BASIC, a library for CODESYS, is right with it alone",
        "division_by_zero": "CODESYS help, DIV: depends on the target, may stop it",
        "index_out_of_bounds": _SAFE,
        "for_to_highest": "CODESYS help, FOR: the end must not be the highest value of the type",
        "real_to_whole": "CODESYS help, REAL_TO: 1.5 gives 2, -1.5 gives -2; 2.5 is not shown",
        "real_beyond_range": "CODESYS help, REAL_TO: undefined, depends on the target; as iec",
        "bits_as_real": "not known from a source: the number, as of the shorter bit strings",
        "time_as_number": "CODESYS help, TIME_TO: kept as milliseconds",
        "date_and_duration": "CODESYS help, ADD: DATE is permitted; its sum with a TIME is our reading",
        "and_on_bool": "CODESYS help: AND_THEN is the operator that leaves out",
        "f_trig_first_scan": "CoDeSys 2.3 manual: the standard's body",
        "direct_addresses": "CODESYS help, Addresses: the number counts in the size",
        "in_out_strings": "passed by address without a check; ours never writes behind the variable",
        "string_length": "CODESYS help, STRING: 80 characters",
        "string_elements": "CODESYS help, STRING: by its bytes, from 0",
        "insert_position": "CODESYS help, INSERT: after the position",
        "subrange_violation": "CODESYS help: checked only where the project has CheckRangeSigned",
    },
    "siemens": {
        "implicit_conversions": "TIA Portal help, implicit conversions in SCL without the IEC check",
        "index_out_of_bounds": "STEP 7 help: a programming error, which stops the CPU without an OB121",
        "real_to_whole": "STEP 7 help, ROUND: to the even number",
        "bits_as_real": "STEP 7 help, DWORD_TO_REAL: the bit pattern is transferred",
        "direct_addresses": "STEP 7 help: the number is that of the first byte; ours keeps the low byte first",
        "time_as_number": "STEP 7 help, TIME: milliseconds",
        "f_trig_first_scan": "STEP 7 help, F_TRIG: compares with the bit kept in the instance",
        "insert_position": "STEP 7 help, INSERT: after the position",
        "string_length": "STEP 7 help, STRING: 254 characters without a length",
        "string_elements": "STEP 7 help, addressing characters of a STRING: name[i], the first is 1",
        "subrange_violation": "SCL has no subranges: as iec",
    },
    "matiec": {
        **dict.fromkeys((one.name for one in fields(Profile)[1:]), _PROBES),
        "real_literals": _PROBES + ": literals are doubles of C",
        "string_length": "iec_std_lib.h: STR_MAX_LEN",
        "string_elements": "matiec has none: as iec",
        "division_by_zero": "the process dies of SIGFPE; ours faults in every profile",
        "index_out_of_bounds": _SAFE,
        "duration_literals": "seen: T#1ms is 0.999999 ms; ours is exact in every profile",
    },
}


def profile_of(profile: Profile | str) -> Profile:
    """A profile, also by its name.

    Raises: InputError when there is none of this name.
    """
    if isinstance(profile, Profile):
        return profile
    if profile not in PROFILES:
        hint = near(profile, PROFILES) or f"; they are {', '.join(PROFILES)}"
        raise InputError(f"no profile '{profile}'{hint}")
    return PROFILES[profile]


def rows(profile: Profile) -> list[tuple[str, str, str, str]]:
    """(field, choice, what it means, where it is from) for each field."""
    sources, default = SOURCES.get(profile.name, {}), _OURS if profile.name == "iec" else _UNKNOWN
    found = []
    for one in fields(Profile)[1:]:
        choice = str(getattr(profile, one.name))
        found.append((one.name, choice, MEANINGS[one.name][choice], sources.get(one.name, default)))
    return found
