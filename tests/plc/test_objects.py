"""Classes, methods, properties and interfaces (IEC 61131-3 clause 6.6.5 to 6.6.7)."""

import pytest

from tests.plc._plc import attempt, errors, ran

SHAPES = """
INTERFACE IShape
  METHOD Area : REAL END_METHOD
  METHOD Grow VAR_INPUT factor : REAL; END_VAR END_METHOD
  PROPERTY Name : STRING GET END_GET END_PROPERTY
END_INTERFACE
FUNCTION_BLOCK ABSTRACT Shape IMPLEMENTS IShape
VAR PROTECTED times : INT; END_VAR
METHOD ABSTRACT Area : REAL END_METHOD
METHOD Grow VAR_INPUT factor : REAL; END_VAR times := times + 1; END_METHOD
METHOD Twice : REAL Twice := 2.0 * THIS^.Area(); END_METHOD
PROPERTY Name : STRING GET Name := 'shape'; END_GET END_PROPERTY
PROPERTY Grown : INT GET Grown := times; END_GET SET times := Grown; END_SET END_PROPERTY
END_FUNCTION_BLOCK
FUNCTION_BLOCK Square EXTENDS Shape
VAR side : REAL := 2.0; END_VAR
METHOD Area : REAL Area := side * side; END_METHOD
METHOD Grow VAR_INPUT factor : REAL; END_VAR SUPER^.Grow(factor); side := side * factor; END_METHOD
END_FUNCTION_BLOCK
FUNCTION_BLOCK Circle EXTENDS Shape
METHOD Area : REAL Area := 3.0; END_METHOD
PROPERTY Name : STRING GET Name := 'circle'; END_GET END_PROPERTY
END_FUNCTION_BLOCK
"""
OBJECTS = "s : Square; c : Circle; i : IShape; x, y, z : REAL; t, u : STRING; n : INT; b : BOOL;"


@pytest.mark.feature("51/INTERFACE", "51/IMPLEMENTS", "51/variable")
def test_an_interface_calls_the_method_of_the_object() -> None:
    found = ran(OBJECTS, "i := s; x := i.Area(); t := i.Name; i := c; y := i.Area(); u := i.Name;", before=SHAPES)
    assert (found["X"], found["Y"], found["T"], found["U"]) == (4.0, 3.0, "shape", "circle")


@pytest.mark.feature("48/SUPER", "48/THIS")
def test_super_is_the_base_and_this_the_object_itself() -> None:
    found = ran(OBJECTS, "s.Grow(factor := 3.0); x := s.Twice(); n := s.Grown;", before=SHAPES)
    assert (found["X"], found["N"]) == (72.0, 1)


@pytest.mark.feature("Edition 4/PROPERTY")
def test_a_property_is_read_and_written_by_its_parts() -> None:
    found = ran(OBJECTS, "s.Grown := 4; s.Grown := s.Grown + 1; n := s.Grown;", before=SHAPES)
    assert found["N"] == 5


def test_an_object_without_an_interface_is_a_fault_when_called() -> None:
    found, fault = attempt(OBJECTS, "n := 1; x := i.Area();", before=SHAPES)
    assert fault is not None
    assert fault.kind == "null or foreign pointer"
    assert fault.message == "the object holds the address 0, where no IShape lies"
    assert found["N"] == 1


@pytest.mark.feature("48/polymorphism", "53/EXTENDS")
def test_an_in_out_of_the_base_takes_what_extends_it() -> None:
    function = "FUNCTION F : REAL VAR_IN_OUT one : Shape; END_VAR F := one.Twice(); END_FUNCTION\n"
    found = ran(OBJECTS, "x := F(s); y := F(one := c);", before=SHAPES + function)
    assert (found["X"], found["Y"]) == (8.0, 6.0)


@pytest.mark.feature("53/body")
def test_the_body_of_a_block_is_virtual_and_super_calls_the_base() -> None:
    blocks = """FUNCTION_BLOCK A VAR n : INT; END_VAR n := n + 1; END_FUNCTION_BLOCK
    FUNCTION_BLOCK B EXTENDS A VAR m : INT; END_VAR SUPER^(); m := m + n; END_FUNCTION_BLOCK
    FUNCTION_BLOCK C VAR_IN_OUT a : A; END_VAR a(); END_FUNCTION_BLOCK\n"""
    found = ran("b : B; c : C;", "c(a := b);", scans=3, before=blocks)
    assert found["B"] == {"n": 3, "m": 6}


@pytest.mark.feature("52/?=")
def test_an_attempt_asks_the_object() -> None:
    found = ran(
        OBJECTS + "q : POINTER TO Square; other : IShape;",
        "i := s; q ?= i; b := q <> 0; x := q^.Area();\n"
        "i := c; q ?= i; n := SEL(q = 0, 1, 2); other ?= i; y := other.Area();",
        before=SHAPES,
    )
    assert (found["B"], found["X"], found["N"], found["Y"]) == (True, 4.0, 2, 3.0)


def test_objects_that_call_each_other_may_nest_but_not_without_end() -> None:
    chain = """INTERFACE INode METHOD Sum : INT END_METHOD END_INTERFACE
    CLASS Node IMPLEMENTS INode VAR PUBLIC following : INode; own : INT; END_VAR
    METHOD PUBLIC Sum : INT Sum := own; IF following <> NULL THEN Sum := Sum + following.Sum(); END_IF; END_METHOD
    END_CLASS\n"""
    declarations, body = "a, b, c : Node; n : INT;", "a.own := 1; b.own := 20; c.own := 300; a.following := b;"
    found = ran(declarations, body + "b.following := c; n := a.Sum();", before=chain)
    assert found["N"] == 321
    _, fault = attempt(declarations, body + "b.following := a; n := a.Sum();", before=chain)
    assert fault is not None
    assert fault.kind == "endless recursion"


def test_initial_values_of_objects() -> None:
    blocks = """INTERFACE I METHOD M : INT END_METHOD END_INTERFACE
    FUNCTION_BLOCK F IMPLEMENTS I VAR k : INT; END_VAR METHOD M : INT M := k; END_METHOD
    METHOD FB_Init : BOOL VAR_INPUT bInitRetains, bInCopyCode : BOOL; start : INT; END_VAR k := start; END_METHOD
    END_FUNCTION_BLOCK\n"""
    assert ran("f : F(start := 7); i : I := f; n : INT;", "n := i.M();", before=blocks)["N"] == 7


@pytest.mark.feature("Extensions/VAR_STAT")
def test_var_inst_and_var_stat_keep_their_values() -> None:
    block = """FUNCTION_BLOCK F
    METHOD M : INT VAR_INST n : INT; END_VAR n := n + 1; M := n; END_METHOD END_FUNCTION_BLOCK
    FUNCTION G : INT VAR_STAT n : INT := 10; END_VAR n := n + 1; G := n; END_FUNCTION\n"""
    found = ran("f, g : F; a, b, c : INT;", "a := f.M(); b := g.M(); b := g.M(); c := G();", scans=2, before=block)
    assert (found["A"], found["B"], found["C"]) == (2, 4, 12)


@pytest.mark.feature("64/NAMESPACE", "66/file")
def test_namespaces_and_using() -> None:
    source = """NAMESPACE Plant.Motors
    TYPE State : (Off, On); END_TYPE
    CLASS Motor VAR PUBLIC state : State; END_VAR METHOD PUBLIC Start state := State#On; END_METHOD END_CLASS
    END_NAMESPACE
    USING Plant.Motors;\n"""
    body = "a.Start(); b.Start(); on := a.state = State#On AND b.state = Plant.Motors.State#On;"
    assert ran("a : Motor; b : Plant.Motors.Motor; on : BOOL;", body, before=source)["ON"] is True


MISTAKES = [
    (
        "FUNCTION_BLOCK ABSTRACT X END_FUNCTION_BLOCK FUNCTION_BLOCK Y VAR a : X; END_VAR VAR_IN_OUT b : X; END_VAR "
        "VAR c : REFERENCE TO X; d : POINTER TO X; END_VAR END_FUNCTION_BLOCK",
        "X is ABSTRACT, so a cannot be one; declare one of a type that extends it, or a reference",
    ),
    (
        "CLASS X METHOD FINAL M END_METHOD END_CLASS CLASS Y EXTENDS X METHOD OVERRIDE M END_METHOD END_CLASS",
        "M is FINAL in X and cannot be replaced; choose another name",
    ),
    (
        "CLASS X END_CLASS CLASS Y EXTENDS X METHOD OVERRIDE M END_METHOD END_CLASS",
        "no base of Y has M, which is OVERRIDE here; remove OVERRIDE or correct the name",
    ),
    (
        "CLASS X METHOD PUBLIC M END_METHOD END_CLASS "
        "CLASS Y VAR x1 : X; END_VAR METHOD F : INT F := x1.M(); END_METHOD END_CLASS",
        "x1.M gives no result; call it as a statement or give it a result type",
    ),
    (
        "FUNCTION G END_FUNCTION FUNCTION F : INT IF G() THEN F := 1; END_IF; END_FUNCTION",
        "G gives no result; call it as a statement or give it a result type",
    ),
    (
        "CLASS X METHOD PUBLIC Start END_METHOD END_CLASS "
        "CLASS Y VAR x1 : X; END_VAR METHOD F : INT x1.Halt(); F := 1; END_METHOD END_CLASS",
        "no member of x1 (X) called Halt here; it has Start",
    ),
    ("FUNCTION_BLOCK X EXTENDS Shape END_FUNCTION_BLOCK", "X does not have AREA; write the METHOD or make it ABSTRACT"),
    (
        "FUNCTION_BLOCK X EXTENDS Square METHOD Area : INT END_METHOD END_FUNCTION_BLOCK",
        "X.AREA differs from ISHAPE.AREA, which it replaces; give it the same parameters and result",
    ),
    (
        "FUNCTION_BLOCK FINAL X END_FUNCTION_BLOCK FUNCTION_BLOCK Y EXTENDS X END_FUNCTION_BLOCK",
        "X is FINAL and cannot",
    ),
    ("FUNCTION_BLOCK X EXTENDS X END_FUNCTION_BLOCK", "X extends itself; remove EXTENDS X"),
    ("FUNCTION_BLOCK X EXTENDS IShape END_FUNCTION_BLOCK", "a FUNCTION_BLOCK does not extend the INTERFACE IShape"),
    ("FUNCTION F : INT F := THIS^.n; END_FUNCTION", "THIS is the object of a METHOD or FUNCTION_BLOCK; remove it here"),
    ("FUNCTION_BLOCK X SUPER^(); END_FUNCTION_BLOCK", "SUPER is the object of a unit that EXTENDS another; remove it"),
    ("FUNCTION_BLOCK X METHOD M END_METHOD METHOD M END_METHOD END_FUNCTION_BLOCK", "M is already a member of X"),
]


@pytest.mark.parametrize(("text", "message"), MISTAKES)
def test_each_mistake_is_one_diagnostic(text: str, message: str) -> None:
    found = errors(SHAPES + text + "\nPROGRAM P END_PROGRAM")
    assert len(found) == 1
    assert message in found[0]
