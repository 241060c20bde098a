import re

from tests.house._tree import ROOT, files

README = (ROOT / "README.md").read_text()


def test_the_rig_of_the_readme_is_the_rig_of_the_tree() -> None:
    (shown,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    rig = (ROOT / "rigs" / "cstr" / "rig.toml").read_text().splitlines()
    assert [line for line in shown.splitlines() if line not in rig] == []


def test_every_path_that_a_paper_names_is_there() -> None:
    named = re.compile(r"`((?:hil|plant_models|controllers|rigs|tests|ci|docs)/[\w./-]*)`|\]\(([\w./-]+)\)")
    missing = [
        f"{paper.name}: {path}"
        for paper in files("*.md")
        if paper.parent == ROOT
        for path in map("".join, named.findall(paper.read_text()))
        if not (ROOT / path).exists() and not re.search("NAME|INDUSTRY", path)
    ]
    assert missing == []
