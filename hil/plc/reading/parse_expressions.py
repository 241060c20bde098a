"""Expressions by precedence climbing (IEC 61131-3 table 71)."""

from __future__ import annotations

import re
from itertools import islice

from hil.plc import syntax as s
from hil.plc.literals import count
from hil.plc.reading.cursor import Cursor
from hil.plc.reading.lexer import KEYWORDS

PRECEDENCE = {
    "OR": 1, "OR_ELSE": 1, "XOR": 2, "&": 3, "AND": 3, "AND_THEN": 3, "=": 4, "<>": 4, "<": 5, ">": 5,
    "<=": 5,
    ">=": 5, "+": 6, "-": 6, "*": 7, "/": 7, "MOD": 7, "**": 8,
}  # fmt: skip
_LITERALS = frozenset(("int", "real", "time", "date", "string", "TRUE", "FALSE"))
LONGEST = 2000  # operators in one expression


class ExpressionParser(Cursor):
    """Reads one expression, and initial values, which are expressions with brackets."""

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
        if token.kind == "direct":
            self.next()
            return s.Direct(token.at, token.text.upper())
        if token.kind == "(":
            if self.peek() == "id" and self.peek(2) == ":=":
                return s.Aggregate(token.at, self.struct_initial())
            self.next()
            self.enter()
            inner = self.assigned()
            self.leave()
            self.expect(")", "to close the parenthesis")
            return inner
        if token.kind == "[":
            return s.Aggregate(token.at, self._array_initial())
        if token.kind in PRECEDENCE and self.peek() == "(":  # AND(a, b), MOD(a, b): operators written as functions
            self.next()
            return s.Name(token.at, token.text)
        raise self.fail(f"expected an expression, found {self.found()}")

    def assigned(self) -> s.Expression:
        """An expression, or an assignment that gives its value."""
        found = self.expression()
        return s.Assigned(found.at, found, self.assigned()) if self.accept(":=") else found

    def _typed_literal(self) -> s.Expression:
        prefix = self.next()
        sign = self.next().kind if self.kind in ("-", "+") else ""
        if self.kind not in ("int", "real", "string", "TRUE", "FALSE", "id"):
            raise self.fail(f"expected a value after {prefix.text}, found {self.found()}")
        value = self.next()
        text = "-" + value.text if sign == "-" else value.text
        return s.Literal(prefix.at, value.kind, text, prefix.text[:-1])

    def _postfix(self, base: s.Expression) -> s.Expression:
        while self.kind in (".", "[", "(", "^"):
            self._count()
            if self.kind == "^":
                base = s.Deref(self.next().at, base)
            elif self.kind == "(":
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
            return s.Part(token.at, base, "X", count(token.text))
        if token.kind == "direct" and re.fullmatch(r"%[XBWDL]\d{1,3}", token.text, re.IGNORECASE):
            self.next()
            return s.Part(token.at, base, token.text[1].upper(), int(token.text[2:]))
        if token.kind == "prefix":  # Namespace.Colour#RED
            literal = self._typed_literal()
            assert isinstance(literal, s.Literal)
            literal.prefix = f"{dotted(base)}.{literal.prefix}"
            return literal
        if token.kind != "id" and token.kind not in KEYWORDS:
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
        if self.kind == "NOT" and following == "id" and self.peek(2) == "=>":
            self.next()
            name = self.next().text
            self.next()
            return s.Argument(at, name, self.expression(), True, True)
        if self.kind == "id" and following in (":=", "=>"):
            name, output = self.next().text, self.next().kind == "=>"
            empty = self.kind in (",", ")")
            return s.Argument(at, name, None if empty else self.expression(), output)
        return s.Argument(at, "", self.expression())

    # ---- initial values

    def initial(self) -> s.Initial:
        """An initial value: an expression, `[...]` or `(member := ...)`."""
        if self.kind == "[":
            return self._array_initial()
        if self.kind == "(" and (self.peek() == ")" or (self.peek() == "id" and self.peek(2) == ":=")):
            return self.struct_initial()
        return self._positional() if self.kind == "(" and self._in_order() else self.expression()

    def _in_order(self) -> bool:
        """Whether a parenthesis holds the values of members without their names: `(1, (), 'a')` or `(0)`."""
        if self.peek() in ("int", "real", "string", "TRUE", "FALSE") and self.peek(2) == ")":
            return self.peek(3) in (";", ",", ")")
        depth = 0
        for token in islice(self.tokens, self.i, self.i + 1000):
            depth += (token.kind in ("(", "[")) - (token.kind in (")", "]"))
            if depth == 1 and token.kind == ",":
                return True
            if depth == 0 or token.kind in (":=", ";"):
                return False
        return False

    def _positional(self) -> s.StructInitial:
        opening, items = self.next(), list[tuple[int, str, s.Initial]]()
        self.enter()
        while self.kind != ")":
            items.append((self.at, "", self.initial()))
            if not self.accept(","):
                break
        self.leave()
        self.expect(")", "to close the structure's initial values")
        return s.StructInitial(opening.at, items)

    def listed_initial(self) -> s.Initial:
        """An initial value, or several of an array without brackets: `1, 2, 3(0)`, as CODESYS 2.3 writes them."""
        at, items = self.at, self._items()
        while self.kind == "," and not (self.peek() == "id" and self.peek(2) == ":="):
            self.next()
            items += self._items()
        if len(items) == 1 and items[0][0] is None:
            return items[0][1]
        return s.ArrayInitial(at, items)

    def _items(self) -> list[tuple[s.Expression | None, s.Initial]]:
        """One item of an array's initial values, perhaps repeated."""
        repeats = self.kind == "int" and self.peek() == "("
        return self._repeated() if repeats else [(None, self.initial())]

    def _array_initial(self) -> s.ArrayInitial:
        opening = self.next()
        items: list[tuple[s.Expression | None, s.Initial]] = []
        self.enter()
        while self.kind != "]":
            if self.kind in ("int", "id") and self.peek() == "(":
                items += self._repeated()
            else:
                items.append((None, self.initial()))
            if not self.accept(","):
                break
        self.leave()
        self.expect("]", "to close the array's initial values")
        return s.ArrayInitial(opening.at, items)

    def _repeated(self) -> list[tuple[s.Expression | None, s.Initial]]:
        """`2(7)` or `N(7)`; `2()` repeats the default and is not worth a node; otherwise a call."""
        if self.kind == "id":
            found = self.expression()
            arguments = found.arguments if isinstance(found, s.Call) else []
            if len(arguments) == 1 and isinstance(found, s.Call) and arguments[0].value is not None:
                return [(found.callee, arguments[0].value)]
            return [(None, found)]
        count = s.Literal(self.at, "int", self.next().text)
        if self.peek() == "id" and self.peek(2) == ":=":
            return [(count, self.struct_initial())]
        self.next()
        if self.accept(")"):
            return []
        items = [self.initial()]
        while self.accept(","):
            items.append(self.initial())
        self.expect(")", "to close the repeated value")
        return [(count, items[0] if len(items) == 1 else s.ArrayInitial(count.at, [(None, one) for one in items]))]

    def struct_initial(self) -> s.StructInitial:
        """`(member := value, ...)`."""
        opening = self.next()
        items: list[tuple[int, str, s.Initial]] = []
        self.enter()
        while self.kind != ")":
            name = self.name("a member")
            self.expect(":=", "after the member's name")
            items.append((name.at, name.text, self.listed_initial()))
            if not self.accept(","):
                break
        self.leave()
        self.expect(")", "to close the structure's initial values")
        return s.StructInitial(opening.at, items)


def dotted(node: s.Expression) -> str:
    """A qualified name as it was written; '' when it is something else."""
    if isinstance(node, s.Name):
        return node.name
    return f"{dotted(node.base)}.{node.name}" if isinstance(node, s.Member) else ""
