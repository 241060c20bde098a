"""Programs in every format: run by file, folder or project file, with the places of the original."""

from pathlib import Path

import pytest

from hil.errors import InputError
from hil.plc import compile_file
from tests.plc.formats._samples import PLCOPEN

OBJECT = "<TcPlcObject>\n<POU Name='{0}'>\n<Declaration><![CDATA[{1}]]></Declaration>\n"
OBJECT += "<Implementation><ST><![CDATA[{2}]]></ST></Implementation></POU></TcPlcObject>"
BLOCK = "FUNCTION_BLOCK F\nVAR_OUTPUT n : INT; END_VAR"


def twincat(folder: Path) -> Path:
    """A project of two listed sources; the program divides by zero in its second scan."""
    listed = "".join(f'<Compile Include="{one}" />' for one in ("P.TcPOU", "sub\\F.TcPOU"))
    (folder / "x.plcproj").write_text(f"<Project><ItemGroup>{listed}</ItemGroup></Project>")
    (folder / "Old.TcPOU").write_text(OBJECT.format("P", "PROGRAM P", "?"))
    (folder / "sub").mkdir()
    (folder / "sub" / "F.TcPOU").write_text(OBJECT.format("F", BLOCK, "n := n + 1;"))
    declared = "PROGRAM P\nVAR f : F; n, z : INT := 1; END_VAR"
    (folder / "P.TcPOU").write_text(OBJECT.format("P", declared, "f();\nn := f.n / z;\nz := 0;"))
    return folder / "x.plcproj"


@pytest.mark.parametrize("by", ["project file", "folder"])
def test_a_twincat_project_runs(by: str, tmp_path: Path) -> None:
    project = twincat(tmp_path)
    program = compile_file(project if by == "project file" else tmp_path)
    memory = program.new_memory()
    assert program.scan(memory, 0) is None
    assert program.read(memory, "n") == 1
    fault = program.scan(memory, 10)
    assert fault is not None
    assert (Path(fault.file).name, fault.kind) == ("P.TcPOU", "division by zero")
    line = (tmp_path / "P.TcPOU").read_text().splitlines()[fault.line - 1]
    assert line[fault.column - 1 :].startswith(("f.n / z", "/ z"))


def test_the_cache_follows_every_file_of_a_project(tmp_path: Path) -> None:
    project = twincat(tmp_path)
    before = compile_file(project)
    (tmp_path / "sub" / "F.TcPOU").write_text(OBJECT.format("F", BLOCK, "n := n + 2;"))
    after = compile_file(project)
    assert before.digest != after.digest
    memory = after.new_memory()
    after.scan(memory, 0)
    assert after.read(memory, "n") == 2


def test_plcopen_xml_runs(tmp_path: Path) -> None:
    file = tmp_path / "p.xml"
    file.write_text(PLCOPEN)
    program = compile_file(file)
    memory = program.new_memory()
    assert (program.period, program.read(memory, "mixer1.n")) == (100_000_000, 3)
    assert program.run(memory, 3, 0, 100_000_000) is None
    assert program.read(memory, "n") == 6


def test_what_is_no_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no regular file; give a file or a folder"):
        compile_file("/dev/zero")
    (tmp_path / "x.txt").write_text("nothing")
    with pytest.raises(InputError, match="no PLC source is recognised in this file"):
        compile_file(tmp_path / "x.txt")
    with pytest.raises(InputError, match="1:1: error: no PROGRAM in here; declare one"):
        compile_file(tmp_path)
