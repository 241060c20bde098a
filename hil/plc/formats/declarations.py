"""Types and variables of PLCopen XML and IEC 61131-10 as Structured Text."""

from __future__ import annotations

import re
from typing import NamedTuple

from hil.plc.formats.parts import closed, ended, header, text_of
from hil.plc.formats.unit import Findings, Piece
from hil.plc.formats.xmltree import Element

GLOBAL = "globalVars"
_SECTIONS = {
    "inputVars": "VAR_INPUT",
    "outputVars": "VAR_OUTPUT",
    "inOutVars": "VAR_IN_OUT",
    "inoutVars": "VAR_IN_OUT",
    "localVars": "VAR",
    "vars": "VAR",
    "tempVars": "VAR_TEMP",
    "externalVars": "VAR_EXTERNAL",
    GLOBAL: "VAR_GLOBAL",
}
_QUALIFIERS = {
    "constant": "CONSTANT",
    "retain": "RETAIN",
    "nonretain": "NON_RETAIN",
    "nonRetain": "NON_RETAIN",
    "persistent": "PERSISTENT",
}
_NOT_TYPES = ("documentation", "addData", "initialValue", "address")
_TEXT_TYPES = ("STRING", "WSTRING")

# What is a constant or a call rather than the characters of a string that somebody did not quote.
_EXPRESSION = re.compile(r"(?=.*[_.(]|[A-Z0-9]+$)[^\W\d]\w*(?:\.\w+)*(?:\(.*\))?$", re.DOTALL)


class Declaration(NamedTuple):
    """What stands before a body."""

    kind: str
    name: str
    pieces: list[Piece]


class _Fault(Exception):
    """A type or value that cannot be written in Structured Text: the element and what to say."""

    def __init__(self, at: Element, text: str) -> None:
        super().__init__(text)
        self.at, self.text = at, text


# ---- types


def type_text(one: Element, file: str, findings: Findings) -> list[Piece]:
    """A `<dataType>` as TYPE ... END_TYPE."""
    plain = [text.pieces() for data in one.all("addData") for text in data.below("interfaceAsPlainText")]
    if plain and header(text_of(plain[0])).kind == "TYPE":
        return closed(plain[0], "END_TYPE", one.made(""))
    try:
        spelled = _spelled(one.find("baseType") or one.find("userDefinedTypeSpec") or one)
        initial = _initial(one, spelled)
    except _Fault as fault:
        findings.error(file, fault.at.line, fault.at.column, f"type {one.get('name')}: {fault.text}")
        return []
    return [one.made(f"TYPE\n{one.get('name')} : {spelled}{initial};\nEND_TYPE\n")]


def _spelled(holder: Element) -> str:
    """The type inside of `<type>`, `<baseType>` or the like.

    Raises: _Fault.
    """
    if holder.get("type").endswith("Spec"):
        return _specified(holder)
    for one in holder:
        if one.tag not in _NOT_TYPES:
            return _one_type(one)
    raise _Fault(holder, "no type is given; add one")


def _one_type(one: Element) -> str:
    if one.tag in ("string", "wstring"):
        length = one.get("length")
        return one.tag.upper() + (f"[{length}]" if length else "")
    if one.tag == "derived":
        return one.get("name") or _missing(one, "name")
    if one.tag == "typeName":
        return one.text() or _missing(one, "name")
    if one.tag == "array":
        return _array([(range_.get("lower"), range_.get("upper")) for range_ in one.all("dimension")], one, "baseType")
    if one.tag == "struct":
        return _struct(one, "variable")
    if one.tag == "enum":
        values = [(value.get("name"), value.get("value")) for value in one.below("value")]
        base = one.find("baseType")
        return _enum(values) + (f" {_spelled(base)}" if base is not None else "")
    if one.tag.startswith("subrange"):
        return _subrange(one)
    if one.tag in ("pointer", "reference"):
        base = one.find("baseType") or one
        return f"{'POINTER' if one.tag == 'pointer' else 'REFERENCE'} TO {_spelled(base)}"
    if one.tag in ("instantlyDefinedType", "baseType", "type"):
        return _spelled(one)
    if re.fullmatch(r"[^\W\d]\w*", one.tag) and not list(one):
        return one.tag[0].upper() + one.tag[1:]
    raise _Fault(one, f"the type <{one.tag}> is not known; use one of IEC 61131-3")


def _missing(one: Element, what: str) -> str:
    raise _Fault(one, f"<{one.tag}> has no {what}; add it")


def _specified(one: Element) -> str:
    """A type as IEC 61131-10 specifies it."""
    kind = one.get("type").rpartition(":")[2]
    if kind == "ArrayTypeSpec":
        ranges = [(range_.get("lower"), range_.get("upper")) for range_ in one.below("indexRange")]
        return _array(ranges, one, "baseType")
    if kind == "StructTypeSpec":
        return _struct(one, "member")
    if kind.startswith("Enum"):
        base = one.find("baseType")
        values = []
        for value in one.below("enumerator"):
            number = value.get("value") or next((found.get("value") for found in value.below("simpleValue")), "")
            values.append((value.get("name"), number))
        return _enum(values) + (f" {_spelled(base)}" if base is not None else "")
    if kind == "SubrangeTypeSpec":
        return _subrange(one)
    return _spelled(one.find("baseType") or _without_type(one))


def _without_type(one: Element) -> Element:
    return Element(one.tag, {}, one.line, one.column, one.content)


def _array(ranges: list[tuple[str, str]], one: Element, base: str) -> str:
    holder = one.find(base)
    if not ranges or holder is None:
        raise _Fault(one, "an array needs its dimensions and the type of its elements; add them")
    bounds = ", ".join("*" if low == high == "" else f"{low}..{high}" for low, high in ranges)
    return f"ARRAY [{bounds}] OF {_spelled(holder)}"


def _struct(one: Element, member: str) -> str:
    lines = [_variable(variable).rstrip("\n") for variable in one.all(member)]
    if not lines:
        raise _Fault(one, "a structure needs a member; add one")
    return "STRUCT\n" + "\n".join(lines) + "\nEND_STRUCT"


def _enum(values: list[tuple[str, str]]) -> str:
    return "(" + ", ".join(name + (f" := {number}" if number else "") for name, number in values) + ")"


def _subrange(one: Element) -> str:
    found, base = one.find("range") or one, one.find("baseType")
    low, high = found.get("lower"), found.get("upper")
    if not low or not high or base is None:
        raise _Fault(one, "a subrange needs its bounds and its type; add them")
    return f"{_spelled(base)} ({low}..{high})"


# ---- values


def _initial(one: Element, type_: str) -> str:
    value = one.find("initialValue")
    if value is None:
        return ""
    found = next((_value(inner, type_) for inner in value), "")
    return f" := {found}" if found else ""


def _value(one: Element, type_: str) -> str:
    """A simple value, a list or a structure of values."""
    if one.tag == "simpleValue":
        text = one.get("value").strip()
        quote = '"' if type_.startswith("WSTRING") else "'"
        bare = type_.startswith(_TEXT_TYPES) and text and not re.search("['\"#]", text) and not _EXPRESSION.match(text)
        return f"{quote}{text}{quote}" if bare else text
    if one.tag == "arrayValue":
        items = []
        for item in one.all("value"):
            inner = next((_value(each, type_.rpartition(" OF ")[2]) for each in item), "")
            times = item.get("repetitionValue")
            items.append(f"{times}({inner})" if times not in ("", "1") else inner)
        return f"[{', '.join(items)}]"
    if one.tag == "structValue":
        named = [(item.get("member"), next((_value(each, "") for each in item), "")) for item in one.all("value")]
        return "(" + ", ".join(f"{member} := {value}" for member, value in named) + ")"
    return one.text()


# ---- variables


def _variable(one: Element) -> str:
    """A variable's line.

    Raises: _Fault.
    """
    name, holder = one.get("name"), one.find("type")
    if not name:
        _missing(one, "name")
    spelled = _spelled(holder if holder is not None else one)
    inner = one.find("address")
    address = one.get("address") or ("" if inner is None else inner.get("address"))
    at = f" AT {address}" if address else ""
    return f"{_pragmas(one)}{name}{at} : {spelled}{_initial(one, spelled)};\n"


def _pragmas(one: Element) -> str:
    """Attributes that CODESYS keeps beside a variable, a list or a unit."""
    found = [pair for data in one.all("addData") for pair in data.below("attribute", "variable", "interface")]
    return "".join(
        f"{{attribute '{pair.get('name')}' := '{pair.get('value')}'}}\n"
        for pair in found
        if pair.tag == "attribute" and re.fullmatch(r"[\w.]+", pair.get("name")) and "'" not in pair.get("value")
    )


def _section(one: Element, file: str, findings: Findings) -> list[Piece]:
    words = [_SECTIONS[one.tag]]
    words += [word for flag, word in _QUALIFIERS.items() if one.get(flag).lower() in ("true", "1")]
    pieces = [one.made(" ".join(words) + "\n")]
    for variable in one.all("variable"):
        try:
            pieces.append(variable.made(_variable(variable)))
        except _Fault as fault:
            findings.error(file, fault.at.line, fault.at.column, f"variable {variable.get('name')}: {fault.text}")
    return [*pieces, one.made("END_VAR\n")]


def globals_text(one: Element, file: str, findings: Findings) -> list[Piece]:
    """A list of global variables, as its own text where the file has that; its name stands before its variables."""
    named = re.fullmatch(r"\w+", one.get("name"))
    list_ = [one.made(f"{{list {named[0]}}}")] if named else []
    plain = [text.pieces() for data in one.all("addData") for text in data.below("interfaceAsPlainText")]
    if plain and "VAR_GLOBAL" in text_of(plain[0]):
        return [*list_, *ended(plain[0])]
    return [*list_, one.made(_pragmas(one)), *_section(one, file, findings)]


def interface_text(one: Element, kind: str, file: str, findings: Findings) -> list[Piece]:
    """The heading and the sections of variables of a unit, method or property."""
    places = [one, *one.all("interface", "parameters")]
    result = next((found for place in places for found in place.all("returnType", "resultType", "type")), None)
    heading = f"{kind} {one.get('name')}"
    if result is not None and kind in ("FUNCTION", "METHOD", "PROPERTY"):
        try:
            heading += f" : {_spelled(result)}"
        except _Fault as fault:
            findings.error(file, fault.at.line, fault.at.column, f"result of {one.get('name')}: {fault.text}")
    pieces = [one.made(_pragmas(one) + heading + "\n")]
    for place in places:
        for section in place:
            if section.tag in _SECTIONS and kind != "PROPERTY":
                pieces += _section(section, file, findings)
            elif section.tag == "accessVars":
                findings.note(file, section.line, section.column, "access paths were skipped")
    return pieces


def inherited(one: Element, pieces: list[Piece]) -> list[Piece]:
    """The heading with what the unit extends and implements, where that stands beside the elements."""
    text = text_of(pieces)
    if re.search(r"\b(EXTENDS|IMPLEMENTS)\b", text.partition("VAR")[0], re.IGNORECASE):
        return pieces
    bases: dict[str, list[str]] = {"extends": [], "implements": []}
    for data in [*one.all("addData"), *(data for place in one.all("interface") for data in place.all("addData"))]:
        for inheritance in data.below("inheritance"):
            for base in inheritance.all("extends", "implements"):
                bases[base.tag] += [base.text()] if base.text() else []
    words = "".join(f" {word.upper()} {', '.join(names)}" for word, names in bases.items() if names)
    first = pieces[0]
    if not words or first.exact:
        return pieces
    return [first._replace(text=first.text.rstrip("\n") + words + "\n"), *pieces[1:]]
