"""Tests as ordinary statements: assertions that know their place, TEST regions, mocks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hil.plc import syntax as s
from hil.plc.diagnostics import Source
from hil.plc.reading.parse_expressions import dotted

# Assertions of TEST blocks and of AxUnit: the operator that must hold, as the words of a failure have it.
_COMPARED = {"EQ": "=", "NEQ": "<>", "GT": ">", "GE": ">=", "LT": "<", "LE": "<="}
_AX = {
    "EQUAL": "=", "NOTEQUAL": "<>", "GREATER": ">", "GREATERTHAN": ">", "GREATEROREQUAL": ">=", "LESS": "<",
    "LESSTHAN": "<", "LESSOREQUAL": "<=", "ISTRUE": "TRUE", "ISFALSE": "FALSE", "TOLERATED": "NEAR",
}  # fmt: skip
_BLOCKS = {f"ASSERT_{word}": op for word, op in _COMPARED.items()} | {
    "ASSERT_TRUE": "TRUE", "ASSERT_FALSE": "FALSE", "ASSERT_NEAR": "NEAR",
    "ASSERT_EQUAL": "=", "ASSERT_NOT_EQUAL": "<>", "ASSERT_GREATER": ">", "ASSERT_GREATER_OR_EQUAL": ">=",
    "ASSERT_LESS": "<", "ASSERT_LESS_OR_EQUAL": "<=",
}  # fmt: skip
MADE = -1  # the place of statements that nobody wrote: coverage leaves them out
_ORDERS = {
    "EXPECTED": 1, "ACTUAL": 0, "CONDITION": 0, "TOLERANCE": 2, "EPSILON": 2, "MESSAGE": 3,
    "IN": 0, "VALUE": 0, "BOUND": 1, "DELTA": 2,
}  # fmt: skip


@dataclass
class Places:
    """Where assertions stand, by the number that they carry."""

    found: list[tuple[Source, int]] = field(default_factory=list)

    def number(self, source: Source, at: int) -> s.Expression:
        """The number of a place, as an expression."""
        self.found.append((source, at))
        return literal(at, len(self.found))

    def words(self, number: int) -> str:
        """`file:line:column`; empty for none."""
        if not 0 < number <= len(self.found):
            return ""
        source, at = self.found[number - 1]
        return f"{source.file}:{source.line(at)}:{source.column(at)}"


def literal(at: int, number: int) -> s.Expression:
    """A whole number."""
    return s.Literal(at, "int", str(number))


def call(at: int, name: str, *values: s.Expression) -> s.Call:
    """A call with plain arguments."""
    return s.Call(at, s.Name(at, name), [s.Argument(at, "", one) for one in values])


def text(at: int, words: str) -> s.Expression:
    """A string."""
    return s.Literal(at, "string", "'" + words.replace("$", "$$").replace("'", "$'") + "'")


@dataclass
class Rewriter:
    """Rewrites the bodies of one source; `own` are names in capitals that the project declares itself."""

    source: Source
    places: Places
    own: frozenset[str] = frozenset()
    mocks: set[str] = field(default_factory=set)  # functions that some test replaces
    uses_ax: bool = False  # USING AxUnit.Assert: its assertions need no prefix

    def body(self, statements: list[s.Statement]) -> list[s.Statement]:
        """The statements, TEST('name') with what follows it as one: `IF TEST('name') THEN ... END_IF`."""
        found: list[s.Statement] = []
        here = found
        for one in statements:
            if isinstance(one, s.Invoke) and _called(one.call) == "TEST" and "TEST" not in self.own:
                here = []
                found.append(s.If(one.at, [(one.call, here)], []))
            else:
                here.append(self._statement(one))
        return found

    def _statement(self, one: s.Statement) -> s.Statement:
        if isinstance(one, s.If):
            one.branches = [(condition, self.body(body)) for condition, body in one.branches]
            one.otherwise = self.body(one.otherwise)
        elif isinstance(one, s.Case):
            one.branches = [(labels, self.body(body)) for labels, body in one.branches]
            one.otherwise = self.body(one.otherwise)
        elif isinstance(one, s.For | s.While | s.Repeat):
            one.body = self.body(one.body)
        elif isinstance(one, s.Try):
            one.body, one.handled, one.last = self.body(one.body), self.body(one.handled), self.body(one.last)
        elif isinstance(one, s.Invoke):
            return self._invoke(one)
        return one

    def _invoke(self, one: s.Invoke) -> s.Statement:
        name, path = _called(one.call), dotted(one.call.callee).upper().split(".")
        if name in _BLOCKS and name not in self.own:
            return self._asserted(one, _BLOCKS[name])
        if name in _AX and (path[-2:-1] == ["ASSERT"] or (self.uses_ax and len(path) == 1 and name not in self.own)):
            return self._asserted(one, _AX[name])
        if name == "ASSERTEQUALS" and "FB_TESTSUITE" not in self.own:  # of TcUnit: any two values that can be compared
            return self._asserted(one, "=", order=(1, 0, 3), ends=False)
        if name.startswith("ASSERT") or name == "TEST_FINISHED_NAMED":
            return s.If(one.at, [(call(one.at, "__TEST_AT", self._place(one)), [one])], [])
        special: Callable[[s.Invoke], s.Statement] | None = {
            "ADVANCE_TIME": self._advance, "MOCK": self._mock, "MOCK_FUNCTION": self._mock_function,
            "MOCK_VERIFY_CALLED": self._verified, "MOCK_VERIFY_CALL_COUNT": self._verified,
        }.get(name)  # fmt: skip
        return special(one) if special is not None and name not in self.own else one

    def _place(self, one: s.Statement) -> s.Expression:
        return self.places.number(self.source, one.at)

    def _asserted(self, one: s.Invoke, op: str, *, order: tuple[int, ...] = (), ends: bool = True) -> s.Statement:
        """`IF here AND_THEN NOT holds THEN fail; RETURN; END_IF`; where `ends` is unset the test goes on."""
        found = _sorted(one.call, op, order)
        if found is None:
            return one  # the checker says what is wrong with it
        return self._failing(one, _judged(one.at, op, found), found[3] or text(one.at, ""), ends=ends)

    def _failing(
        self,
        one: s.Statement,
        judged: tuple[s.Expression, s.Expression, s.Expression],
        message: s.Expression,
        *,
        ends: bool = True,
    ) -> s.Statement:
        at, (holds, wanted, actual) = one.at, judged
        test = s.Binary(at, "AND_THEN", call(at, "__TEST_HERE", self._place(one)), s.Unary(at, "NOT", holds))
        fail: s.Statement = s.Invoke(at, call(at, "__TEST_FAIL", wanted, actual, message))
        return s.If(at, [(test, [fail, s.Jump(at, "RETURN")] if ends else [fail])], [])

    # ---- time and mocks

    def _advance(self, one: s.Invoke) -> s.Statement:
        """A duration, or nanoseconds."""
        for argument in one.call.arguments:
            value = argument.value
            if isinstance(value, s.Literal) and value.kind == "int":
                argument.value = s.Literal(value.at, "time", f"LTIME#{value.text.replace('_', '')}ns")
        return one

    def _mock(self, one: s.Invoke) -> s.Statement:
        target = one.call.arguments[0].value
        assert target is not None
        flag, count = (s.Member(one.at, target, name) for name in ("__TEST_MOCKED", "__TEST_CALLS"))
        assigns = [
            s.Assign(one.at, count, literal(one.at, 0)),
            s.Assign(one.at, flag, s.Literal(one.at, "TRUE", "TRUE")),
        ]
        return s.Several(one.at, assigns)

    def _mock_function(self, one: s.Invoke) -> s.Statement:
        name, value = (each.value for each in one.call.arguments)
        assert isinstance(name, s.Name)
        assert value is not None
        self.mocks.add(name.name.upper())
        result = s.Assign(one.at, s.Name(one.at, f"__TEST_RESULT_{name.name}"), value)
        flag = s.Assign(one.at, s.Name(one.at, f"__TEST_MOCKED_{name.name}"), s.Literal(one.at, "TRUE", "TRUE"))
        return s.Several(one.at, [result, flag])

    def _verified(self, one: s.Invoke) -> s.Statement:
        at, values = one.at, [each.value for each in one.call.arguments]
        if not values or values[0] is None:
            return one
        calls = s.Member(at, values[0], "__TEST_CALLS")
        exact = values[1] if _called(one.call) == "MOCK_VERIFY_CALL_COUNT" and len(values) > 1 else None
        op, wanted = (">", literal(at, 0)) if exact is None else ("=", exact)
        return self._failing(one, _judged(at, op, [calls, wanted, None, None]), text(at, "calls of the mock"))


def _called(one: s.Call) -> str:
    """The last name of what is called, in capitals."""
    return dotted(one.callee).rpartition(".")[2].upper()


def _sorted(one: s.Call, op: str, given: tuple[int, ...] = ()) -> list[s.Expression | None] | None:
    """Actual, expected, tolerance and message of an assertion; None when it takes something else."""
    found: list[s.Expression | None] = [None] * 4
    count = {"TRUE": 1, "FALSE": 1, "NEAR": 3}.get(op, 2)
    order = given or (*range(count), 3)
    for argument, place in zip(one.arguments, order, strict=False):
        name = argument.name.upper()
        if name and name not in _ORDERS:
            return None
        found[_ORDERS[name] if name else place] = argument.value
    complete = all(one is not None for one in found[:count]) and len(one.arguments) <= len(order)
    return found if complete else None


def _judged(at: int, op: str, found: list[s.Expression | None]) -> tuple[s.Expression, s.Expression, s.Expression]:
    """What must hold, and the texts of what was expected and of what there was."""
    actual, expected, tolerance, _ = found
    assert actual is not None
    if op in ("TRUE", "FALSE"):
        holds = actual if op == "TRUE" else s.Unary(at, "NOT", actual)
        return holds, text(at, op), text(at, "FALSE" if op == "TRUE" else "TRUE")
    assert expected is not None
    shown: s.Expression = call(at, "__TEXT_OF", expected)
    if op == "NEAR":
        assert tolerance is not None
        distance = call(at, "ABS", s.Binary(at, "-", actual, expected))
        return s.Binary(at, "<=", distance, tolerance), shown, call(at, "__TEXT_OF", actual)
    if op != "=":
        shown = call(at, "CONCAT", text(at, f"{op} "), shown)
    return s.Binary(at, op, actual, expected), shown, call(at, "__TEXT_OF", actual)


def mockable(units: list[s.Unit], functions: set[str]) -> list[s.Section]:
    """Lets function blocks and the named functions be replaced; returns the global variables that this takes."""
    found: list[s.VariableDeclaration] = []
    for pou in (each for unit in units for each in unit.pous):
        if pou.kind == "FUNCTION_BLOCK" and not pou.name.startswith("__"):
            pou.body = [_left(pou), *pou.body]
            if not pou.extends:
                pou.sections.append(s.Section(pou.at, "VAR", set(), _counters(pou.at)))
        elif pou.kind == "FUNCTION" and pou.name.upper() in functions and pou.result is not None:
            names = [f"__TEST_{word}_{pou.name}" for word in ("MOCKED", "RESULT")]
            found.append(s.VariableDeclaration(pou.at, names[0], s.NamedType(pou.at, "BOOL"), None))
            found.append(s.VariableDeclaration(pou.at, names[1], pou.result, None))
            replaced: list[s.Statement] = [
                s.Assign(MADE, s.Name(pou.at, pou.short), s.Name(pou.at, names[1])), s.Jump(MADE, "RETURN")
            ]  # fmt: skip
            pou.body = [s.If(MADE, [(s.Name(pou.at, names[0]), replaced)], []), *pou.body]
    return [s.Section(0, "VAR_GLOBAL", set(), found)] if found else []


def _counters(at: int) -> list[s.VariableDeclaration]:
    kinds = {"__TEST_MOCKED": "BOOL", "__TEST_CALLS": "DINT"}
    return [s.VariableDeclaration(at, name, s.NamedType(at, kind), None) for name, kind in kinds.items()]


def _left(pou: s.Pou) -> s.Statement:
    at = pou.at
    more = s.Binary(at, "+", s.Name(at, "__TEST_CALLS"), literal(at, 1))
    counted: list[s.Statement] = [s.Assign(MADE, s.Name(at, "__TEST_CALLS"), more), s.Jump(MADE, "RETURN")]
    return s.If(MADE, [(s.Name(at, "__TEST_MOCKED"), counted)], [])
