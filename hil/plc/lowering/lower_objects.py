"""Objects and addresses to LLVM: an address is an offset in the program's memory, checked where it is followed."""

from __future__ import annotations

from hil.plc import layout
from hil.plc.lowering.emit import symbol
from hil.plc.lowering.lower_values import ValueLowering, function_name, parameters_of, result_type
from hil.plc.tree import (
    AddressOf,
    Attempt,
    Bound,
    CallBlock,
    CallFunction,
    CastRef,
    DerefRef,
    ElementRef,
    Expr,
    Place,
    Pou,
    ValueRef,
    VariableRef,
    scalar,
)
from hil.plc.types import Array, Interface, OpenArray, String, Type, machine


class ObjectLowering(ValueLowering):
    """Lowers references, pointers and calls of objects."""

    # ---- addresses

    def other_value(self, expr: Expr) -> str:
        """Values that are about addresses."""
        if isinstance(expr, AddressOf):
            return self._address_of(expr)
        if isinstance(expr, Attempt):
            return self._attempt(expr)
        if isinstance(expr, ValueRef):
            return self.value(expr.value)
        assert isinstance(expr, Bound)
        side = "hi" if expr.upper else "lo"
        return self.text.let(f"trunc i64 %{side}.{symbol(expr.variable.name)}.{expr.dimension} to i32")

    def _address_of(self, expr: AddressOf) -> str:
        if isinstance(expr.place, DerefRef):
            return self.value(expr.place.pointer)
        pointer = self.text.let(f"ptrtoint ptr {self.address(expr.place)} to i64")
        start = self.text.let("ptrtoint ptr %mem to i64")
        return self.text.let(f"sub i64 {pointer}, {start}")

    def other_address(self, place: Place) -> str:
        """Pointer to what an address, a value or a cast stands for."""
        if isinstance(place, DerefRef):
            return self._deref(place)
        if isinstance(place, CastRef):
            return self.address(place.base)
        assert isinstance(place, ValueRef)
        operand, type_ = self.value(place.value), machine(place.type)
        if type_ is None:
            return operand
        scratch = self.static(bytes(type_.size), 8)
        self.store_to(scratch, type_, operand)
        return scratch

    def _deref(self, place: DerefRef) -> str:
        single = machine(place.type) is not None
        return self.follow(self.value(place.pointer), place.type.size, 1 if single else place.type.align, place)

    def follow(self, offset: str, size: int, align: int, place: DerefRef | Place) -> str:
        """Pointer to an offset that lies inside of the memory with `size` bytes; anything else is a fault."""
        text = self.text
        limit = text.let("load i64, ptr @limit, align 8")
        room = text.let(f"sub i64 {limit}, {size + layout.HEADER}")
        behind = text.let(f"sub i64 {offset}, {layout.HEADER}")
        bad = text.let(f"icmp ugt i64 {behind}, {room}")
        name = place.text if isinstance(place, DerefRef) else "the object"
        message = f"{name} holds the address {{0}}, where no {place.type.name} lies"
        self.guard(bad, "null or foreign pointer", place.at, message, offset)
        if align > 1:
            odd = text.let(f"and i64 {offset}, {align - 1}")
            self.guard(text.let(f"icmp ne i64 {odd}, 0"), "null or foreign pointer", place.at, message, offset)
        return text.let(f"getelementptr i8, ptr %mem, i64 {offset}")

    def reference(self, place: Place, formal: Type) -> str:
        """The arguments of an in-out or output: its address and, for ARRAY [*], the bounds."""
        if isinstance(place, DerefRef) and machine(place.type) is not None:
            pointer = self.follow(self.value(place.pointer), place.type.size, place.type.align, place)
        else:
            pointer = self.address(place)
        if isinstance(formal, String) and isinstance(place.type, String) and formal.size != place.type.size:
            room = self.static(bytes(formal.size), 8)
            self.copy_string(room, formal, pointer)
            self.lent.append((pointer, place.type, room))
            return f"ptr {room}"
        if not isinstance(formal, OpenArray):
            return f"ptr {pointer}"
        bounds = []
        for number in range(formal.dimensions):
            if isinstance(place.type, Array):
                bounds += [f"i64 {place.type.bounds[number][0]}", f"i64 {place.type.bounds[number][1]}"]
            else:
                assert isinstance(place, VariableRef)
                name = symbol(place.variable.name)
                bounds += [f"i64 %lo.{name}.{number}", f"i64 %hi.{name}.{number}"]
        return ", ".join([f"ptr {pointer}", *bounds])

    def give_back(self, since: int) -> None:
        """Copies the strings of other lengths back that a call was lent since."""
        for pointer, type_, room in self.lent[since:]:
            self.copy_string(pointer, type_, room)
        del self.lent[since:]

    def open_element(self, place: ElementRef) -> str:
        """An element of an ARRAY [*]."""
        text, array = self.text, place.base.type
        assert isinstance(array, OpenArray)
        assert isinstance(place.base, VariableRef)
        name, linear = symbol(place.base.variable.name), ""
        for number, index in enumerate(place.indexes):
            wide = self.wide(self.value(index), scalar(index))
            position = text.let(f"sub i64 {wide}, %lo.{name}.{number}")
            last = text.let(f"sub i64 %hi.{name}.{number}, %lo.{name}.{number}")
            bad = text.let(f"icmp ugt i64 {position}, {last}")
            message = f"index {{0}} of {place.text} is outside its bounds, which end at {{1}}"
            self.guard(bad, "index out of bounds", index.at, message, wide, f"%hi.{name}.{number}")
            if linear:
                count = text.let(f"add i64 {last}, 1")
                position = text.let(f"add i64 {text.let(f'mul i64 {linear}, {count}')}, {position}")
            linear = position
        pointer = self.address(place.base)
        return text.let(f"getelementptr inbounds [{array.element.size} x i8], ptr {pointer}, i64 {linear}")

    # ---- objects

    def instance(self, place: Place) -> str:
        """Pointer to the object that a call works on."""
        if isinstance(place.type, Interface):
            return self.follow(self.load(place), 8, 8, place)
        return self.address(place)

    def _attempt(self, expr: Attempt) -> str:
        """The address of an object when its class is one of those wanted, or 0; null stays null."""
        text, found = self.text, self.text.slot("i64")
        offset = self.value(expr.operand)
        text.do(f"store i64 0, ptr {found}")
        look, done, good = text.fresh("look"), text.fresh("asked"), text.fresh("is")
        text.split(text.let(f"icmp eq i64 {offset}, 0"), done, look)
        text.label(look)
        limit = text.let("load i64, ptr @limit, align 8")
        inside = text.let(f"icmp ult i64 {offset}, {text.let(f'sub i64 {limit}, 8')}")
        safe = text.let(f"select i1 {inside}, i64 {offset}, i64 0")
        number = text.let(f"load i64, ptr {text.let(f'getelementptr i8, ptr %mem, i64 {safe}')}, align 1")
        classes = " ".join(f"i64 {one.number}, label %{good}" for one in self.module.classes.get(expr.name, []))
        text.end(f"switch i64 {number}, label %{done} [ {classes} ]")
        text.label(good)
        text.do(f"store i64 {offset}, ptr {found}")
        text.label(done)
        return text.let(f"load i64, ptr {found}")

    def target_of(self, call: CallFunction | CallBlock) -> tuple[str, str]:
        """The function to call and a first argument that it may need: methods of unknown objects are looked up."""
        pou = call.pou
        choices = self.module.implementations(pou) if call.virtual else []
        place = call.instance
        known = (
            len({one.name for _, one in choices}) == 1 and place is not None and not isinstance(place.type, Interface)
        )
        if not choices and not (call.virtual and pou.abstract):
            return function_name(pou), ""
        if known:
            return function_name(choices[0][1]), ""
        message = f"an object of {(pou.owner or pou).name} was expected, its class is {{0}}"
        number = self.module.location(self.pou, "null or foreign pointer", call.at, message)
        name = f"@virtual.{symbol(pou.name)}"
        if name not in self.module.dispatchers:
            self.module.dispatchers[name] = dispatcher(name, pou, choices)
        return name, f"i64 {number}, "


def dispatcher(name: str, pou: Pou, choices: list[tuple[int, Pou]]) -> str:
    """A function that calls the method, or the body, of whatever class an object has."""
    kind = result_type(pou) if pou.kind not in ("FUNCTION_BLOCK", "CLASS") else "i64"
    parameters = parameters_of(pou)
    lines = [f"define internal {kind} {name}(i64 %place, {', '.join(parameters)}) {{", "  %class = load i64, ptr %self"]
    cases = " ".join(f"i64 {number}, label %c{number}" for number, _ in choices)
    lines.append(f"  switch i64 %class, label %none [ {cases} ]")
    for number, one in choices:
        names = [own.replace("noalias ", "") for own in parameters]
        lines += [f"c{number}:", f"  %r{number} = call {kind} {function_name(one)}({', '.join(names)})"]
        lines.append(f"  ret {kind} %r{number}")
    lines += ["none:", "  call void @fault(ptr %head, i64 %place, i64 %class, i64 0, i64 %t)"]
    if kind == "i64":
        return "\n".join([*lines, "  ret i64 -1", "}", ""])
    zero = "null" if kind.endswith("ptr}") else "zeroinitializer"
    value = kind.removeprefix("{i64, ").removesuffix("}")
    return "\n".join([*lines, f"  ret {kind} {{ i64 -1, {value} {zero} }}", "}", ""])
