"""A whole source: namespaces, units, types, configurations (IEC 61131-3 clauses 6.4 to 6.9)."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.diagnostics import Report, Source
from hil.plc.reading.cursor import SyntaxFault
from hil.plc.reading.lexer import tokens_of
from hil.plc.reading.parse_types import POUS, SECTIONS
from hil.plc.reading.parse_units import UnitParser


def parse(source: Source, report: Report) -> s.Unit:
    """Everything the source declares; mistakes go to the report and cost as little as possible."""
    return SourceParser(source, tokens_of(source, report), report).unit()


class SourceParser(UnitParser):
    """Reads a whole source."""

    def unit(self) -> s.Unit:
        """Everything up to the end of the text."""
        unit = s.Unit(self.source, addresses={one.text.upper() for one in self.tokens if one.kind == "direct"})
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
        starts = {*POUS, "TYPE", "CONFIGURATION", "VAR_GLOBAL", "END_NAMESPACE", "end"}
        if self.i == start:
            self.next()
        while self.kind not in starts and not self._at_declaration():
            self.next()

    def _at_declaration(self) -> bool:
        return self.at_member() and self.word("CLASS", "INTERFACE", "NAMESPACE", "USING")

    def _announces(self) -> bool:
        """Whether `FUNCTION f;` is all there is of it here: the next word begins another declaration."""
        return self.peek(3) in (*POUS, "TYPE", "VAR_GLOBAL", "END_INTERFACE")

    def _declaration(self, unit: s.Unit) -> None:
        if self.unit_kind() and not (self.peek(2) == ";" and self._announces()):
            unit.pous.append(self.pou())
        elif self.kind == "TYPE":
            self.types(unit)
        elif self.kind == "CONFIGURATION":
            unit.configurations.append(self._configuration())
        elif self.kind in ("VAR_CONFIG", "VAR_ACCESS"):
            self.paths()  # outside of a CONFIGURATION there is nothing that they name
        elif self.kind in ("VAR_GLOBAL", "VAR"):  # a file of VAR alone: those of a B&R task
            unit.sections.append(self.section()[0])
        elif self.kind == "RESOURCE":
            unit.configurations.append(self._resource())
        elif self._unit_part():
            pass
        elif self.word("NAMESPACE") and self.at_member():
            self._namespace(unit)
        elif self.word("USING") and self.at_member():
            self.using()
        elif (
            self.word("ACTION") and self.at_member() and unit.pous and "ACTION" not in unit.pous[-1].modifiers
        ):  # CODESYS 2.3 writes them behind their unit
            unit.pous[-1].members.append(self.action(unit.pous[-1]))
        elif self.at_member() and self.loose():
            unit.pous.append(self.loose_member())
        elif not self.accept(";"):
            words = "PROGRAM, FUNCTION, FUNCTION_BLOCK, TYPE, VAR_GLOBAL or CONFIGURATION"
            raise self.fail(f"expected {words}, found {self.found()}")

    def _namespace(self, unit: s.Unit) -> None:
        opening = self.next()
        outer, prefixes = self.namespace, self.prefixes
        while self.word("INTERNAL", "PUBLIC") and self.peek() == "id":
            self.next()
        self.enter()
        for part in self.path("a NAMESPACE").name.split("."):
            self.namespace = self.qualified(part)
            self.prefixes = (self.namespace.upper() + ".", *self.prefixes)
        while self.kind not in ("END_NAMESPACE", "end"):
            start = self.i
            try:
                self._declaration(unit)
            except SyntaxFault:
                unit.broken = True
                self.open.clear()
                self._skip_declaration(start)
        self.leave()
        self.namespace, self.prefixes = outer, prefixes
        if not self.accept("END_NAMESPACE"):
            self.complain(opening.at, "this NAMESPACE is never closed; add END_NAMESPACE")
        self.accept(";")

    # ---- configurations

    def _configuration(self) -> s.Configuration:
        self.next()
        name = self.name("a CONFIGURATION")
        found = s.Configuration(name.at, name.text, [], [], [], self.source, self.prefixes)
        while self.kind not in ("END_CONFIGURATION", "end"):
            self._entry(found)
        self.expect("END_CONFIGURATION", "to close the CONFIGURATION")
        self.accept(";")
        return found

    def _entry(self, found: s.Configuration) -> None:
        """What stands in a CONFIGURATION or RESOURCE."""
        if self.kind in ("VAR_CONFIG", "VAR_ACCESS"):
            found.paths += self.paths()
        elif self.kind in SECTIONS:
            found.sections.append(self.section()[0])
        elif self.accept("RESOURCE"):
            found.resource = self._resource_head()
        elif self.kind in ("END_RESOURCE", ";"):
            self.next()
        elif self.word("USING"):
            self.using()
        elif self.word("TASK"):
            self.next()
            found.tasks.append(self._task(found.resource))
        elif self.accept("PROGRAM"):
            found.instances.append(self._instance(found.resource))
        else:
            raise self.fail(f"expected RESOURCE, TASK, PROGRAM or END_CONFIGURATION, found {self.found()}")

    def _resource(self) -> s.Configuration:
        """A RESOURCE without the CONFIGURATION around it."""
        at = self.next().at
        found = s.Configuration(at, "", [], [], [], self.source, self.prefixes)
        found.resource = self._resource_head()
        while self.kind not in ("END_RESOURCE", "end"):
            self._entry(found)
        self.expect("END_RESOURCE", "to close the RESOURCE")
        return found

    def _unit_part(self) -> bool:
        """The frame of a SIMOTION unit: UNIT x; INTERFACE USES y; FUNCTION f; ... END_INTERFACE IMPLEMENTATION ..."""
        if self.at_uses():
            while self.kind not in (";", "end"):
                self.next()
        elif self.kind in POUS and self.peek() == "id" and self.peek(2) == ";" and self._announces():
            self.next()
            self.next()
        elif self.word("INTERFACE", "IMPLEMENTATION", "END_IMPLEMENTATION") or self.kind == "END_INTERFACE":
            self.next()
        else:
            return False
        return True

    def _resource_head(self) -> str:
        name = self.name("a RESOURCE").text
        if self.word("ON"):
            self.next()
            self.name("a processor")
        return name

    def _task(self, resource: str) -> s.Task:
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
        return s.Task(name.at, name.text, properties, resource)

    def _instance(self, resource: str) -> s.Instance:
        retain = False
        while self.word("RETAIN", "NON_RETAIN"):
            retain = self.next().text.upper() == "RETAIN"
        name, task = self.name("a program's instance"), ""
        if self.word("WITH"):
            self.next()
            task = self.name("the TASK of a program").text
        self.expect(":", "before the program's type")
        kind = self.path("a PROGRAM")
        connections = self.arguments(s.Name(kind.at, kind.name)).arguments if self.kind == "(" else []
        self.semicolon("the program's instance")
        return s.Instance(kind.at, name.text, task, kind.name, connections, retain, resource)
