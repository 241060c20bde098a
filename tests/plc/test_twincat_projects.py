"""What the project files of TwinCAT leave out, and lists of global variables of one name in several projects."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plc.test_check import LISTED, OBJECT, compiled, judged, said

LIST = "<TcPlcObject><GVL Name='{0}'><Declaration><![CDATA[VAR_GLOBAL greeting : STRING := '{1}'; END_VAR]]>"
LIST += "</Declaration></GVL></TcPlcObject>"
USER = OBJECT.format("P", "PROGRAM P VAR s : STRING; END_VAR", "s := greeting;")
LEFT_OUT = "<ExcludeFromBuild>true</ExcludeFromBuild>"
TWO = {"En/En.TcGVL": LIST.format("En", "hello"), "De/De.TcGVL": LIST.format("De", "hallo"), "P.TcPOU": USER}


def project(folder: str = "", file: str = "") -> str:
    """A project of two lists of texts; properties of the German folder and of the file inside."""
    files = "<Compile Include='P.TcPOU'/><Compile Include='En\\En.TcGVL'/>"
    files += f"<Compile Include='De\\De.TcGVL'>{file}</Compile><Folder Include='De'>{folder}</Folder>"
    return LISTED.format(files)


@pytest.mark.parametrize("flags", [(LEFT_OUT, ""), ("", LEFT_OUT)])
@pytest.mark.parametrize("given", [(), ("P.TcPOU",), ("P.TcPOU", "De/De.TcGVL", "En/En.TcGVL")])
def test_what_is_left_out_of_the_build_is_seen_by_nobody(
    tmp_path: Path, flags: tuple[str, str], given: tuple[str, ...]
) -> None:
    outcome = judged(tmp_path, {**TWO, "p.plcproj": project(*flags)}, *given)
    assert (said(outcome), set(compiled(outcome).values())) == ([], {True})


def test_what_two_lists_of_a_project_declare_is_named_with_its_list(tmp_path: Path) -> None:
    outcome = judged(tmp_path, {**TWO, "p.plcproj": project()})
    assert said(outcome) == ["P.TcPOU:1:134: greeting is a variable of several lists; write EN.GREETING or DE.GREETING"]


def test_lists_of_one_name_in_two_projects_stay_apart(tmp_path: Path) -> None:
    user = OBJECT.format("P", "PROGRAM P VAR s : STRING; f : Far; END_VAR", "s := greeting; f();")
    block = OBJECT.format("Far", "FUNCTION_BLOCK Far VAR s : STRING; END_VAR", "s := greeting;")
    files = {"a/Texts.TcGVL": LIST.format("Texts", "one"), "a/P.TcPOU": user}
    files |= {"b/Texts.TcGVL": LIST.format("Texts", "two"), "b/Far.TcPOU": block}
    outcome = judged(tmp_path, files, *files)
    assert (said(outcome), set(compiled(outcome).values())) == ([], {True})
