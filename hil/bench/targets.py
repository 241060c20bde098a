"""The targets by name: how each is met, and over which link."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from hil.errors import InputError

if TYPE_CHECKING:
    from hil.bench.links import Wanted
    from hil.bench.rig_file import RigFile
    from hil.links import Link

OWN_LINK: dict[str, str] = {"firmware": "serial", "external": "opcua"}
"""The link over which a target is met that is no program of ours, when nobody names another."""


def _plc(link: str, wanted: "Wanted") -> "Link":
    from hil.bench.links import make_link

    return make_link(link, wanted)


def _firmware(link: str, wanted: "Wanted") -> "Link":
    from hil.bench.firmware import firmware_link

    return firmware_link(link, wanted)


def _external(link: str, wanted: "Wanted") -> "Link":
    from hil.bench.external import bring_up

    return bring_up(link, wanted)


MAKERS: dict[str, Callable[[str, "Wanted"], "Link"]] = {"plc": _plc, "firmware": _firmware, "external": _external}
"""For each name of `hil.bench.target_parts.TargetName`: the link of a name to the target brought up, not yet open.

What a target is, its version and its digests, goes into `wanted.facts`, and from there into the result.
"""


def link_of(target: str, asked: str | None, file: "RigFile") -> str:
    """Return the name of the link to a target: the one asked for, else the rig's own, else the target's own.

    Raises:
        InputError: it was asked for one without a wire.
    """
    part, own = file.controller, OWN_LINK.get(target)
    if target == "firmware" and file.targets.firmware is not None:
        own = file.targets.firmware.link
    if own is None:
        return asked or part.link
    if asked in ("fused", "memory"):
        raise InputError(f"the target {target} is met over a wire, not over {asked!r}; leave --link out for {own}")
    rigs = part.link if part.target == target and part.link not in ("fused", "memory") else own
    return asked or rigs
