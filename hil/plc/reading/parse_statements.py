"""Statements (IEC 61131-3 table 72); a mistake costs one statement, not the rest of the body."""

from __future__ import annotations

from hil.errors import near
from hil.plc import syntax as s
from hil.plc.reading.cursor import SyntaxFault
from hil.plc.reading.lexer import KEYWORDS, SUGGESTED
from hil.plc.reading.parse_expressions import ExpressionParser

_OPENING = {
    "IF": "END_IF",
    "CASE": "END_CASE",
    "FOR": "END_FOR",
    "WHILE": "END_WHILE",
    "REPEAT": "END_REPEAT",
    "__TRY": "__ENDTRY",
}
# A body ends here even when its own END is missing.
FINAL = frozenset(
    [
        "END_PROGRAM",
        "END_FUNCTION",
        "END_FUNCTION_BLOCK",
        "END_CONFIGURATION",
        "END_METHOD",
        "END_PROPERTY",
        "END_INTERFACE",
        "END_CLASS",
        "END_NAMESPACE",
        "END_ACTION",
        "END_GET",
        "END_SET",
        "END_STEP",
        "END_TRANSITION",
        "PROGRAM",
        "FUNCTION",
        "FUNCTION_BLOCK",
        "TYPE",
        "CONFIGURATION",
        "VAR",
        "VAR_INPUT",
        "VAR_OUTPUT",
        "VAR_IN_OUT",
        "VAR_TEMP",
        "VAR_GLOBAL",
        "VAR_EXTERNAL",
        "VAR_INST",
        "VAR_STAT",
        "end",
    ]
)
# Not reserved: they begin a declaration when a name follows, and `STEP x` is no statement.
_MEMBERS = [
    "METHOD",
    "PROPERTY",
    "ACTION",
    "STEP",
    "INITIAL_STEP",
    "TRANSITION",
    "CLASS",
    "INTERFACE",
    "NAMESPACE",
    "USING",
]
ACCESS = ["PUBLIC", "PRIVATE", "PROTECTED", "INTERNAL", "FINAL", "ABSTRACT", "OVERRIDE"]
_INNER = frozenset(("ELSIF", "ELSE", "UNTIL", "__CATCH", "__FINALLY", *_OPENING.values()))


class StatementParser(ExpressionParser):
    """Reads bodies."""

    def statements(self, *ends: str, labels: bool = False) -> list[s.Statement]:
        """Statements up to one of `ends` or a CASE label, which stays; stray ENDs are reported."""
        found: list[s.Statement] = []
        while self.kind not in ends and not self.final() and not (labels and self._at_label()):
            if self.kind in _INNER:
                if any(self.kind in outer for outer in self.open):
                    break  # the END of this body is missing, its caller says so
                self.complain(self.at, f"{self.token.text} without its beginning; remove it")
                self.next()
                self.accept(";")
                continue
            depth, start, opened = self.depth, self.i, len(self.open)
            try:
                statement = self._statement()
            except SyntaxFault:
                self.depth = depth
                del self.open[opened:]
                self._skip(start)
            else:
                if statement is not None:
                    found.append(statement)
        return found

    def final(self) -> bool:
        """Whether a body ends here even without its END."""
        return self.kind in FINAL or (self.kind == "id" and self.at_member())

    def at_member(self) -> bool:
        """Whether a method, a step or another declaration that may follow a body begins here."""
        following = self.peek()
        if self.word(*ACCESS) and following == "id":  # PUBLIC PROPERTY x
            return self.tokens[self.i + 1].text.upper() in ("METHOD", "PROPERTY") and self.peek(2) == "id"
        if not self.word(*_MEMBERS):
            return False
        return following == "id" or (following in ("(", "FROM") and self.word("TRANSITION"))

    def _skip(self, start: int) -> None:
        """To behind the next `;`, or to a token that only begins or ends a statement."""
        if self.i == start:
            self.next()
        stops = FINAL | _INNER | _OPENING.keys()
        while self.kind not in stops:
            if self.next().kind == ";":
                return

    def _block(self, *ends: str, labels: bool = False) -> list[s.Statement]:
        """The statements inside an IF, a CASE branch, a loop."""
        self.enter()
        self.open.append(ends)
        body = self.statements(*ends, labels=labels)
        self.open.pop()
        self.leave()
        return body

    def _close(self, end: str, at: int) -> None:
        """Takes the END of a statement that began at `at`; a missing one is reported once."""
        if self.kind == end:
            self.next()
            last = self.tokens[self.i - 1]
            if self.kind == ";" or not (  # `END_IF END_FOR`, or a new line: nothing can be misread
                self.kind in (*_INNER, *_OPENING, "RETURN")
                or self.final()
                or self.source.line(self.at) > self.source.line(last.at)
            ):
                self.semicolon(end)
            return
        word = end.replace("END", "") if end == "__ENDTRY" else end.removeprefix("END_")
        self.complain(
            at,
            f"this {word} is never closed; add {end}; before line {self.source.line(self.at)}",
        )

    def _statement(self) -> s.Statement | None:
        kind = self.kind
        if kind == ";":
            self.next()
            return None
        if kind == "IF":
            return self._if()
        if kind == "CASE":
            return self._case()
        if kind == "FOR":
            return self._for()
        if kind == "WHILE":
            return self._while()
        if kind == "REPEAT":
            return self._repeat()
        if kind == "__TRY":
            return self._try()
        if kind in ("EXIT", "CONTINUE", "RETURN"):
            jump = self.next()
            condition = self.expression() if kind == "RETURN" and self.kind == "(" else None
            self.semicolon(jump.kind)
            leave = s.Jump(jump.at, jump.kind)
            return leave if condition is None else s.If(jump.at, [(condition, [leave])], [])
        if kind in KEYWORDS and kind not in ("TRUE", "FALSE"):
            raise self.fail(f"expected a statement, found {self.found()}")
        return self._simple()

    def _simple(self) -> s.Statement:
        at, self.operators = self.at, 0
        if self.word("JMP") and self.peek() == "id":
            self.next()
            goto = s.Goto(at, self.next().text)
            self.semicolon("the jump")
            return goto
        if self.kind == "id" and self.peek() == ":":
            label = s.Label(at, self.next().text)
            self.next()
            return label
        target = self._postfix(self._primary())
        if op := self._assignment():
            return self._assign(at, target, op)
        if isinstance(target, s.Call):
            self.semicolon("the call")
            return s.Invoke(at, target)
        if self.kind == ";" and isinstance(target, s.Name | s.Member | s.Deref | s.Index):  # an action's name
            self.next()
            return s.Invoke(at, s.Call(target.at, target, [], plain=True))
        if self.kind == "=":
            raise self.fail("'=' compares; an assignment is written ':='")
        hint = near(target.name, SUGGESTED) if isinstance(target, s.Name) else ""
        raise self.fail(f"expected ':=' or a call, found {self.found()}{hint}")

    def _assignment(self) -> str:
        """Takes `:=`, `?=`, `S=`, `R=` or `REF=`; '' when none of them is here."""
        if self.kind in (":=", "?="):
            return self.next().kind
        if self.word("S", "R", "REF") and self.peek() == "=":
            word = self.next().text.upper()
            self.next()
            return f"{word}="
        return ""

    def _assign(self, at: int, target: s.Expression, op: str) -> s.Statement:
        value = self.expression()
        if op == ":=" and self.kind == ":=":  # a := b := value
            inner = self._assign(self.next().at, value, op)
            inners = inner.assigns if isinstance(inner, s.Several) else [inner]
            return s.Several(at, [*(one for one in inners if isinstance(one, s.Assign)), s.Assign(at, target, value)])
        self.semicolon("the assignment")
        return s.Assign(at, target, value, op)

    def _if(self) -> s.If:
        at = self.next().at
        branches, otherwise = [], list[s.Statement]()
        while True:
            condition = self.assigned()
            self._soft("THEN", "after the condition")
            branches.append((condition, self._block("ELSIF", "ELSE", "END_IF")))
            if self.accept("ELSIF"):
                continue
            if self.accept("ELSE"):
                otherwise = self._block("END_IF")
            self._close("END_IF", at)
            return s.If(at, branches, otherwise)

    def _soft(self, kind: str, where: str) -> None:
        """A keyword whose absence is reported without losing the statement."""
        if not self.accept(kind):
            self.complain(self.at, f"expected {kind} {where}, found {self.found()}")

    def _case(self) -> s.Case:
        at = self.next().at
        selector = self.expression()
        self._soft("OF", "after the selector")
        branches: list[tuple[list[tuple[s.Expression, s.Expression | None]], list[s.Statement]]] = []
        otherwise: list[s.Statement] = []
        while self.kind not in ("ELSE", "END_CASE") and not self.final():
            try:
                labels = self._labels()
            except SyntaxFault:
                self._skip(self.i)
                continue
            branches.append((labels, self._block("ELSE", "END_CASE", labels=True)))
        if self.accept("ELSE"):
            self.accept(":")
            otherwise = self._block("END_CASE")
        self._close("END_CASE", at)
        return s.Case(at, selector, branches, otherwise)

    def _labels(self) -> list[tuple[s.Expression, s.Expression | None]]:
        labels: list[tuple[s.Expression, s.Expression | None]] = []
        while True:
            low = self.expression()
            labels.append((low, self.expression() if self.accept("..") else None))
            if not self.accept(","):
                self.expect(":", "after the labels of a CASE")
                return labels

    def _at_label(self) -> bool:
        if self.kind not in ("int", "id", "prefix", "string", "TRUE", "FALSE", "-", "+", "("):
            return False
        for ahead in range(200):
            kind = self.peek(ahead)
            if kind == ":":
                return True
            if kind in (";", ":=", "[", "=>", "end") or (kind in KEYWORDS and kind not in ("TRUE", "FALSE", "MOD")):
                return False
        return False

    def _for(self) -> s.For:
        at = self.next().at
        self.operators = 0
        variable = self._postfix(self._primary())
        self.expect(":=", "after the FOR variable")
        first = self.expression()
        self._soft("TO", "after the first value")
        last = self.expression()
        step = self.expression() if self.accept("BY") else None
        self._soft("DO", "after the range")
        body = self._block("END_FOR")
        self._close("END_FOR", at)
        return s.For(at, variable, first, last, step, body)

    def _while(self) -> s.While:
        at = self.next().at
        condition = self.assigned()
        self._soft("DO", "after the condition")
        body = self._block("END_WHILE")
        self._close("END_WHILE", at)
        return s.While(at, condition, body)

    def _try(self) -> s.Try:
        """`__TRY ... __CATCH(code) ... __FINALLY ... __ENDTRY`; what takes the code, and each part, may be left out."""
        at, code = self.next().at, None
        handled, last = list[s.Statement](), list[s.Statement]()
        body = self._block("__CATCH", "__FINALLY", "__ENDTRY")
        if self.accept("__CATCH"):
            if self.accept("("):
                code = None if self.kind == ")" else self._postfix(self._primary())
                self.expect(")", "behind what takes the exception code")
            handled = self._block("__FINALLY", "__ENDTRY")
        if self.accept("__FINALLY"):
            last = self._block("__ENDTRY")
        self._close("__ENDTRY", at)
        return s.Try(at, body, code, handled, last)

    def _repeat(self) -> s.Repeat:
        at = self.next().at
        body = self._block("UNTIL")
        self._soft("UNTIL", "at the end of REPEAT")
        until = self.assigned()
        self.accept(";")
        self._close("END_REPEAT", at)
        return s.Repeat(at, body, until)
