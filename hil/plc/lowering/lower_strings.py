"""Strings: zero-terminated, zero to the end of their room, cut to what fits (IEC 61131-3 table 34).

A WSTRING is the same with characters of two bytes: code units of UTF-16, each counted as one.
"""

from __future__ import annotations

from hil.plc.lowering import string_helpers
from hil.plc.lowering.emit import Text, value_type
from hil.plc.lowering.module import Module
from hil.plc.tree import Expr, Pou, Standard, scalar
from hil.plc.types import LREAL, Scalar, String

_LIBC = (
    "declare i64 @strlen(ptr)", "declare i32 @strcmp(ptr, ptr)", "declare i64 @llvm.smax.i64(i64, i64)",
    "declare i64 @llvm.smin.i64(i64, i64)", "declare void @llvm.memmove.p0.p0.i64(ptr, ptr, i64, i1)",
    "declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)",
)  # fmt: skip
_ALL = "9223372036854775807"


class StringLowering:
    """Lowers what works on strings; values are pointers."""

    module: Module
    pou: Pou
    text: Text

    def value(self, expr: Expr) -> str:
        """See ValueLowering."""
        raise NotImplementedError

    def static(self, image: bytes, align: int) -> str:
        """See ValueLowering."""
        raise NotImplementedError

    def convert(self, operand: str, source: Scalar, target: Scalar, truncate: bool = False) -> str:
        """See ValueLowering."""
        raise NotImplementedError

    def _need_strings(self, width: int = 1) -> None:
        for one in _LIBC:
            self.module.declare(one)
        if width == 2:
            self.module.helper("wide", string_helpers.WIDE)
        self.module.helper(f"append.{width}", string_helpers.append(width))

    def copy_string(self, target: str, type_: String, source: str) -> None:
        """Assigns a string, cut to the target's capacity."""
        self._join(target, type_, [(source, "0", _ALL)])

    def _join(self, target: str, type_: String, pieces: list[tuple[str, str, str]]) -> None:
        """Pieces (string, first character from 0, how many) one behind the other."""
        self._need_strings(type_.width)
        text, at, kind = self.text, "0", f"i{8 * type_.width}"
        for source, first, count in pieces:
            arguments = f"ptr {target}, i64 {type_.capacity}, i64 {at}, ptr {source}, i64 {first}, i64 {count}"
            at = text.let(f"call i64 @append.{kind}({arguments})")
        text.do(f"call void @finish.{kind}(ptr {target}, i64 {type_.capacity}, i64 {at})")

    def compare_strings(self, op: str, left: Expr, right: Expr) -> str:
        """A comparison by the codes of the characters; the longer of two equal beginnings is greater."""
        return self._ordered(op, self.value(left), self.value(right), width_of(left))

    def _ordered(self, op: str, left: str, right: str, width: int) -> str:
        self._need_strings(width)
        function = "strcmp" if width == 1 else "wide.compare"
        order = self.text.let(f"call i32 @{function}(ptr {left}, ptr {right})")
        names = {"=": "eq", "<>": "ne", "<": "slt", ">": "sgt", "<=": "sle", ">=": "sge"}
        return self.text.let(f"icmp {names[op]} i32 {order}, 0")

    def _length(self, operand: str, width: int) -> str:
        return self.text.let(f"call i64 @{'strlen' if width == 1 else 'wide.length'}(ptr {operand})")

    def string_function(self, expr: Standard) -> str:
        """LEN to REPLACE, and the conversions from and to strings."""
        width, name = width_of(expr.operands[0]), expr.name
        self._need_strings(width)
        operands = [self.value(one) for one in expr.operands]
        if name == "LEN":
            return self.text.let(f"trunc i64 {self._length(operands[0], width)} to i16")
        if name == "FIND":
            return self._find(*operands) if width == 1 else self._find_wide(*operands)
        if name == "FROM_STRING":
            return self._from_string(operands[0], scalar(expr))
        if name == "FIRST":
            return self.text.let(f"load i{8 * width}, ptr {operands[0]}, align 1")
        if name in ("MAX", "MIN"):
            chosen = self._ordered(">" if name == "MAX" else "<", operands[1], operands[0], width)
            return self.text.let(f"select i1 {chosen}, ptr {operands[1]}, ptr {operands[0]}")
        type_ = expr.type
        assert isinstance(type_, String)
        target = self.static(bytes(type_.size), 8)
        if name == "TO_STRING":
            self._to_string(target, operands[0], scalar(expr.operands[0]))
        elif name == "CHARACTER":
            self._one_character(target, type_.width, operands[0])
        elif name in ("NARROW", "WIDEN"):
            self._between(name.lower(), target, operands[0], type_)
        else:
            self._join(target, type_, self._pieces(name, operands, width))
        return target

    def _one_character(self, target: str, width: int, operand: str) -> None:
        """A string of one character; the character zero is no character."""
        self.text.do(f"store i{8 * width} {operand}, ptr {target}, align 1")
        behind = self.text.let(f"getelementptr i8, ptr {target}, i64 {width}")
        self.text.do(f"store i{8 * width} 0, ptr {behind}, align 1")

    def _between(self, name: str, target: str, operand: str, type_: String) -> None:
        self._need_strings(type_.width)
        self.module.helper("between", string_helpers.between())
        length = self._length(operand, 3 - type_.width)
        count = self.text.let(f"call i64 @llvm.smin.i64(i64 {length}, i64 {type_.capacity})")
        self.text.do(f"call void @{name}(ptr {target}, ptr {operand}, i64 {count})")
        self.text.do(f"call void @finish.i{8 * type_.width}(ptr {target}, i64 {type_.capacity}, i64 {count})")

    def narrow_character(self, operand: str) -> str:
        """WCHAR to CHAR."""
        self.module.helper("between", string_helpers.between())
        return self.text.let(f"call i8 @narrow.character(i16 {operand})")

    def _pieces(self, name: str, given: list[str], width: int) -> list[tuple[str, str, str]]:
        """What a function puts together; positions count from 1 and are brought inside the string."""
        text = self.text
        if name == "CONCAT":
            return [(one, "0", _ALL) for one in given]
        if name == "LEFT":
            return [(given[0], "0", given[1])]
        if name == "RIGHT":
            length = self._length(given[0], width)
            wanted = text.let(f"call i64 @llvm.smax.i64(i64 {given[1]}, i64 0)")
            return [(given[0], text.let(f"sub i64 {length}, {wanted}"), wanted)]
        if name == "INSERT":
            return [(given[0], "0", given[2]), (given[1], "0", _ALL), (given[0], given[2], _ALL)]
        count, position = given[-2], given[-1]
        inside = text.let(f"call i64 @llvm.smax.i64(i64 {position}, i64 1)")
        near = text.let(f"call i64 @llvm.smin.i64(i64 {inside}, i64 65536)")  # behind every string
        before = text.let(f"sub i64 {near}, 1")
        if name == "MID":
            return [(given[0], before, count)]
        gone = text.let(f"call i64 @llvm.smax.i64(i64 {count}, i64 0)")
        bounded = text.let(f"call i64 @llvm.smin.i64(i64 {gone}, i64 65536)")
        behind = text.let(f"add i64 {before}, {bounded}")
        pieces = [(given[0], "0", before), (given[0], behind, _ALL)]
        if name == "REPLACE":
            pieces.insert(1, (given[1], "0", _ALL))
        return pieces

    def _find(self, where: str, what: str) -> str:
        """Position of the first occurrence from 1; 0 when there is none, or nothing to look for."""
        text = self.text
        self.module.declare("declare ptr @strstr(ptr, ptr)")
        found = text.let(f"call ptr @strstr(ptr {where}, ptr {what})")
        start, end = text.let(f"ptrtoint ptr {where} to i64"), text.let(f"ptrtoint ptr {found} to i64")
        distance = text.let(f"sub i64 {end}, {start}")
        position = text.let(f"add i64 {distance}, 1")
        missing = text.let(f"icmp eq ptr {found}, null")
        empty = text.let(f"icmp eq i8 {text.let(f'load i8, ptr {what}')}, 0")
        neither = text.let(f"or i1 {missing}, {empty}")
        return text.let(f"trunc i64 {text.let(f'select i1 {neither}, i64 0, i64 {position}')} to i16")

    def _find_wide(self, where: str, what: str) -> str:
        """The same for WSTRING."""
        text = self.text
        found = text.let(f"call i64 @wide.find(ptr {where}, ptr {what})")
        empty = text.let(f"icmp eq i64 {self._length(what, 2)}, 0")
        position = text.let(f"add i64 {found}, 1")
        return text.let(f"trunc i64 {text.let(f'select i1 {empty}, i64 0, i64 {position}')} to i16")

    def _to_string(self, target: str, operand: str, type_: Scalar) -> None:
        text = self.text
        if type_.family == "bool":
            yes, no = self.module.data(b"TRUE\0"), self.module.data(b"FALSE\0")
            chosen = text.let(f"select i1 {operand}, ptr {yes}, ptr {no}")
            self._join(target, String("", 33, 1, b"", 32), [(chosen, "0", _ALL)])
            return
        self.module.declare("declare i32 @snprintf(ptr, i64, ptr, ...)")
        self.module.declare("declare i64 @llvm.abs.i64(i64, i1)")
        text.do(f"call void @llvm.memset.p0.i64(ptr {target}, i8 0, i64 33, i1 false)")
        if type_.family == "real":
            self._real_text(target, operand, type_)
            return
        call = "call i32 (ptr, i64, ptr, ...) @snprintf"
        if type_.family == "time":
            whole = text.let(f"icmp eq i64 {text.let(f'srem i64 {operand}, 1000000')}, 0")
            milliseconds = text.let(f"sdiv i64 {operand}, 1000000")
            forms = self.module.data(b"T#%lldms\0"), self.module.data(b"T#%lldns\0")
            chosen = text.let(f"select i1 {whole}, ptr {forms[0]}, ptr {forms[1]}")
            number = text.let(f"select i1 {whole}, i64 {milliseconds}, i64 {operand}")
            text.let(f"{call}(ptr {target}, i64 33, ptr {chosen}, i64 {number})")
            return
        form = self.module.data(b"%lld\0" if type_.signed else b"%llu\0")
        kind = value_type(type_)
        wide = (
            operand if type_.bits == 64 else text.let(f"{'sext' if type_.signed else 'zext'} {kind} {operand} to i64")
        )
        text.let(f"{call}(ptr {target}, i64 33, ptr {form}, i64 {wide})")

    def _real_text(self, target: str, operand: str, type_: Scalar) -> None:
        self.module.declare("declare double @strtod(ptr, ptr)")
        self.module.declare("declare ptr @strpbrk(ptr, ptr)")
        self.module.declare("declare ptr @strcat(ptr, ptr)")
        self.module.helper("real_text", string_helpers.REAL_TEXT)
        single = type_.bits == 32
        digits = "i32 6, i32 9, i1 true" if single else "i32 15, i32 17, i1 false"
        self.text.do(f"call void @real_text(ptr {target}, double {self.convert(operand, type_, LREAL)}, {digits})")

    def _from_string(self, source: str, target: Scalar) -> str:
        """The BOOL that a string is, or the real number that it begins with, 0 if none."""
        text = self.text
        if target.family == "bool":
            self.module.declare("declare i32 @strcasecmp(ptr, ptr)")
            yes, digit = self.module.data(b"TRUE\0"), self.module.data(b"1\0")
            true = text.let(f"call i32 @strcasecmp(ptr {source}, ptr {yes})")
            one = text.let(f"call i32 @strcmp(ptr {source}, ptr {digit})")
            both = text.let(f"icmp eq i32 {true}, 0"), text.let(f"icmp eq i32 {one}, 0")
            return text.let(f"or i1 {both[0]}, {both[1]}")
        self.module.declare("declare double @strtod(ptr, ptr)")
        return self.convert(text.let(f"call double @strtod(ptr {source}, ptr null)"), LREAL, target)


def width_of(expr: Expr) -> int:
    """Bytes of a string's characters."""
    return expr.type.width if isinstance(expr.type, String) else 1
