import pytest

from hil.plc.formats import xmltree
from hil.plc.formats.unit import Piece
from hil.plc.formats.xmltree import XmlFault, parse

LAUGHS = """<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<project>&b;</project>"""


def fault(text: str) -> tuple[int, int, str]:
    with pytest.raises(XmlFault) as found:
        parse(text)
    return found.value.line, found.value.column, found.value.text


def test_elements_know_their_place() -> None:
    root = parse("<a>\n  <p:Body p:Kind='x'/>\n</a>")
    body = next(iter(root))
    assert (body.tag, body.attributes, body.line, body.column) == ("body", {"kind": "x"}, 2, 3)


def test_text_knows_its_place_behind_references_and_in_cdata() -> None:
    assert parse("<a>é&lt;b\nc<![CDATA[d]]></a>").pieces() == [
        Piece("é<", 1, 4), Piece("b\nc", 1, 9), Piece("d", 2, 11),
    ]  # fmt: skip


def test_a_document_type_is_refused() -> None:
    assert fault(LAUGHS) == (2, 16, "a document type or entities of its own are not read; remove the DOCTYPE")


def test_an_external_entity_is_refused() -> None:
    assert fault("<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>")[2].endswith("remove the DOCTYPE")


def test_deep_nesting_is_refused() -> None:
    assert fault("<a>" * 100_000) == (1, 601, "<a> lies deeper than 200 levels; export it again")


def test_many_elements_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltree, "MOST_ELEMENTS", 1000)
    assert fault("<r>" + "<a/>" * 1000 + "</r>")[2] == "more than 1000 elements in one file; export it in parts"


def test_broken_xml_says_where() -> None:
    assert fault("<a>\n  <b></c>") == (2, 8, "this is no XML: mismatched tag; repair or export it again")


def test_paragraphs_end_a_line() -> None:
    text = parse("<ST><p>a := 1;</p><p>b := 2;<br/>c := 3;</p></ST>").text()
    assert text == "a := 1;\nb := 2;\nc := 3;"
