from pathlib import Path

from hil.plc import compile_text
from tests.plc.formats._samples import read

_CLASSES = {"in": "CFCInputElement", "out": "CFCOutputElement", "box": "CFCBoxElement"}


def value(name: str, said: str | int) -> str:
    return f'<v n="{name}">{said}</v>'


def pin(number: int, negated: bool = False, stores: str = "None") -> str:
    return value("Negated", str(negated).lower()) + value("SetReset", stores) + value("Id", f"{number}L")


def variable(side: str, number: int, words: str, negated: bool = False, stores: str = "None") -> str:
    """An input or output element; its pin has its own number."""
    name = "Output" if side == "in" else "Input"
    text = f'<o n="Text" t="CFCText">{value("Text", f"&quot;{words}&quot;")}</o>{value("Id", f"{number}0L")}'
    return f'<o t="{_CLASSES[side]}"><o n="{name}">{pin(number, negated, stores)}</o>{text}</o>'


def several(name: str, inner: list[str]) -> str:
    return f'<o n="{name}" t="CFCItemList"><l2 n="InnerList">{"".join(f"<o>{one}</o>" for one in inner)}</l2></o>'


def box(number: int, inputs: dict[int, str], outputs: dict[int, str], type_: str, instance: str = "") -> str:
    texts = [value("Text", f'"{one}"') for one in [*inputs.values(), *outputs.values(), type_, instance]]
    pins = several("Inputs", [pin(one) for one in inputs]) + several("Outputs", [pin(one) for one in outputs])
    return f'<o t="CFCBoxElement">{pins}{several("Texts", texts)}{value("Id", f"{number}L")}</o>'


def wire(source: int, target: int) -> str:
    return f'<o t="CFCConnection">{value("SourcePinId", f"{source}L")}{value("DestPinId", f"{target}L")}</o>'


def body(folder: Path, declarations: str, *items: str) -> str:
    """The text of a program drawn in CFC, without problems."""
    archive = f'<o t="CFCImplementationObject"><o n="Items"><l2 n="InnerList">{"".join(items)}</l2></o></o>'
    text = f"<TcPlcObject><POU Name='P'><Declaration>PROGRAM P\n{declarations}</Declaration><Implementation><CFC>"
    project = read(folder, "P.TcPOU", f"{text}{archive}</CFC></Implementation></POU></TcPlcObject>")
    assert project.problems == ()
    return project.units[0].text


def test_items_run_in_their_order_and_hand_on_what_they_have(tmp_path: Path) -> None:
    items = [
        variable("out", 1, "late"), box(5, {6: "", 7: ""}, {8: ""}, "ADD"), variable("out", 2, "x"),
        variable("in", 3, "x"), variable("in", 4, "1"), wire(3, 6), wire(4, 7), wire(8, 2), wire(8, 1),
    ]  # fmt: skip
    program = compile_text(body(tmp_path, "VAR x : INT; late : INT; END_VAR", *items))
    memory = program.new_memory()
    assert program.run(memory, 3, 0, 1_000_000) is None
    assert (program.read(memory, "x"), program.read(memory, "late")) == (3, 2)


def test_function_blocks_are_called_by_the_names_of_their_pins(tmp_path: Path) -> None:
    items = [
        box(5, {6: "IN", 7: "PT"}, {8: "Q", 9: "ET"}, "TON", "delay"), variable("out", 1, "done", negated=True),
        variable("out", 2, "kept", stores="Set"), variable("in", 3, "TRUE"), variable("in", 4, "T#1s"), wire(3, 6),
        wire(4, 7), wire(8, 1), wire(8, 2),
    ]  # fmt: skip
    text = body(tmp_path, "VAR delay : TON; done : BOOL; kept : BOOL; END_VAR", *items)
    assert text.partition("END_VAR\n")[2] == (
        "delay(IN := TRUE, PT := T#1s);\ndone := NOT delay.Q;\nIF delay.Q THEN kept := TRUE; END_IF;\nEND_PROGRAM\n"
    )


def test_structures_are_composed_and_taken_apart(tmp_path: Path) -> None:
    composer = box(5, {6: "a", 7: "b"}, {}, "Pair").replace("CFCBoxElement", "CFCComposerElement")
    composer = composer.replace(
        '<o n="Outputs" t="CFCItemList"><l2 n="InnerList"></l2></o>', f'<o n="Output">{pin(8)}</o>'
    )
    selector = f'<o t="CFCSelectorElement"><o n="Input">{pin(11)}</o>{several("Outputs", [pin(12), pin(13)])}'
    selector += (
        several("Texts", [value("Text", f'"{one}"') for one in ("Pair", "a", "b")]) + value("Id", "20L") + "</o>"
    )
    items = [variable("in", 1, "3"), variable("in", 2, "4"), composer, selector, variable("out", 3, "x")]
    text = body(tmp_path, "VAR x : INT; END_VAR", *items, wire(1, 6), wire(2, 7), wire(8, 11), wire(13, 3))
    assert "net_n_5_structure.a := 3;\nnet_n_5_structure.b := 4;\nx := net_n_5_structure.b;\n" in text
    assert "VAR\nnet_n_5_structure : Pair;\nEND_VAR\n" in text


def test_an_element_that_is_not_known_is_named(tmp_path: Path) -> None:
    items = '<o t="CFCImplementationObject"><o n="Items"><l2 n="InnerList"><o t="CFCNovelty"/></l2></o></o>'
    text = f"<TcPlcObject><POU Name='P'><Declaration>PROGRAM P</Declaration><Implementation><CFC>{items}</CFC>"
    project = read(tmp_path, "P.TcPOU", f"{text}</Implementation></POU></TcPlcObject>")
    assert project.problems[0].endswith("error: the CFC element CFCNovelty is not known; write it in ST")


def test_outputs_without_names_are_named_by_their_instance(tmp_path: Path) -> None:
    items = [box(5, {}, {8: ""}, "RTC", "clock"), variable("out", 1, "x"), wire(8, 1)]
    archive = f'<o t="CFCImplementationObject"><o n="Items"><l2 n="InnerList">{"".join(items)}</l2></o></o>'
    text = f"<TcPlcObject><POU Name='P'><Declaration>PROGRAM P</Declaration><Implementation><CFC>{archive}</CFC>"
    project = read(tmp_path, "P.TcPOU", f"{text}</Implementation></POU></TcPlcObject>")
    assert "the outputs of clock have no names; open the body with its library and save it" in project.problems[0]
