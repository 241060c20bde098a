"""Declarations: types, program organisation units, configurations (IEC 61131-3 clauses 6.4 to 6.8)."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.cursor import SyntaxFault
from hil.plc.diagnostics import Report, Source
from hil.plc.lexer import tokens_of
from hil.plc.parse_statements import FINAL, StatementParser

_POUS = {"PROGRAM": "END_PROGRAM", "FUNCTION": "END_FUNCTION", "FUNCTION_BLOCK": "END_FUNCTION_BLOCK"}
_SECTIONS = frozenset(
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
    ]
)
_QUALIFIERS = ("CONSTANT", "RETAIN", "NON_RETAIN", "PERSISTENT", "PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL")


def parse(source: Source, report: Report) -> s.Unit:
    """Everything the source declares; mistakes go to the report and cost as little as possible."""
    return _Parser(source, tokens_of(source, report), report).unit()


class _Parser(StatementParser):
    def unit(self) -> s.Unit:
        unit = s.Unit(self.source)
        while self.kind != "end":
            start = self.i
            try:
                self._declaration(unit)
            except SyntaxFault:
                unit.broken = True
                self.depth = 0
                self.open.clear()
                self._skip_declaration(start)
        return unit

    def _skip_declaration(self, start: int) -> None:
        starts = {*_POUS, "TYPE", "CONFIGURATION", "VAR_GLOBAL", "end"}
        if self.i == start:
            self.next()
        while self.kind not in starts:
            self.next()

    def _declaration(self, unit: s.Unit) -> None:
        if self.kind in _POUS:
            unit.pous.append(self._pou())
        elif self.kind == "TYPE":
            self._types(unit)
        elif self.kind == "CONFIGURATION":
            unit.configurations.append(self._configuration())
        elif self.kind == "VAR_GLOBAL":
            unit.sections.append(self._section()[0])
        elif not self.accept(";"):
            words = "PROGRAM, FUNCTION, FUNCTION_BLOCK, TYPE, VAR_GLOBAL or CONFIGURATION"
            raise self.fail(f"expected {words}, found {self.found()}")

    # ---- program organisation units

    def _pou(self) -> s.Pou:
        opening = self.next()
        name = self.name(f"a {opening.kind}")
        pou = s.Pou(name.at, opening.kind, name.text, None, [], [], self.source)
        if self.accept(":"):
            pou.result = self._type()
        self.accept(";")
        while self.kind in _SECTIONS:
            section, whole = self._section()
            pou.sections.append(section)
            pou.broken = pou.broken or not whole
        end = _POUS[opening.kind]
        pou.body = self.statements(end)
        if not self.accept(end) and not (pou.broken and self.kind == "end"):
            self.complain(
                opening.at,
                f"this {opening.kind} is never closed; add {end} before {self.found()}",
            )
            pou.broken = True
            if self.kind in _SECTIONS or self.kind not in (*_POUS, "TYPE", "CONFIGURATION", "end"):
                raise SyntaxFault
        return pou

    # ---- variables

    def _section(self) -> tuple[s.Section, bool]:
        """A section, and whether all of it could be read."""
        opening, qualifiers, whole = self.next(), set[str](), True
        while self.word(*_QUALIFIERS):
            qualifiers.add(self.next().text.upper())
        variables: list[s.VariableDeclaration] = []
        while self.kind not in ("END_VAR", "end") and not self._at_statement():
            if self.accept(";"):
                continue
            depth, start = self.depth, self.i
            try:
                variables += self._variables(opening.kind == "VAR_EXTERNAL")
            except SyntaxFault:
                whole, self.depth = False, depth
                if not self._skip_variable(start):
                    break
        if not self.accept("END_VAR"):
            self.complain(opening.at, f"this {opening.kind} is never closed; add END_VAR")
            whole = False
        self.accept(";")
        return s.Section(opening.at, opening.kind, qualifiers, variables), whole

    def _at_statement(self) -> bool:
        """Whether a body begins here, so that END_VAR was forgotten."""
        if self.kind == "id":
            return self.peek() in (":=", "(", ".", "[")
        opening = self.kind in ("IF", "CASE", "FOR", "WHILE", "REPEAT", "RETURN")
        return self.kind in FINAL or (opening and self.peek() not in (":", ","))

    def _skip_variable(self, start: int) -> bool:
        """Whether the next variable of the section was reached."""
        if self.i == start:
            self.next()
        while self.kind not in ("END_VAR", "end"):
            if self.kind in FINAL or self.kind in ("IF", "CASE", "FOR", "WHILE", "REPEAT"):
                return False
            if self.next().kind == ";":
                return True
        return self.kind == "END_VAR"

    def _variables(self, external: bool = False) -> list[s.VariableDeclaration]:
        pragmas = self.pragmas.get(self.i, [])
        names = [self.name("a variable")]
        while self.accept(","):
            names.append(self.name("a variable"))
        location = ""
        if self.word("AT"):
            self.next()
            location = self.expect("direct", "after AT").text.upper()
        self.expect(":", "before the variable's type")
        try:
            spec, initial = self._type(), None
            if self.accept(":="):
                initial = self._initial()
            self.semicolon("the declaration")
        except SyntaxFault:
            spec, initial = s.Broken(names[0].at), None
            self._skip_variable(self.i - 1)
        return [s.VariableDeclaration(name.at, name.text, spec, initial, location, pragmas) for name in names]

    def _initial(self) -> s.Initial:
        at = self.at
        if self.accept("["):
            return self._array_initial(at)
        if self.kind == "(" and self.peek() == "id" and self.peek(2) == ":=":
            self.next()
            return self._struct_initial(at)
        return self.expression()

    def _array_initial(self, at: int) -> s.Initial:
        items: list[tuple[s.Expression | None, s.Initial]] = []
        self.enter()
        while self.kind != "]":
            if self.kind == "int" and self.peek() == "(":
                count = s.Literal(self.at, "int", self.next().text)
                self.next()
                items += [(count, item) for item in self._repeated()]
            else:
                items.append((None, self._initial()))
            if not self.accept(","):
                break
        self.leave()
        self.expect("]", "to close the array's initial values")
        return s.ArrayInitial(at, items)

    def _repeated(self) -> list[s.Initial]:
        """What stands in `2(...)`: one value; `2()` repeats the default and is not worth a node."""
        if self.kind == "id" and self.peek() == ":=":
            item = self._struct_initial(self.at)
            return [item]
        item = self._initial()
        self.expect(")", "to close the repeated value")
        return [item]

    def _struct_initial(self, at: int) -> s.Initial:
        items: list[tuple[int, str, s.Initial]] = []
        self.enter()
        while self.kind != ")":
            name = self.name("a member")
            self.expect(":=", "after the member's name")
            items.append((name.at, name.text, self._initial()))
            if not self.accept(","):
                break
        self.leave()
        self.expect(")", "to close the structure's initial values")
        return s.StructInitial(at, items)

    # ---- types

    def _types(self, unit: s.Unit) -> None:
        opening = self.next()
        while self.kind == "id" or self.kind == ";":
            if self.accept(";"):
                continue
            name = self.next()
            try:
                self.expect(":", "after the type's name")
                spec, initial = self._type(), None
                if self.accept(":="):
                    initial = self._initial()
                if self.kind != "END_TYPE":
                    self.semicolon("the type")
            except SyntaxFault:
                self.depth, spec, initial = 0, s.Broken(name.at), None
                self._skip_variable_or_type()
            unit.types.append(s.TypeDeclaration(name.at, name.text, spec, initial, self.source))
        if not self.accept("END_TYPE"):
            if self.kind in ("end", *_POUS):
                self.complain(opening.at, "this TYPE is never closed; add END_TYPE")
            else:
                raise self.fail(f"expected a type's name or END_TYPE, found {self.found()}")

    def _skip_variable_or_type(self) -> None:
        while self.kind not in ("END_TYPE", "end", *_POUS):
            if self.next().kind == ";":
                return

    def _type(self) -> s.TypeSpec:
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
        name = self.next().text
        if name.upper() in ("STRING", "WSTRING"):
            return self._string(at, name.upper())
        if self.kind != "(":
            return s.NamedType(at, name)
        if self.peek() == "id" and self.peek(2) in (",", ")", ":="):  # INT (A, B): an enumeration on INT
            return self._enum(at, name)
        self.next()
        low = self.expression()
        self.expect("..", "between the bounds of a subrange")
        high = self.expression()
        self.expect(")", "to close the subrange")
        return s.SubrangeType(at, name, low, high)

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
        ranges: list[tuple[s.Expression, s.Expression]] = []
        while True:
            low = self.expression()
            self.expect("..", "between the bounds of an array")
            ranges.append((low, self.expression()))
            if not self.accept(","):
                break
        self.expect("]", "to close the bounds of the array")
        self.expect("OF", "before the type of the elements")
        return s.ArrayType(at, ranges, self._type())

    def _struct(self, at: int) -> s.TypeSpec:
        fields: list[s.VariableDeclaration] = []
        while self.kind not in ("END_STRUCT", "end"):
            if not self.accept(";"):
                fields += self._variables()
        if not self.accept("END_STRUCT"):
            raise self.fail("this STRUCT is never closed; add END_STRUCT", at)
        return s.StructType(at, fields)

    def _enum(self, at: int, base: str) -> s.TypeSpec:
        self.next()
        values: list[tuple[int, str, s.Expression | None]] = []
        while True:
            name = self.name("an enumerator")
            values.append((name.at, name.text, self.expression() if self.accept(":=") else None))
            if not self.accept(","):
                break
        self.expect(")", "to close the enumeration")
        if self.kind == "id" and base == "INT":  # (A, B) UINT: the base behind, as CODESYS and TwinCAT write it
            base = self.next().text
        return s.EnumType(at, base, values)

    # ---- configurations

    def _configuration(self) -> s.Configuration:
        self.next()
        name = self.name("a CONFIGURATION")
        found = s.Configuration(name.at, name.text, [], [], [], self.source)
        while self.kind not in ("END_CONFIGURATION", "end"):
            if self.kind in ("VAR_CONFIG", "VAR_ACCESS"):
                found.paths += self._paths()
            elif self.kind in _SECTIONS:
                found.sections.append(self._section()[0])
            elif self.accept("RESOURCE"):
                self._resource_head()
            elif self.kind in ("END_RESOURCE", ";"):
                self.next()
            elif self.word("TASK"):
                self.next()
                found.tasks.append(self._task())
            elif self.accept("PROGRAM"):
                found.instances.append(self._instance())
            else:
                raise self.fail(f"expected RESOURCE, TASK, PROGRAM or END_CONFIGURATION, found {self.found()}")
        self.expect("END_CONFIGURATION", "to close the CONFIGURATION")
        self.accept(";")
        return found

    def _paths(self) -> list[s.Path]:
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
            spec = self._type()
            initial = self._initial() if self.accept(":=") else None
            if self.word("READ_ONLY", "READ_WRITE"):
                self.next()
            self.semicolon("the path")
            found.append(s.Path(first.at, first.text if opening.kind == "VAR_ACCESS" else "", path, spec, initial))
        self.expect("END_VAR", f"to close the {opening.kind}")
        return found

    def _resource_head(self) -> None:
        self.name("a RESOURCE")
        if self.word("ON"):
            self.next()
            self.name("a processor")

    def _task(self) -> s.Task:
        name = self.name("a TASK")
        properties: dict[str, s.Expression] = {}
        self.expect("(", "after the TASK's name")
        while self.kind != ")":
            key = self.name("a property of the TASK").text.upper()
            self.expect(":=", f"after {key}")
            properties[key] = self.expression()
            if not self.accept(","):
                break
        self.expect(")", "to close the TASK")
        self.semicolon("the TASK")
        return s.Task(name.at, name.text, properties)

    def _instance(self) -> s.Instance:
        retain = False
        while self.word("RETAIN", "NON_RETAIN"):
            retain = self.next().text.upper() == "RETAIN"
        name, task = self.name("a program's instance"), ""
        if self.word("WITH"):
            self.next()
            task = self.name("the TASK of a program").text
        self.expect(":", "before the program's type")
        kind = self.name("a PROGRAM")
        connections = self.arguments(s.Name(kind.at, kind.text)).arguments if self.kind == "(" else []
        self.semicolon("the program's instance")
        return s.Instance(kind.at, name.text, task, kind.text, connections, retain)
