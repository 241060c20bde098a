import pytest

from hil.links.opcua_types import elementary


@pytest.mark.parametrize(
    ("type_name", "kind", "built_in", "scale"),
    [
        ("REAL", "f4", "Float", 1),
        ("bool", "u1", "Boolean", 1),
        ("BYTE", "u1", "Byte", 1),
        ("LWORD", "u8", "UInt64", 1),
        ("TIME", "i8", "Int64", 1_000_000),
        ("LTIME", "i8", "Int64", 1),
        ("STRING[80]", "S81", "String", 1),
        ("WSTRING[9]", "V18", "String", 1),
        ("CHAR", "u1", "Byte", 1),
        ("WCHAR", "u2", "UInt16", 1),
        ("Colour", "i2", "Int16", 1),
        ("Percent", "u1", "Byte", 1),
        ("DATE", "i8", "DateTime", 1000),
        ("LDT", "i8", "Int64", 1),
        ("TOD", "i8", "UInt32", 1_000_000),
        ("INT(0..100)", "i2", "Int16", 1),
    ],
)
def test_a_type_travels_as_what_it_is_in_memory(type_name: str, kind: str, built_in: str, scale: int) -> None:
    how = elementary(type_name, kind)
    assert (how.built_in, how.scale) == (built_in, scale)
