"""What compiled code does with bare addresses: read, write, copy and call. Imports Numba, so only kernels import it."""

from collections.abc import Callable
from typing import Any, cast

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

_I64 = ir.IntType(64)


@intrinsic
def _call(typing: Any, address: Any, t: Any, h: Any, p: Any, x: Any, u: Any, y: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        block = ir.FunctionType(_I64, [_I64] * 6)
        return builder.call(builder.inttoptr(arguments[0], block.as_pointer()), arguments[1:])

    return types.int64(*[types.int64] * 7), emit


call: Callable[[int, int, int, int, int, int, int], int] = cast(Any, _call)
"""`call(address, t, h, p, x, u, y)`: call a block and return its answer."""


@intrinsic
def _copy(typing: Any, target: Any, source: Any, size: Any) -> Any:
    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        raw = ir.IntType(8).as_pointer()
        target, source = (builder.inttoptr(one, raw) for one in arguments[:2])
        memcpy = builder.module.declare_intrinsic("llvm.memcpy", [raw, raw, _I64])
        builder.call(memcpy, [target, source, arguments[2], ir.Constant(ir.IntType(1), 0)])
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.int64), emit


copy: Callable[[int, int, int], None] = cast(Any, _copy)
"""`copy(target, source, size)`: copy bytes between places that do not overlap."""


def _access(native: ir.Type, kind: Any) -> tuple[Any, Any]:
    @intrinsic
    def load(typing: Any, address: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.load(builder.inttoptr(arguments[0], native.as_pointer()))

        return kind(types.int64), emit

    @intrinsic
    def store(typing: Any, address: Any, value: Any) -> Any:
        def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            builder.store(arguments[1], builder.inttoptr(arguments[0], native.as_pointer()))
            return context.get_dummy_value()

        return types.void(types.int64, kind), emit

    return load, store


load_f8, store_f8 = _access(ir.DoubleType(), types.float64)
load_f4, store_f4 = _access(ir.FloatType(), types.float32)
load_i8, store_i8 = _access(ir.IntType(64), types.int64)
load_i4, store_i4 = _access(ir.IntType(32), types.int32)
load_i2, store_i2 = _access(ir.IntType(16), types.int16)
load_i1, store_i1 = _access(ir.IntType(8), types.int8)
load_u8, store_u8 = _access(ir.IntType(64), types.uint64)
load_u4, store_u4 = _access(ir.IntType(32), types.uint32)
load_u2, store_u2 = _access(ir.IntType(16), types.uint16)
load_u1, store_u1 = _access(ir.IntType(8), types.uint8)


@intrinsic
def load_f8_at(typing: Any, address: Any, index: Any) -> Any:
    """Load the element of an array of f8; the compiler knows which elements of one array are different ones."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_element(builder, arguments))

    return types.float64(types.int64, types.int64), emit


@intrinsic
def store_f8_at(typing: Any, address: Any, index: Any, value: Any) -> Any:
    """Store an element of an array of f8."""

    def emit(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[2], _element(builder, arguments))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64, types.float64), emit


def _element(builder: Any, arguments: Any) -> Any:
    array = builder.inttoptr(arguments[0], ir.DoubleType().as_pointer())
    return builder.gep(array, [arguments[1]])
