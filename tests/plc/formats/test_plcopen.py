from pathlib import Path

import pytest

from hil.plc import compile_text
from hil.plc.formats import read_units
from tests.plc._scan import values
from tests.plc.formats._samples import PLCOPEN, drawn, read

METHODS = """<project><types><pous><pou name="Lamp" pouType="functionBlock">
<interface><localVars><variable name="lit"><type><BOOL/></type></variable></localVars>
<addData><data name="pouinheritance"><Inheritance><Extends>Light</Extends><Implements>I_Lamp</Implements></Inheritance>
</data></addData></interface>
<actions><action name="toggle"><body><ST><xhtml>lit := NOT lit;</xhtml></ST></body></action></actions>
<body><ST><xhtml>toggle();</xhtml></ST></body>
<addData><data name="method"><Method name="On"><interface><returnType><BOOL/></returnType>
<inputVars><variable name="dim"><type><INT/></type></variable></inputVars></interface>
<body><ST><xhtml>lit := TRUE;</xhtml></ST></body></Method></data>
<data name="property"><Property name="Lit"><interface><returnType><BOOL/></returnType></interface>
<GetAccessor><body><ST><xhtml>Lit := lit;</xhtml></ST></body></GetAccessor></Property></data></addData>
</pou></pous></types></project>"""

TYPES = {
    "<derived name='Other'/>": "Other",
    "<STRING/>": "STRING", "<string/>": "STRING", "<wstring length='9'/>": "WSTRING[9]",
    "<array><dimension lower='0' upper='1'/><dimension lower='-3' upper='N'/><baseType><INT/></baseType></array>":
        "ARRAY [0..1, -3..N] OF INT",
    "<enum><values><value name='A'/><value name='B' value='7'/></values></enum>": "(A, B := 7)",
    "<subrangeSigned><range lower='-5' upper='5'/><baseType><INT/></baseType></subrangeSigned>": "INT (-5..5)",
    "<pointer><baseType><REAL/></baseType></pointer>": "POINTER TO REAL",
}  # fmt: skip

EDITION_10 = """<Project xmlns="www.iec.ch/public/TC65SC65BWG7TF10" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<Types><GlobalNamespace>
<DataTypeDecl name="Kind"><UserDefinedTypeSpec xsi:type="EnumTypeWithNamedValueSpec">
<Enumerator name="SLOW"><Value><SimpleValue value="3"/></Value></Enumerator><Enumerator name="FAST"/>
</UserDefinedTypeSpec></DataTypeDecl>
<Program name="Main"><Vars accessSpecifier="private">
<Variable name="row"><Type><InstantlyDefinedType xsi:type="ArrayTypeSpec"><BaseType><TypeName>INT</TypeName></BaseType>
<DimensionSpec dimensionNumber="1"><IndexRange lower="0" upper="3"/></DimensionSpec></InstantlyDefinedType></Type>
</Variable>
<Variable name="sum"><Type><TypeName>INT</TypeName></Type><InitialValue><SimpleValue value="40"/></InitialValue>
</Variable>
</Vars><MainBody><BodyContent xsi:type="FBD"><Network evaluationOrder="1">
<FbdObject xsi:type="DataSource" identifier="sum"><ConnectionPointOut connectionPointOutId="1"/></FbdObject>
<FbdObject xsi:type="Block" typeName="ADD"><InputVariables>
<InputVariable parameterName="a"><ConnectionPointIn><Connection refConnectionPointOutId="1"/>
</ConnectionPointIn></InputVariable>
<InputVariable parameterName="b"><ConnectionPointIn><Connection refConnectionPointOutId="1"/>
</ConnectionPointIn></InputVariable>
</InputVariables><OutputVariables><OutputVariable parameterName=""><ConnectionPointOut connectionPointOutId="4"/>
</OutputVariable></OutputVariables></FbdObject>
<FbdObject xsi:type="DataSink" identifier="row[2]"><ConnectionPointIn><Connection refConnectionPointOutId="4"/>
</ConnectionPointIn></FbdObject>
</Network></BodyContent></MainBody></Program>
</GlobalNamespace></Types>
<Instances><Configuration name="Plant"><Resource name="Cpu"><Task name="Fast" interval="T#1ms" priority="1"/>
<ProgramInstance name="main1" typeName="Main" associatedTaskName="Fast"/></Resource></Configuration></Instances>
</Project>"""


def test_a_document_becomes_types_units_and_configurations(tmp_path: Path) -> None:
    project = read(tmp_path, "mixer.xml", PLCOPEN)
    assert [(one.kind, one.name) for one in project.units] == [
        ("TYPE", "Recipe"), ("PROGRAM", "Mixer"), ("CONFIGURATION", "Plant"),
    ]  # fmt: skip
    type_, program, configuration = (one.text for one in project.units)
    assert "grams : ARRAY [1..3] OF REAL := [2(0.5), 1];\nlabel : STRING[12];" in type_
    assert program.startswith("PROGRAM Mixer\nVAR RETAIN\nn AT %MW4 : INT := 3;\nEND_VAR\nIF n < 9 THEN\n")
    assert "RESOURCE Cpu ON PLC\nVAR_GLOBAL\nshift : Recipe;\nEND_VAR\nTASK Slow (INTERVAL := T#0.1s" in configuration


def test_the_document_runs(tmp_path: Path) -> None:
    program = compile_text("".join(one.text for one in read(tmp_path, "mixer.xml", PLCOPEN).units))
    memory = program.new_memory()
    assert program.run(memory, 100, 0, 100_000_000) is None
    assert (program.period, program.read(memory, "n"), program.read(memory, "shift.grams[2]")) == (100_000_000, 9, 0.5)


@pytest.mark.parametrize("space", ["http://www.plcopen.org/xml/tc6_0200", "http://www.plcopen.org/xml/tc6.xsd", ""])
def test_the_namespace_does_not_matter(tmp_path: Path, space: str) -> None:
    text = PLCOPEN.replace("http://www.plcopen.org/xml/tc6_0201", space)
    assert len(read(tmp_path, "mixer.xml", text).units) == 3


def test_code_keeps_its_place_behind_references(tmp_path: Path) -> None:
    unit = read(tmp_path, "mixer.xml", PLCOPEN).units[1]
    line = PLCOPEN.split("\n").index(next(one for one in PLCOPEN.split("\n") if "IF n" in one)) + 1
    column = PLCOPEN.split("\n")[line - 1].index("IF n") + 1
    assert unit.place(5, 1) == (line, column)
    assert unit.place(5, 8) == (line, column + 7 + len("lt;"))
    assert unit.place(6, 3) == (line + 1, 3)


def test_methods_properties_actions_and_bases(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, "lamp.xml", METHODS).units
    assert unit.text == (
        "FUNCTION_BLOCK Lamp EXTENDS Light IMPLEMENTS I_Lamp\nVAR\nlit : BOOL;\nEND_VAR\n"
        "METHOD On : BOOL\nVAR_INPUT\ndim : INT;\nEND_VAR\nlit := TRUE;\nEND_METHOD\n"
        "PROPERTY Lit : BOOL\nGET\nLit := lit;\nEND_GET\nEND_PROPERTY\n"
        "ACTION toggle:\nlit := NOT lit;\nEND_ACTION\ntoggle();\nEND_FUNCTION_BLOCK\n"
    )


@pytest.mark.parametrize("spelled", TYPES, ids=range(len(TYPES)))
def test_types(tmp_path: Path, spelled: str) -> None:
    text = f"<types><dataTypes><dataType name='T'><baseType>{spelled}</baseType></dataType></dataTypes></types>"
    assert read(tmp_path, "t.xml", text).units[0].text == f"TYPE\nT : {TYPES[spelled]};\nEND_TYPE\n"


def test_a_type_that_is_none_is_named(tmp_path: Path) -> None:
    project = read(tmp_path, "t.xml", PLCOPEN.replace("<REAL/>", "<matrix><x/></matrix>"))
    assert project.problems[0].endswith(
        ":6:87: error: type Recipe: the type <matrix> is not known; use one of IEC 61131-3"
    )


def test_the_declaration_as_text_comes_first(tmp_path: Path) -> None:
    (unit,) = read(tmp_path, "p.xml", drawn("VAR x : INT; // kept\nEND_VAR")).units
    assert unit.text == "PROGRAM P\nVAR x : INT; // kept\nEND_VAR\nEND_PROGRAM\n"


def test_instruction_lists_are_named(tmp_path: Path) -> None:
    project = read(tmp_path, "p.xml", drawn("VAR x : INT; END_VAR", "LD x", language="IL"))
    assert project.problems[0].endswith(
        "the body of P is in IL, which is not supported; write it in ST, FBD, LD or SFC"
    )


def test_edition_10_reads_as_its_predecessor(tmp_path: Path) -> None:
    project = read(tmp_path, "main.xml", EDITION_10)
    assert project.problems == ()
    assert project.units[0].text == "TYPE\nKind : (SLOW := 3, FAST);\nEND_TYPE\n"
    program = compile_text("".join(one.text for one in project.units))
    memory = program.new_memory()
    assert program.run(memory, 1, 0, 1_000_000) is None
    assert (program.period, program.read(memory, "row[2]")) == (1_000_000, 80)


def test_a_comment_that_is_open_at_the_end_of_a_body_ends_there(tmp_path: Path) -> None:
    text = drawn("VAR x : INT; END_VAR", "<xhtml>x := 1; (* and (* so *) on</xhtml>", language="ST")
    (unit,) = read(tmp_path, "p.xml", text).units
    assert unit.text.endswith("x := 1; (* and (* so *) on *)\nEND_PROGRAM\n")


@pytest.mark.parametrize(("said", "read_as"), [
    ("hello", "'hello'"), ("'hello'", "'hello'"), ("two words", "'two words'"), ("gc_hello", "gc_hello"),
    ("HELLO", "HELLO"), ("CONCAT(a, 'b')", "CONCAT(a, 'b')"), ("Texts.hello", "Texts.hello"),
])  # fmt: skip
def test_initial_strings_with_and_without_quotes(tmp_path: Path, said: str, read_as: str) -> None:
    text = PLCOPEN.replace("<INT/>", "<string/>").replace('"3"', f'"{said}"')
    assert f": STRING := {read_as};\n" in read(tmp_path, "mixer.xml", text).units[1].text


def test_an_interval_of_zero_is_as_often_as_the_plc_scans(tmp_path: Path) -> None:
    path = tmp_path / "free.xml"
    text = '<task name="Free" interval="PT0S" priority="1"><pouInstance name="p" typeName="P"/></task>'
    text = f'<instances><configurations><configuration name="C"><resource name="R">{text}</resource></configuration>'
    path.write_text(
        f'<project xmlns="http://www.plcopen.org/xml/tc6_0201">{text}</configurations></instances></project>'
    )
    (unit,) = [one for one in read_units([path]).units if one.kind == "CONFIGURATION"]
    assert "INTERVAL" not in unit.text
    assert "PRIORITY := 1" in unit.text


def test_a_body_that_holds_the_whole_unit_is_the_unit(tmp_path: Path) -> None:
    whole = "\nPROGRAM Pump\nVAR runs : BOOL := TRUE; END_VAR\nEND_PROGRAM\n"
    pou = f'<pou name="Pump" pouType="PROGRAM"><body><ST><![CDATA[{whole}]]></ST></body></pou>'
    project = read(tmp_path, "pump.xml", f"<project><types><pous>{pou}</pous></types></project>")
    assert project.problems == ()
    assert [(one.kind, one.name, one.text) for one in project.units] == [("PROGRAM", "Pump", whole)]


@pytest.mark.parametrize("plain", [True, False])
def test_the_name_of_a_list_of_global_variables_may_stand_before_them(tmp_path: Path, plain: bool) -> None:
    data = "<addData><data name='text'><InterfaceAsPlainText>VAR_GLOBAL n : INT; END_VAR</InterfaceAsPlainText></data>"
    inner = f"{data}</addData>" if plain else "<variable name='n'><type><INT/></type></variable>"
    lists = "".join(f"<globalVars name='{name}'>{inner}</globalVars>" for name in ("North", "South"))
    text = drawn("VAR x : INT; END_VAR", "<xhtml>South.n := 3; x := North.n + South.n;</xhtml>", language="ST")
    units = read(
        tmp_path, "p.xml", text.replace("</project>", f"<addData><data>{lists}</data></addData></project>")
    ).units
    assert values("".join(one.text for one in units), "x") == [3]
