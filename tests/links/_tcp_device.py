"""A device behind a serial device server, in a process of its own: python -m tests.links._tcp_device PORT.

It answers each frame with its values, one connection after the other, and ends with its standard input.
"""

import os
import selectors
import socket
import sys

from hil.links.codecs.frames import Field, Format, Frames
from tests.links._echo import READS, WRITES

FORM, ANSWER = (
    Format([Field(path, kind) for path, kind in points], "cobs", "crc32", sequence=True) for points in (WRITES, READS)
)


def main(port: int) -> None:
    """Serve."""
    with socket.create_server(("127.0.0.1", port)) as server, selectors.DefaultSelector() as ready:
        for one in (server, sys.stdin):
            ready.register(one, selectors.EVENT_READ)
        print(server.getsockname()[1], flush=True)
        frames = Frames(FORM)
        while True:
            for key, _ in ready.select():
                if key.fileobj is sys.stdin:
                    return
                if key.fileobj is server:
                    ready.register(server.accept()[0], selectors.EVENT_READ)
                    frames = Frames(FORM)
                elif data := os.read(key.fd, 4096):
                    for number, values in frames.feed(data):
                        os.write(key.fd, ANSWER.encode(values, number))
                else:
                    ready.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]


if __name__ == "__main__":
    main(int(sys.argv[1]))
