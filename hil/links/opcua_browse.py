"""What an OPC UA server has: its variables with namespace URI, identifier, type and access."""

from dataclasses import dataclass

from hil.links._opcua_points import Described
from hil.links.link import Point
from hil.links.opcua import OpcUaLink


@dataclass(frozen=True)
class Found:
    """A variable of a server; `path` is its identifier in the namespace of the URI."""

    namespace: str
    path: str
    type: str
    writable: bool
    unit: str


def browse(url: str, namespace: str | None = None, timeout: float = 5.0) -> list[Found]:
    """Return the variables with a text as identifier, of one namespace or of all but OPC UA's own.

    Raises:
        InputError: no such namespace. LinkError: nobody answers.
    """
    link = OpcUaLink(url, [], [], lockstep=False, timeout=timeout, namespace=namespace or "")
    with link.visiting() as session:
        spaces = [namespace] if namespace else session.spaces[1:]
        found: list[Found] = []
        for one in spaces:
            session.namespace = one
            paths = link.run(session.known)
            described: list[Described] = []
            for at in range(0, len(paths), 200):
                points = [Point(path, "") for path in paths[at : at + 200]]
                described += link.run(lambda points=points: session.describe(points))  # type: ignore[misc]
            found += [Found(one, each.path, each.type, each.writable, each.unit) for each in described if each.built_in]
        return found
