"""Declarations of variables and data types (IEC 61131-3 clauses 6.4 and 6.5)."""

from __future__ import annotations

import re

from hil.plc import syntax as s
from hil.plc.reading.cursor import SyntaxFault
from hil.plc.reading.lexer import Token
from hil.plc.reading.parse_statements import FINAL, StatementParser

POUS = {"PROGRAM": "END_PROGRAM", "FUNCTION": "END_FUNCTION", "FUNCTION_BLOCK": "END_FUNCTION_BLOCK"}
SECTIONS = frozenset(
    [
        "VAR",
        "VAR_INPUT",
        "VAR_OUTPUT",
        "VAR_IN_OUT",
        "VAR_TEMP",
        "VAR_GLOBAL",
        "VAR_EXTERNAL",
        "VAR_ACCESS",
        "VAR_CONFIG",
        "VAR_INST",
        "VAR_STAT",
    ]
)
_LIST = re.compile(r"\{list (\w+)\}")
_QUALIFIERS = ["CONSTANT", "RETAIN", "NON_RETAIN", "PERSISTENT", "PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL"]


_WHOLE = frozenset(  # INT (A, B) is an enumeration on INT, FB (A := 1) a function block with arguments
    ["SINT", "INT", "DINT", "LINT", "USINT", "UINT", "UDINT", "ULINT", "BYTE", "WORD", "DWORD", "LWORD"]
)


class TypeParser(StatementParser):
    """Reads VAR and TYPE sections."""

    namespace = ""
    listed = ""  # the name of the VAR_GLOBALs here
    prefixes: s.Prefixes = ("",)

    def qualified(self, name: str) -> str:
        """A declared name with the namespace around it."""
        return f"{self.namespace}.{name}" if self.namespace else name

    # ---- variables

    def section(self) -> tuple[s.Section, bool]:
        """A section, and whether all of it could be read."""
        pragmas = self.pragmas.get(self.i, [])
        opening, qualifiers, whole = self.next(), set[str](), True
        while self.word(*_QUALIFIERS) and self.peek() not in (":", ","):
            qualifiers.add(self.next().text.upper())
        variables: list[s.VariableDeclaration] = []
        while self.kind not in ("END_VAR", "end") and not self._at_statement():
            if self.accept(";"):
                continue
            depth, start = self.depth, self.i
            try:
                variables += self.variables()
            except SyntaxFault:
                whole, self.depth = False, depth
                if not self._skip_variable(start):
                    break
        if not self.accept("END_VAR"):
            self.complain(opening.at, f"this {opening.kind} is never closed; add END_VAR")
            whole = False
        self.accept(";")
        found = s.Section(opening.at, opening.kind, qualifiers, variables, self.namespace, self.prefixes)
        if opening.kind == "VAR_GLOBAL":
            self._listed(found, pragmas)
        return found, whole

    def _listed(self, section: s.Section, pragmas: list[str]) -> None:
        """`{list NAME}` before a VAR_GLOBAL names it and those behind it, `{attribute 'qualified_only'}` this one."""
        for one in pragmas:
            if (named := _LIST.fullmatch(one)) is not None:
                self.listed = named[1]
            section.qualified_only = section.qualified_only or "'qualified_only'" in one.lower()
        section.list = self.listed

    def _at_statement(self) -> bool:
        """Whether a body begins here, so that END_VAR was forgotten."""
        if self.kind == "id" and not self.at_member():
            return self.peek() in (":=", "(", ".", "[")
        opening = self.kind in ("IF", "CASE", "FOR", "WHILE", "REPEAT", "RETURN")
        return self.final() or (opening and self.peek() not in (":", ","))

    def _skip_variable(self, start: int) -> bool:
        """Whether the next variable of the section was reached."""
        if self.i == start:
            self.next()
        while self.kind not in ("END_VAR", "end"):
            if self.final() or self.kind in ("IF", "CASE", "FOR", "WHILE", "REPEAT"):
                return False
            if self.next().kind == ";":
                return True
        return self.kind == "END_VAR"

    def variables(self) -> list[s.VariableDeclaration]:
        """One declaration, of one or several names."""
        pragmas = self.pragmas.get(self.i, [])
        names = [self._located() if self.word("AT") and self.peek() == "direct" else self.name("a variable")]
        location = names[0].text.upper() if names[0].kind == "direct" else self._location()
        while self.accept(","):
            names.append(self.name("a variable"))
            location = self._location() or location
        if self.kind == "direct" and not location:  # CODESYS 2.3: `x %IX0.0 : BOOL`
            location = self.next().text.upper()
        self.expect(":", "before the variable's type")
        edge, initial = "", None
        try:
            spec: s.TypeSpec = self.type()
            if self.word("R_EDGE", "F_EDGE"):
                edge = self.next().text.upper()
            if self.accept(":="):
                initial = self.listed_initial()
            elif self.word("REF") and self.peek() == "=":
                self.next()
                self.next()
                initial = self.initial()
            if self.kind != "END_VAR":
                self.semicolon("the declaration")
        except SyntaxFault:
            spec, initial = s.Broken(names[0].at), None
            self._skip_variable(self.i - 1)
        return [s.VariableDeclaration(name.at, name.text, spec, initial, location, pragmas, edge) for name in names]

    def paths(self) -> list[s.Path]:
        """The entries of VAR_CONFIG or VAR_ACCESS."""
        opening, found = self.next(), list[s.Path]()
        while self.kind not in ("END_VAR", "end"):
            first, path = self.name("a variable"), list[str]()
            if opening.kind == "VAR_ACCESS":
                self.expect(":", "before the path")
                path.append(self.name("an instance").text)
            else:
                path.append(first.text)
            while self.accept("."):
                path.append(self.name("a member").text)
            if self.word("AT"):
                self.next()
                self.expect("direct", "after AT")
            self.expect(":", "before the type")
            spec = self.type()
            initial = self.initial() if self.accept(":=") else None
            if self.word("READ_ONLY", "READ_WRITE"):
                self.next()
            self.semicolon("the path")
            found.append(s.Path(first.at, first.text if opening.kind == "VAR_ACCESS" else "", path, spec, initial))
        self.expect("END_VAR", f"to close the {opening.kind}")
        return found

    def _located(self) -> Token:
        """The address alone: `AT %MW1 : INT` declares a variable without a name."""
        self.next()
        return self.next()

    def _location(self) -> str:
        if not self.word("AT"):
            return ""
        self.next()
        return self.expect("direct", "after AT").text.upper()

    # ---- types

    def types(self, unit: s.Unit) -> None:
        """TYPE ... END_TYPE."""
        before = self.pragmas.get(self.i, [])
        opening = self.next()
        while self.word("PUBLIC", "INTERNAL", "PRIVATE", "PROTECTED", "ABSTRACT") and self.peek() == "id":
            self.next()
        while self.kind == "id" or self.kind == ";":
            if self.accept(";"):
                continue
            pragmas = [*before, *self.pragmas.get(self.i, [])]
            name = self.next()
            try:
                spec, initial = self._declared_type(), None
                if isinstance(spec, s.EnumType):
                    spec.strict = any("'strict'" in one.lower() for one in pragmas)
                if self.accept(":="):
                    initial = self.listed_initial()
                if self.kind != "END_TYPE" and not isinstance(spec, s.StructType):
                    self.semicolon("the type")
            except SyntaxFault:
                self.depth, spec, initial = 0, s.Broken(name.at), None
                self._skip_variable_or_type()
            full = self.qualified(name.text)
            unit.types.append(s.TypeDeclaration(name.at, full, spec, initial, self.source, self.prefixes))
        if not self.accept("END_TYPE"):
            if self.kind in ("end", *POUS):
                self.complain(opening.at, "this TYPE is never closed; add END_TYPE")
            else:
                raise self.fail(f"expected a type's name or END_TYPE, found {self.found()}")

    def _declared_type(self) -> s.TypeSpec:
        base = ""
        if self.word("EXTENDS"):
            self.next()
            base = self.path("a STRUCT").name
        self.expect(":", "after the type's name")
        spec = self.type()
        if isinstance(spec, s.StructType):
            spec.extends = base
        return spec

    def path(self, what: str) -> s.NamedType:
        """A name with its namespaces: `Standard.TON`."""
        at, name = self.at, self.name(what).text
        while self.kind == "." and self.peek() == "id":
            self.next()
            name = f"{name}.{self.next().text}"
        return s.NamedType(at, name)

    def _skip_variable_or_type(self) -> None:
        while self.kind not in ("END_TYPE", "end", *POUS):
            if self.next().kind == ";":
                return

    def type(self) -> s.TypeSpec:
        """A type."""
        self.enter()
        spec = self._type_here()
        self.leave()
        return spec

    def _type_here(self) -> s.TypeSpec:
        at = self.at
        if self.accept("ARRAY"):
            return self._array(at)
        if self.accept("STRUCT"):
            return self._struct(at)
        if self.kind == "(":
            return self._enum(at, "INT")
        if self.kind != "id":
            raise self.fail(f"expected a type, found {self.found()}")
        if self.word("UNION"):
            self.next()
            return self._struct(at, "END_UNION")
        if self.peek() == "TO" or self.word("REF_TO"):
            return self._pointer(at)
        if self.word("STRING", "WSTRING"):
            return self._string(at, self.next().text.upper())
        named = self.path("a type")
        if self.kind == ".." and self.peek() == ".":  # T...: any number of arguments
            self.next()
            self.next()
        if self.kind != "(":
            return self._initialised(named)
        if named.name.upper() in _WHOLE and self.peek() == "id" and self.peek(2) in (",", ")", ":="):
            return self._enum(at, named.name, named=True)
        if self.peek() == ")":
            self.next()
            self.next()
            return named
        return self._bounded(named)

    def _initialised(self, named: s.NamedType) -> s.TypeSpec:
        """`FB[(a := 1), (a := 2)]`: the arguments of an array's blocks, read for their form only."""
        if self.kind == "[" and self.peek() == "(":
            self._array_initial()
        return named

    def _bounded(self, named: s.NamedType) -> s.TypeSpec:
        """A subrange, or a function block with arguments: `FB(1, 2)`, `FB(a := 1)`."""
        if self.peek() == "id" and self.peek(2) == ":=":
            call = self.arguments(s.Name(named.at, named.name))
            return s.NamedType(named.at, named.name, call.arguments)
        opening = self.next()
        low = self.expression()
        if self.kind in (",", ")"):
            arguments = [s.Argument(opening.at, "", low)]
            while self.accept(","):
                arguments.append(s.Argument(self.at, "", self.expression()))
            self.expect(")", "to close the arguments")
            return s.NamedType(named.at, named.name, arguments)
        self.expect("..", "between the bounds of a subrange")
        high = self.expression()
        self.expect(")", "to close the subrange")
        return s.SubrangeType(named.at, named.name, low, high)

    def _pointer(self, at: int) -> s.TypeSpec:
        kind = self.next().text.upper()
        if kind not in ("POINTER", "REFERENCE", "REF_TO"):
            raise self.fail(f"expected POINTER TO, REFERENCE TO or REF_TO, found {kind} TO", at)
        if kind != "REF_TO":
            self.next()
        return s.PointerType(at, kind, self.type())

    def _string(self, at: int, name: str) -> s.TypeSpec:
        closing = {"[": "]", "(": ")"}.get(self.kind)
        if closing is None:
            return s.StringType(at, name, None)
        self.next()
        length = self.expression()
        self.expect(closing, "to close the length of the string")
        return s.StringType(at, name, length)

    def _array(self, at: int) -> s.TypeSpec:
        self.expect("[", "after ARRAY")
        if self.kind == "*":
            return self._open_array(at)
        ranges: list[tuple[s.Expression, s.Expression]] = []
        while True:
            low = self.expression()
            self.expect("..", "between the bounds of an array")
            ranges.append((low, self.expression()))
            if not self.accept(","):
                break
        self.expect("]", "to close the bounds of the array")
        self.expect("OF", "before the type of the elements")
        return s.ArrayType(at, ranges, self.type())

    def _open_array(self, at: int) -> s.TypeSpec:
        count = 0
        while self.accept("*"):
            count += 1
            self.accept(",")
        self.expect("]", "to close the bounds of the array")
        self.expect("OF", "before the type of the elements")
        return s.ArrayType(at, [], self.type(), count)

    def _struct(self, at: int, end: str = "END_STRUCT") -> s.TypeSpec:
        fields: list[s.VariableDeclaration] = []
        overlaps = self.word("OVERLAP") and self.peek() == "id"
        if overlaps:
            self.next()
        while self.kind not in (end, "end"):
            if self.kind in FINAL:
                break
            if not self.accept(";"):
                fields += self.variables()
        if not self.accept(end):
            word = end.removeprefix("END_")
            raise self.fail(f"this {word} is never closed; add {end}", at)
        return s.StructType(at, fields, overlaps or end == "END_UNION")

    def _enum(self, at: int, base: str, named: bool = False) -> s.TypeSpec:
        self.next()
        values: list[tuple[int, str, s.Expression | None]] = []
        while True:
            name = self.name("an enumerator")
            values.append((name.at, name.text, self.expression() if self.accept(":=") else None))
            if not self.accept(",") or self.kind == ")":
                break
        self.expect(")", "to close the enumeration")
        if self.kind == "id" and base == "INT" and self.peek() in (";", ":=", "END_TYPE"):
            # (A, B) UINT: the base behind, as CODESYS and TwinCAT write it
            base = self.next().text
        return s.EnumType(at, base, values, named)
