"""Other compilers of Structured Text, where they are built: their code for the same program, as a shared object."""

import ctypes
import subprocess
from collections.abc import Callable
from pathlib import Path

DRIVER = """
#include "iec_std_lib.h"
TIME __CURRENT_TIME;
BOOL __DEBUG;
extern void config_init__(void);
extern void config_run__(unsigned long tick);
void init(void) { config_init__(); }
void run(long long n, long long dt)
{
    for (long long k = 0, t = 0; k < n; k++, t += dt) {
        __CURRENT_TIME.tv_sec = t / 1000000000;
        __CURRENT_TIME.tv_nsec = t % 1000000000;
        config_run__(k);
    }
}
"""
DRIVER_CPP = """
#include "program.hpp"
static strucpp::Configuration_CONF *conf;
extern "C" void init(void) { delete conf; conf = new strucpp::Configuration_CONF(); }
extern "C" void run(long long n, long long dt)
{
    for (long long k = 0, t = 0; k < n; k++, t += dt) {
        strucpp::__CURRENT_TIME_NS = t;
        conf->MAIN.run();
    }
}
"""


def matiec(root: Path, source: Path, folder: Path) -> Path:
    """The program by way of matiec's C, at `gcc -O2`; `root` is the folder of iec2c."""
    subprocess.run([root / "iec2c", "-I", root / "lib", "-T", folder, source], check=True, stdout=subprocess.DEVNULL)
    (folder / "driver.c").write_text(DRIVER)
    sources = [folder / f"{name}.c" for name in ("CONF", "RES", "driver")]
    return _compiled("gcc", sources, root / "lib" / "C", folder / "matiec.so")


def strucpp(root: Path, source: Path, folder: Path) -> Path:
    """The program by way of STruC++'s C++, at `g++ -O2`; `root` is the folder of its package, built."""
    out = folder / "program.cpp"
    subprocess.run(["node", root / "dist/node/cli.js", source, "-o", out], check=True, stdout=subprocess.DEVNULL)
    (folder / "driver.cpp").write_text(DRIVER_CPP)
    return _compiled("g++", [out, folder / "driver.cpp"], root / "src/runtime/include", folder / "strucpp.so")


def _compiled(compiler: str, sources: list[Path], headers: Path, target: Path) -> Path:
    flags = ["-O2", "-w", "-shared", "-fPIC", *(["-std=c++17"] if compiler == "g++" else [])]
    subprocess.run([compiler, *flags, "-I", headers, "-I", target.parent, "-o", target, *sources], check=True)
    return target


MAKERS: dict[str, Callable[[Path, Path, Path], Path]] = {"matiec": matiec, "strucpp": strucpp}


class Other:
    """What one of them made of a program."""

    def __init__(self, name: str, root: Path, source: Path, folder: Path) -> None:
        place = folder / name / source.stem
        place.mkdir(parents=True)
        self._code = ctypes.CDLL(str(MAKERS[name](root.resolve(), source, place)))

    def start(self) -> None:
        """Puts everything to its beginning."""
        self._code.init()

    def run(self, scans: int, period: int) -> None:
        """Scans from the time 0."""
        self._code.run(ctypes.c_int64(scans), ctypes.c_int64(period))
