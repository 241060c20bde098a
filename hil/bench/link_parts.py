"""What a rig file says of its links: a table `[links.NAME]` for each that needs one; the controller chooses by name."""

from typing import Literal, get_args

from pydantic import Field

from hil.verdicts.requirements import Strict

LinkName = Literal["fused", "memory", "opcua"]
"""The links that `--link` and the controller's `link` may name; how each is made stands in `hil.bench.links`."""
LINK_NAMES: tuple[str, ...] = get_args(LinkName)


class OpcUaPart(Strict):
    """OPC UA."""

    url: str | None = Field(None, description="of a server that runs already; one is started when left out")
    namespace: str | None = Field(None, description="the URI of the namespace in which a variable's path identifies it")


class LinksPart(Strict):
    """The links of a rig."""

    opcua: OpcUaPart = OpcUaPart()
