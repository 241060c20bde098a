"""A network cable that can be cut: two virtual cards between this process's network namespace and another one.

Addresses are of 127.0.77.0/24: the servers listen on the loopback only, and here that has two ends.
"""

import subprocess
from types import TracebackType

NEAR, FAR = "127.0.77.1", "127.0.77.2"
_OURS = """
ip link set lo up
ip address del 127.0.0.1/8 dev lo
ip address add 127.0.0.1/32 dev lo
echo 1 > /proc/sys/net/ipv4/conf/all/route_localnet
"""


def enter() -> list[str] | None:
    """Return the words before a command that has to run in a namespace of its own, None where that is not allowed."""
    for words in (["unshare", "--net"], ["unshare", "--map-root-user", "--net"]):
        try:
            if subprocess.run([*words, "ip", "link", "set", "lo", "up"], capture_output=True).returncode == 0:
                return words
        except FileNotFoundError:
            return None
    return None


def begin() -> None:
    """Set up the namespace that this process was started in."""
    subprocess.run(["sh", "-ec", _OURS], check=True)


class NetworkCable:
    """The cable, and the namespace behind it: `command` stands before what runs there."""

    def __enter__(self) -> "NetworkCable":
        self._holder = subprocess.Popen(
            ["unshare", "--net", "sh", "-c", "echo ready; cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert self._holder.stdout is not None
        self._holder.stdout.readline()
        self.command = ("nsenter", "--target", str(self._holder.pid), "--net")
        _run("ip link add near type veth peer name far")
        _run(f"ip link set far netns {self._holder.pid}")
        _run(f"ip address add {NEAR}/24 dev near", "ip link set near up")
        subprocess.run([*self.command, "sh", "-ec", _OURS], check=True)
        self._there(f"ip address add {FAR}/24 dev far")
        self.mend()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._holder.communicate()

    def cut(self) -> None:
        """Unplug the far end: what is sent is lost, and nobody says so."""
        self._there("ip link set far down")

    def mend(self) -> None:
        """Plug it in."""
        self._there("ip link set far up")

    def _there(self, words: str) -> None:
        subprocess.run([*self.command, *words.split()], check=True)


def _run(*lines: str) -> None:
    for one in lines:
        subprocess.run(one.split(), check=True)
