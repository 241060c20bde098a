"""Program organisation units with their members (IEC 61131-3 clauses 6.6 and 6.7)."""

from __future__ import annotations

from hil.plc import syntax as s
from hil.plc.literals import count
from hil.plc.reading.cursor import SyntaxFault
from hil.plc.reading.parse_statements import ACCESS
from hil.plc.reading.parse_types import POUS, SECTIONS, TypeParser
from hil.plc.reading.sfc import expand

_USES = ("UNIT", "USES", "USELIB", "USEPACKAGE")
ENDS = {**POUS, "CLASS": "END_CLASS", "INTERFACE": "END_INTERFACE"}


class UnitParser(TypeParser):
    """Reads PROGRAM, FUNCTION, FUNCTION_BLOCK, CLASS, INTERFACE and what stands in them."""

    def unit_kind(self) -> str:
        """The kind of unit that begins here, or ''."""
        if self.kind in POUS:
            return self.kind
        if not self.word("CLASS", "INTERFACE") or self.peek() != "id" or self.at_uses(1):
            return ""
        return self.token.text.upper()

    def at_uses(self, ahead: int = 0) -> bool:
        """Whether a SIMOTION unit names others here: `USES x, y;`."""
        last = len(self.tokens) - 1
        word, behind = (self.tokens[min(self.i + one, last)].text.upper() for one in (ahead, ahead + 1))
        heritage = behind in ("EXTENDS", "IMPLEMENTS")  # CLASS Unit EXTENDS x
        return word in _USES and not heritage and self.peek(ahead) == self.peek(ahead + 1) == "id"

    def pou(self) -> s.Pou:
        """One unit.

        Raises: SyntaxFault.
        """
        kind, pragmas = self.unit_kind(), self.pragmas.get(self.i, [])
        opening = self.next()
        modifiers = self._modifiers()
        name = self.name(f"a {kind}")
        pou = s.Pou(name.at, kind, self.qualified(name.text), None, [], [], self.source, prefixes=self.prefixes)
        pou.modifiers, pou.pragmas = modifiers, pragmas
        if kind == "FUNCTION" and self.kind == "<":
            pou.generic = self._generic()
        self._heritage(pou)
        if self.accept(":"):
            pou.result = self.type()
        self.accept(";")
        self._content(pou, ENDS[kind])
        self._end_of(pou, opening.at, ENDS[kind])
        self._charts(pou)
        return pou

    def _generic(self) -> list[str]:
        """`<T : ANY_NUM, U : ANY_INT>`: the types that a function leaves open."""
        found, opening = list[str](), self.next()
        while self.kind == "id":
            found.append(self.next().text)
            self.expect(":", "before the kind of type")
            self.path("a kind of type such as ANY_NUM")
            self.accept(",")
        if not self.accept(">"):
            raise self.fail("these open types are never closed; add >", opening.at)
        return found

    def _charts(self, pou: s.Pou) -> None:
        """The charts of a unit and of its actions, whose steps each instance keeps for that action."""
        expand(pou, self)
        for action in [one for one in pou.members if one.kind == "ACTION" and one.chart is not None]:
            action.members = pou.members
            expand(action, self)
            action.members = []
            for section in action.sections:
                section.kind = "VAR_INST"

    def _modifiers(self) -> set[str]:
        found: set[str] = set()
        while self.word(*ACCESS) and self.peek() in ("id", "error"):
            found.add(self.next().text.upper())
        return found

    def _heritage(self, pou: s.Pou) -> None:
        while self.word("EXTENDS", "IMPLEMENTS"):
            names = pou.extends if self.next().text.upper() == "EXTENDS" else pou.implements
            names.append(self.path("a base or interface"))
            while self.accept(","):
                if self.kind != "id" or self.at_member():
                    break
                names.append(self.path("a base or interface"))

    def _content(self, pou: s.Pou, end: str) -> None:
        """Sections, members and statements up to the END."""
        while True:
            if self.kind == "VAR_ACCESS" and pou.kind == "PROGRAM":
                self.paths()  # names for others, which read every variable anyway
            elif self.kind in SECTIONS and not pou.body:
                section, whole = self.section()
                pou.sections.append(section)
                pou.broken = pou.broken or not whole
            elif self.word("USING") and self.peek() == "id":
                self.using()
                pou.prefixes = self.prefixes
            elif self.at_member() and not self.word("CLASS", "INTERFACE", "NAMESPACE"):
                self._unit_member(pou)
            elif self.kind == end or self.final():
                return
            else:
                pou.body += self.statements(end)

    def using(self) -> None:
        """USING A.B, C; their names are seen without them from here on."""
        self.next()
        found = [self.path("a NAMESPACE").name.upper() + "."]
        while self.accept(","):
            found.append(self.path("a NAMESPACE").name.upper() + ".")
        self.semicolon("USING")
        self.prefixes = (*self.prefixes, *(one for one in found if one not in self.prefixes))

    def _end_of(self, pou: s.Pou, at: int, end: str) -> None:
        if self.accept(end):
            self.accept(";")
            return
        if not (pou.broken and self.kind == "end"):
            self.complain(at, f"this {pou.kind} is never closed; add {end} before {self.found()}")
            pou.broken = True
            if self.kind in SECTIONS or not (self.unit_kind() or self.kind in ("TYPE", "CONFIGURATION", "end")):
                raise SyntaxFault

    # ---- members

    def _unit_member(self, owner: s.Pou) -> None:
        modifiers = self._modifiers()
        if self.word("METHOD"):
            owner.members.append(self._method(owner, modifiers))
        elif self.word("PROPERTY"):
            self._property(owner, modifiers)
        elif self.word("ACTION"):
            owner.members.append(self.action(owner))
        elif self.word("TRANSITION"):
            self._transition(owner)
        else:
            self._step(owner)

    def _new(self, owner: s.Pou, kind: str, what: str) -> s.Pou:
        name = self.name(what)
        return s.Pou(name.at, kind, name.text, None, [], [], self.source, prefixes=owner.prefixes)

    def _method(self, owner: s.Pou, modifiers: set[str]) -> s.Pou:
        pragmas = self.pragmas.get(self.i, [])
        opening = self.next()
        modifiers |= self._modifiers()
        method = self._new(owner, "METHOD", "a METHOD")
        method.modifiers, method.pragmas = modifiers, pragmas
        if self.accept(":"):
            method.result = self.type()
            if self.accept(":="):
                self.initial()
        self.accept(";")
        while self.kind in SECTIONS:
            section, whole = self.section()
            method.sections.append(section)
            method.broken = method.broken or not whole
        method.body = self.statements("END_METHOD")
        self._end_of(method, opening.at, "END_METHOD")
        return method

    def _property(self, owner: s.Pou, modifiers: set[str]) -> None:
        opening = self.next()
        modifiers |= self._modifiers()
        name = self.name("a PROPERTY")
        self.expect(":", "before the PROPERTY's type")
        type_, shared = self.type(), list[s.Section]()
        self.accept(";")
        while self.kind in SECTIONS:
            shared.append(self.section()[0])
        while self.word("GET", "SET") or self.kind == ";":
            if self.accept(";"):
                continue
            part = s.Pou(name.at, self.next().text.upper(), name.text, type_, list(shared), [], self.source)
            part.prefixes, part.modifiers = owner.prefixes, modifiers
            part.modifiers |= self._modifiers()
            while self.kind in SECTIONS:
                part.sections.append(self.section()[0])
            end = f"END_{part.kind}"
            part.body = self.statements(end) if not self.word("GET", "SET") else []
            self.accept(end)
            self.accept(";")
            owner.members.append(part)
        if not self.accept("END_PROPERTY") and owner.kind != "INTERFACE":
            self.complain(opening.at, f"this PROPERTY is never closed; add END_PROPERTY before {self.found()}")
            raise SyntaxFault
        self.accept(";")

    def action(self, owner: s.Pou) -> s.Pou:
        """ACTION name: statements END_ACTION."""
        opening = self.next()
        action = self._new(owner, "ACTION", "an ACTION")
        self.accept(":")
        while self.word("STEP", "INITIAL_STEP", "TRANSITION") and self.at_member():
            self._unit_member(action)
        action.body = self.statements("END_ACTION")
        self._end_of(action, opening.at, "END_ACTION")
        return action

    def loose(self) -> bool:
        """Whether a method, a property or an action begins here, whose unit is in another file."""
        ahead = 1 if self.word(*ACCESS) else 0
        return self.tokens[self.i + ahead].text.upper() in ("METHOD", "PROPERTY", "ACTION")

    def loose_member(self) -> s.Pou:
        """A member without its unit; what the unit declares is not known here.

        An ACTION, as those of a B&R task, is what the programs of its folder call: a function without result.
        """
        at, action = self.at, self.word("ACTION")
        owner = s.Pou(at, "FUNCTION_BLOCK", "", None, [], [], self.source, prefixes=self.prefixes, broken=True)
        self._unit_member(owner)
        member = owner.members[0]
        if action:
            owner.kind, owner.name, owner.body, owner.members = "FUNCTION", member.name, member.body, []
            owner.at, owner.modifiers = member.at, {"ACTION"}
        else:
            owner.name, member.broken = f"__{member.name}_{at}", True
        return owner

    # ---- sequential function charts

    def _step(self, owner: s.Pou) -> None:
        initial = self.next().text.upper() == "INITIAL_STEP"
        name = self.name("a STEP")
        self.expect(":", "after the STEP's name")
        step = s.Step(name.at, name.text, initial, [])
        while self.kind == "id" or self.kind == ";":
            if not self.accept(";"):
                step.actions.append(self._association())
                self.accept(";")
        self.expect("END_STEP", "to close the STEP")
        self.accept(";")
        owner.chart = owner.chart or s.Chart(name.at)
        owner.chart.steps.append(step)

    def _association(self) -> s.Association:
        name, qualifier, time = self.name("an ACTION"), "N", None
        if self.accept("("):
            if self.kind == "id":
                qualifier = self.next().text.upper()
            while self.accept(","):
                value = self.expression()
                time = value if time is None and not isinstance(value, s.Name) else time
            self.expect(")", "to close the action's qualifier")
        return s.Association(name.at, name.text, qualifier, time)

    def _transition(self, owner: s.Pou) -> None:
        at, priority = self.next().at, 0
        if self.kind == "id" and not self.word("FROM"):
            self.next()
        if self.accept("("):
            self.name("PRIORITY")
            self.expect(":=", "after PRIORITY")
            if "#" in self.token.text:
                raise self.fail(f"expected the priority as a decimal number, found {self.found()}")
            priority = count(self.expect("int", "as the priority").text)
            self.expect(")", "to close the priority")
        sources = self._steps("FROM")
        targets = self._steps("TO")
        if not self.accept(":="):
            self.expect(":", "before the transition's condition")
        condition = self.expression()
        self.accept(";")
        self.expect("END_TRANSITION", "to close the TRANSITION")
        self.accept(";")
        owner.chart = owner.chart or s.Chart(at)
        owner.chart.transitions.append(s.Transition(at, sources, targets, condition, priority))

    def _steps(self, word: str) -> list[str]:
        if self.kind != word and not self.word(word):
            raise self.fail(f"expected {word} in the TRANSITION, found {self.found()}")
        self.next()
        if not self.accept("("):
            return [self.name("a STEP").text]
        found = [self.name("a STEP").text]
        while self.accept(","):
            found.append(self.name("a STEP").text)
        self.expect(")", "to close the steps")
        return found
