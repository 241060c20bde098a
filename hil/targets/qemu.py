"""Firmware on the wall clock: an image on a board of QEMU's, in a process of its own, its UART on a socket."""

import shutil
import socket
import subprocess
import tempfile
from typing import IO

from hil.errors import InputError
from hil.targets.firmware_boards import Board
from hil.targets.firmware_image import Image

_QEMU = "qemu-system-arm"
_PATIENCE = 5.0  # s: how long QEMU may take to end before it is killed


class Qemu:
    """Brings up an image; its UART is at `url`, a `socket://` of the loopback that serves one link after another.

    A socket and no pseudo-terminal: QEMU looks only once a second whether somebody has opened one of those, and what
    the image sends until then is lost.
    """

    def __init__(self, image: Image, board: Board) -> None:
        self.image, self.board = image, board
        self._process: subprocess.Popen[bytes] | None = None
        self._complaints: IO[bytes] | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """Where the UART is, once the board is up."""
        return self._url

    def start(self) -> None:
        """Switch the board on.

        Raises:
            InputError: there is no QEMU.
        """
        if self._process is not None:
            return
        if shutil.which(_QEMU) is None:
            raise InputError(f"firmware on the wall clock needs {_QEMU}; sudo apt-get install qemu-system-arm")
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by stop()
        # The socket listens before QEMU starts: nobody else can take the port, and who connects waits for the board.
        with socket.create_server(("127.0.0.1", 0)) as server:
            # An image sends byte by byte; what is accepted takes the option over.
            server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._url = f"socket://127.0.0.1:{server.getsockname()[1]}"
            # A session of its own: Ctrl-C is for the bench. When the bench dies of a signal, so does QEMU.
            with_bench = ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
            self._process = subprocess.Popen(
                [*with_bench, *self._command(server.fileno())], stdin=subprocess.DEVNULL, stdout=self._complaints,
                stderr=subprocess.STDOUT, start_new_session=True, pass_fds=[server.fileno()],
            )  # fmt: skip

    @property
    def version(self) -> str:
        """QEMU's name and version."""
        said = subprocess.run([_QEMU, "--version"], capture_output=True, text=True, check=False).stdout
        return said.partition("\n")[0].replace(" emulator version", "")

    def _command(self, listener: int) -> list[str]:
        return [
            _QEMU, "-machine", self.board.name, "-nodefaults", "-display", "none", "-monitor", "none",
            "-chardev", f"socket,id=uart,fd={listener},server=on,wait=off", "-serial", "chardev:uart",
            "-kernel", str(self.image.path),
        ]  # fmt: skip

    def fault(self) -> str | None:
        """Return what is wrong with it, None while it is up."""
        if self._process is None:
            return f"QEMU with {self.image.path} is not started"
        if (status := self._process.poll()) is None:
            return None
        return f"QEMU with {self.image.path} ended with status {status}: {self._said() or 'without a word'}"

    def stop(self) -> None:
        """Switch the board off."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if self._complaints is not None:
            self._complaints.close()

    def __enter__(self) -> "Qemu":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _said(self) -> str:
        if self._complaints is None or self._complaints.closed:
            return ""
        self._complaints.seek(0)
        return self._complaints.read().decode(errors="replace").strip()
