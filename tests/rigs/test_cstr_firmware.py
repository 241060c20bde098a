"""The reactor's controller as firmware: both boards, both emulators, and images that end badly."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from hil.bench.rig import open_rig
from hil.bench.run import Options, Run
from hil.errors import InputError
from tests.targets._images import build

RIG = Path(__file__).parents[2] / "rigs" / "cstr"
SHORTER = {"scenarios.brief.duration": "7min"}
MAIN = """
#include "uart.h"
int main(void)
{
    uint8_t byte;
    uart_start();
    for (;;) {
        if (uart_take(&byte)) { BODY }
        else uart_wait();
    }
}
"""


def run(out: Path, image: Path, emulator: str = "unicorn", **options: Any) -> dict[str, Any]:
    part = {"image": str(image), "board": image.parent.name, "emulator": emulator}
    changes = SHORTER | {f"targets.firmware.{key}": value for key, value in part.items()}
    return Run(open_rig(RIG, changes), Options(folder=out, target="firmware", scenario="brief", **options)).execute()


def built(folder: Path, body: str) -> Path:
    """Build an image that does something when the first byte has come."""
    (folder / "lm3s6965evb").mkdir()
    return build(folder / "lm3s6965evb", MAIN.replace("BODY", body))[0].path


@pytest.fixture(scope="module")
def fused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return Run(open_rig(RIG, SHORTER), Options(folder=tmp_path_factory.mktemp("fused"), scenario="brief")).execute()


@pytest.mark.parametrize("emulator", ["unicorn", "qemu"])
@pytest.mark.parametrize("board", ["lm3s6965evb", "mps2-an386"])
def test_each_board_in_each_emulator_gives_the_programs_record(
    board: str, emulator: str, images: Path, tmp_path: Path, fused: dict[str, Any]
) -> None:
    if emulator == "qemu" and shutil.which("qemu-system-arm") is None:
        pytest.skip("no qemu-system-arm; sudo apt-get install qemu-system-arm")
    result = run(tmp_path, images / board / "reactor.elf", emulator)
    assert (result["verdict"], result["record"]["digest"]) == ("pass", fused["record"]["digest"])
    assert (result["target"]["name"], result["target"]["board"]) == ("firmware", board)
    assert result["target"]["compiler"].startswith("GCC: ")
    assert result["target"]["emulator"].lower().startswith(emulator)
    digests = {one["path"]: one["digest"] for one in result["inputs"]}
    assert digests[result["target"]["image"]] == result["target"]["digest"]


def test_one_image_twice_gives_one_record(images: Path, tmp_path: Path) -> None:
    results = [run(tmp_path / name, images / "lm3s6965evb" / "reactor.elf", seed=7) for name in ("first", "second")]
    assert len({one["record"]["digest"] for one in results}) == 1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("for (;;) ;", "computes for 1s without an answer, at pc 0x"),
        (
            "*(volatile int *)0xA0000000 = 1;",
            "writes 4 bytes at 0xa0000000, nothing of the board lm3s6965evb, at pc 0x",
        ),
    ],
)
def test_an_image_that_stops_fails_the_run_and_says_where(body: str, words: str, images: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "run", built(tmp_path, body))
    assert result["verdict"] == "fail"
    assert "the controller stopped with a fault: image.elf" in result["ended"]
    assert words in result["ended"]
    assert "(main+0x" in result["ended"]


def test_an_image_that_answers_nothing_is_an_error_of_the_wire(images: Path, tmp_path: Path) -> None:
    result = run(tmp_path / "run", built(tmp_path, ""))
    assert result["verdict"] == "error"
    assert "no answer within 1s; the image waits at pc 0x" in result["ended"]


def test_without_an_image_the_rig_says_how_to_build_it(tmp_path: Path) -> None:
    (tmp_path / "Makefile").touch()
    with pytest.raises(InputError) as error:
        run(tmp_path / "run", tmp_path / "build" / "lm3s6965evb" / "reactor.elf")
    assert str(error.value).endswith(f"reactor.elf; build it: make -C {tmp_path}")


def test_firmware_is_met_over_its_uart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the target firmware is met over a wire, not over 'memory'; leave --link out"):
        Run(open_rig(RIG), Options(target="firmware", link="memory"))
    with pytest.raises(InputError, match=r"rig\.toml:\d+: firmware is met over its UART, .* not over 'opcua'"):
        Run(open_rig(RIG), Options(target="firmware", link="opcua", folder=tmp_path)).execute()
