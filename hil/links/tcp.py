"""TCP: what a connection needs so that a cut wire is noticed soon (the kernel's own patience is minutes)."""

import socket
from ipaddress import ip_address

CONNECT = 0.3
"""Seconds that a connection may take: an attempt that began before a cable was back would wait a second for its second
packet, and the next one has to be through within a second of the cable."""
NOTICE = 0.5
"""Seconds that something sent may stay unacknowledged by the other side's kernel."""


def notice_cuts(wire: socket.socket) -> None:
    """Break a connection when its wire is cut: `NOTICE` s after sending, 2 s after the last answer when silent.

    It is the kernel of the other side that acknowledges: a slow controller there may take as long as it likes.
    """
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, round(1000 * NOTICE))
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 1)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 1)


def is_loopback(host: str) -> bool:
    """Whether nobody but this machine reaches a host."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
