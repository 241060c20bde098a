"""Expressions by precedence climbing (IEC 61131-3 table 71)."""

from __future__ import annotations

import re

from hil.plc import syntax as s
from hil.plc.cursor import Cursor

PRECEDENCE = {
    "OR": 1, "OR_ELSE": 1, "XOR": 2, "&": 3, "AND": 3, "AND_THEN": 3, "=": 4, "<>": 4, "<": 5, ">": 5,
    "<=": 5,
    ">=": 5, "+": 6, "-": 6, "*": 7, "/": 7, "MOD": 7, "**": 8,
}  # fmt: skip
_LITERALS = frozenset(("int", "real", "time", "date", "string", "TRUE", "FALSE"))
LONGEST = 2000  # operators in one expression


class ExpressionParser(Cursor):
    """Reads one expression."""

    inside = False  # an expression inside of another
    operators = 0

    def expression(self) -> s.Expression:
        """An expression.

        Raises: SyntaxFault.
        """
        if self.inside:
            return self._binary(1)
        self.inside, self.operators = True, 0
        try:
            return self._binary(1)
        finally:
            self.inside = False

    def _count(self) -> None:
        """One more operator, index or call: all of them together bound the depth of the tree."""
        self.operators += 1
        if self.operators > LONGEST:
            raise self.fail(f"more than {LONGEST} operators in one expression; split it with a variable")

    def _binary(self, lowest: int) -> s.Expression:
        left = self._unary()
        while True:
            strength = PRECEDENCE.get(self.kind, 0)
            if strength < lowest:
                return left
            self._count()
            op = self.next()
            left = s.Binary(op.at, "AND" if op.kind == "&" else op.kind, left, self._binary(strength + 1))

    def _unary(self) -> s.Expression:
        if self.kind not in ("-", "+", "NOT"):
            return self._postfix(self._primary())
        op = self.next()
        if op.kind == "-" and self.kind in ("int", "real"):  # -32768 is one literal, not minus 32768
            number = self.next()
            return self._postfix(s.Literal(op.at, number.kind, "-" + number.text))
        self.enter()
        operand = self._unary()
        self.leave()
        return operand if op.kind == "+" else s.Unary(op.at, op.kind, operand)

    def _primary(self) -> s.Expression:
        token = self.token
        if token.kind == "id":
            self.next()
            return s.Name(token.at, token.text)
        if token.kind in _LITERALS:
            self.next()
            return s.Literal(token.at, token.kind, token.text)
        if token.kind == "prefix":
            return self._typed_literal()
        if token.kind == "(":
            self.next()
            self.enter()
            inner = self.expression()
            self.leave()
            self.expect(")", "to close the parenthesis")
            return inner
        if token.kind in PRECEDENCE and self.peek() == "(":  # AND(a, b), MOD(a, b): operators written as functions
            self.next()
            return s.Name(token.at, token.text)
        raise self.fail(f"expected an expression, found {self.found()}")

    def _typed_literal(self) -> s.Expression:
        prefix = self.next()
        sign = self.next().kind if self.kind in ("-", "+") else ""
        if self.kind not in ("int", "real", "string", "TRUE", "FALSE", "id"):
            raise self.fail(f"expected a value after {prefix.text}, found {self.found()}")
        value = self.next()
        text = "-" + value.text if sign == "-" else value.text
        return s.Literal(prefix.at, value.kind, text, prefix.text[:-1])

    def _postfix(self, base: s.Expression) -> s.Expression:
        while self.kind in (".", "[", "("):
            self._count()
            if self.kind == "(":
                base = self.arguments(base)
            elif self.kind == "[":
                base = self._index(base)
            else:
                base = self._member(base)
        return base

    def _index(self, base: s.Expression) -> s.Expression:
        bracket = self.next()
        self.enter()
        indexes = [self.expression()]
        while self.accept(","):
            indexes.append(self.expression())
        self.leave()
        self.expect("]", "to close the index")
        return s.Index(bracket.at, base, indexes)

    def _member(self, base: s.Expression) -> s.Expression:
        self.next()
        token = self.token
        if token.kind == "int" and token.text.isdigit():
            self.next()
            return s.Part(token.at, base, "X", int(token.text))
        if token.kind == "direct" and re.fullmatch(r"%[XBWDL]\d{1,3}", token.text, re.IGNORECASE):
            self.next()
            return s.Part(token.at, base, token.text[1].upper(), int(token.text[2:]))
        if token.kind != "id":
            raise self.fail(f"expected a member's name or a bit number after '.', found {self.found()}")
        self.next()
        return s.Member(token.at, base, token.text)

    def arguments(self, callee: s.Expression) -> s.Call:
        """A call with what stands in its parentheses."""
        self.next()
        self.enter()
        arguments: list[s.Argument] = []
        while self.kind != ")":
            arguments.append(self._argument())
            if not self.accept(","):
                break
        self.leave()
        self.expect(")", "to close the call")
        return s.Call(callee.at, callee, arguments)

    def _argument(self) -> s.Argument:
        at, following = self.at, self.peek()
        if self.kind == "id" and following in (":=", "=>"):
            name, output = self.next().text, self.next().kind == "=>"
            empty = self.kind in (",", ")")
            return s.Argument(at, name, None if empty else self.expression(), output)
        return s.Argument(at, "", self.expression())
