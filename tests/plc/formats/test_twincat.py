from pathlib import Path

from hil.plc.formats import read_units
from tests.plc.formats._samples import TWINCAT, only, read

WHOLE = """FUNCTION_BLOCK FB_Valve EXTENDS FB_Base
VAR
	open : BOOL;
END_VAR
METHOD Close : BOOL
open := FALSE;
END_METHOD
PROPERTY IsOpen : BOOL
GET
VAR
END_VAR
IsOpen := open;
END_GET
END_PROPERTY
ACTION Blink:
open := NOT open;
END_ACTION
open := TRUE;
Blink();
END_FUNCTION_BLOCK
"""
GLOBALS = """<TcPlcObject><GVL Name="GVL_Plant"><Declaration><![CDATA[{attribute 'qualified_only'}
VAR_GLOBAL
	speed : REAL;
END_VAR
]]></Declaration></GVL></TcPlcObject>"""
TASK = """<TcPlcObject><Task Name="PlcTask"><CycleTime>10000</CycleTime><Priority>20</Priority>
<PouCall><Name>MAIN</Name></PouCall></Task></TcPlcObject>"""
PROJECT = """<Project xmlns="http://schemas.microsoft.com/developer/msbuild/2003"><ItemGroup>
<Compile Include="POUs\\fb_valve.TcPOU"><SubType>Code</SubType></Compile>
<Compile Include="POUs\\Gone.TcPOU"/>
<Compile Include="POUs\\Old.TcPOU"><ExcludeFromBuild>true</ExcludeFromBuild></Compile>
<PlaceholderReference Include="Tc2_Standard"/><LibraryReference Include="Tc2_System,*,Beckhoff"/>
</ItemGroup></Project>"""


def test_members_stand_between_declaration_and_body_with_their_closing_words(tmp_path: Path) -> None:
    unit = only(tmp_path, "FB_Valve.TcPOU", TWINCAT)
    assert (unit.text, unit.kind, unit.name, unit.dialect) == (WHOLE, "FUNCTION_BLOCK", "FB_Valve", "twincat")


def test_every_character_of_the_file_keeps_its_place(tmp_path: Path) -> None:
    unit = only(tmp_path, "FB_Valve.TcPOU", TWINCAT)
    lines = TWINCAT.removeprefix("\ufeff").split("\n")
    for words in ("EXTENDS FB_Base", "open : BOOL", "open := FALSE", "IsOpen := open", "NOT open", "Blink();"):
        number, line = next((n, one) for n, one in enumerate(unit.text.split("\n"), 1) if words in one)
        place, column = unit.place(number, line.index(words) + 1)
        assert lines[place - 1][column - 1 :].startswith(words)


def test_access_words_of_accessors_are_left_out(tmp_path: Path) -> None:
    text = TWINCAT.replace("<![CDATA[VAR\nEND_VAR", "<![CDATA[PROTECTED FINAL\nVAR\nEND_VAR")
    unit = only(tmp_path, "FB_Valve.TcPOU", text)
    assert unit.text == WHOLE
    assert unit.place(10, 1) == (24, 1)


def test_a_closing_word_belongs_to_the_end_of_the_body(tmp_path: Path) -> None:
    unit = only(tmp_path, "FB_Valve.TcPOU", TWINCAT)
    assert unit.place(20, 1) == (11, 9)


def test_a_list_of_global_variables_has_its_name_and_its_pragma(tmp_path: Path) -> None:
    unit = only(tmp_path, "GVL_Plant.TcGVL", GLOBALS)
    assert (unit.kind, unit.name) == ("VAR_GLOBAL", "GVL_Plant")
    assert unit.text.startswith("{list GVL_Plant}{attribute 'qualified_only'}\nVAR_GLOBAL\n")


def test_an_interface_has_methods_without_bodies(tmp_path: Path) -> None:
    text = "<TcPlcObject><Itf Name='I_Run'><Declaration>INTERFACE I_Run</Declaration><Method Name='Go'>"
    text += "<Declaration>METHOD Go : BOOL</Declaration></Method></Itf></TcPlcObject>"
    unit = only(tmp_path, "I_Run.TcIO", text)
    assert unit.text == "INTERFACE I_Run\nMETHOD Go : BOOL\nEND_METHOD\nEND_INTERFACE\n"


def test_a_task_is_a_configuration(tmp_path: Path) -> None:
    unit = only(tmp_path, "PlcTask.TcTTO", TASK)
    assert unit.kind == "CONFIGURATION"
    assert "TASK PlcTask (INTERVAL := T#10000us, PRIORITY := 20);\nPROGRAM MAIN WITH PlcTask : MAIN;\n" in unit.text


def test_a_language_of_its_own_is_named(tmp_path: Path) -> None:
    text = TWINCAT.replace("<ST><![CDATA[open := TRUE;\nBlink();]]></ST>", "<NWL><XmlArchive/></NWL>")
    (problem,) = read(tmp_path, "FB_Valve.TcPOU", text).problems
    assert "10:7: error: the body of FB_Valve is in FBD or LD, which this format keeps for itself; write it" in problem


def test_a_declaration_that_declares_nothing_is_a_problem(tmp_path: Path) -> None:
    project = read(tmp_path, "FB_Valve.TcPOU", TWINCAT.replace("FUNCTION_BLOCK FB_Valve", "VALVE"))
    assert "4:27: error: the declaration begins with no FUNCTION_BLOCK, FUNCTION, PROGRAM" in project.problems[0]


def test_a_project_lists_its_files_and_libraries(tmp_path: Path) -> None:
    (tmp_path / "POUs").mkdir()
    for name in ("FB_Valve", "Old", "Stray"):
        (tmp_path / "POUs" / f"{name}.TcPOU").write_text(TWINCAT.replace("FB_Valve", name))
    (tmp_path / "plant.plcproj").write_text(PROJECT)
    for given in (tmp_path, tmp_path / "plant.plcproj"):
        project = read_units([given])
        assert [one.name for one in project.units] == ["FB_Valve"]
        assert project.libraries == ("Tc2_Standard", "Tc2_System")
        assert project.problems[0].endswith(
            "plant.plcproj:3:1: error: the project lists POUs\\Gone.TcPOU, which is not there; add or unlist it"
        )
