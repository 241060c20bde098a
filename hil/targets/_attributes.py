"""The attribute services of the server: batches read out of one image, batches written into one scan."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from asyncua import ua
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.address_space import AddressSpace, AttributeService

from hil.links.opcua_types import ELEMENTARY, coarse
from hil.targets._address_space import Spaces
from hil.targets._kinds import Scalar
from hil.targets._users import may_write
from hil.targets._values import Value
from hil.targets.controller import Change, Controller

_CODES = ua.StatusCodes


class Attributes(AttributeService):  # type: ignore[misc]
    """Reads a batch out of one image and hands a batch of writes to one scan."""

    def __init__(self, space: AddressSpace, controller: Controller) -> None:
        super().__init__(space)
        self.controller = controller
        self._found: dict[tuple[int, Any], Value] = {}

    def know(self, spaces: Spaces, values: dict[str, Value]) -> None:
        """Take note of the variables, and of the exact nanoseconds of the coarse ones."""
        self._found = {(spaces.program, path): one for path, one in values.items()}
        for path, one in values.items():
            if isinstance(one.kind, Scalar) and coarse(one.kind.type):
                exact = replace(one.kind, type="LTIME", how=ELEMENTARY["LTIME"])
                self._found[spaces.own, f"{path}.Nanoseconds"] = replace(one, kind=exact)

    def find(self, node: ua.NodeId) -> Value | None:
        """Return the variable of a node, None for a node that is none."""
        return self._found.get((node.NamespaceIndex, node.Identifier))

    def read(self, params: ua.ReadParameters) -> list[ua.DataValue]:
        """Read a batch: all variables as they were after one and the same scan."""
        image, stamp = self.controller.image, None
        if params.TimestampsToReturn != ua.TimestampsToReturn.Neither:
            stamp = datetime.now(UTC)
        results = []
        for item in params.NodesToRead:
            value = self.find(item.NodeId) if item.AttributeId == ua.AttributeIds.Value else None
            if value is not None and not value.block:
                results.append(self._value(value, image, item.IndexRange, stamp))
            elif item.IndexRange:
                results.append(ua.DataValue(StatusCode=ua.StatusCode(_CODES.BadIndexRangeInvalid)))
            else:
                results.append(self._aspace.read_attribute_value(item.NodeId, item.AttributeId))
        return results

    def _value(self, value: Value, image: bytes, part: str | None, stamp: datetime | None) -> ua.DataValue:
        content = value.read(image, part)
        if isinstance(content, int):
            return ua.DataValue(StatusCode=ua.StatusCode(content))
        return ua.DataValue(content, self.quality(value), stamp, stamp)

    def read_one(self, node: ua.NodeId, _attribute: ua.AttributeIds, part: str | None = None) -> ua.DataValue:
        """Read one variable, as a subscription does."""
        value = self.find(node)
        assert value is not None
        return self._value(value, self.controller.image, part, datetime.now(UTC))

    async def write(self, params: ua.WriteParameters, user: User | None = None) -> list[ua.StatusCode]:
        """Write a batch: what is accepted acts together at the next scan."""
        if user is None or user.role == UserRole.Admin:  # the server itself: no client has this role
            done: list[ua.StatusCode] = await super().write(params, User(role=UserRole.Admin))
            return done
        changes: list[Change] = []
        results = [self._write(item, changes, user) for item in params.NodesToWrite]
        self.controller.write(changes)
        return [ua.StatusCode(code) for code in results]

    def _write(self, item: ua.WriteValue, changes: list[Change], user: User) -> int:
        value = self.find(item.NodeId)
        if value is None:
            known = self._aspace.get(item.NodeId) is not None
            return int(_CODES.BadNotWritable if known else _CODES.BadNodeIdUnknown)
        if item.AttributeId != ua.AttributeIds.Value or value.block or not value.writable:
            return int(_CODES.BadNotWritable)
        if not may_write(user, value):
            return int(_CODES.BadUserAccessDenied)
        if item.Value.StatusCode is not None and not item.Value.StatusCode.is_good():
            return int(_CODES.BadWriteNotSupported)
        made = value.change(item.Value.Value or ua.Variant(), item.IndexRange)
        if isinstance(made, int):
            return made
        changes.extend(made)
        return int(_CODES.GoodLocalOverride if self._forced(value) else _CODES.Good)

    def _forced(self, value: Value) -> bool:
        """Whether a variable, or one that it lies in, is forced."""
        return any(value.path == one or value.path.startswith((f"{one}.", f"{one}[")) for one in self.controller.forced)

    def quality(self, value: Value) -> ua.StatusCode:
        """Return how far a value is to be trusted: the last good one of a PLC in fault, a forced one, or a good one."""
        if self.controller.fault:
            return ua.StatusCode(_CODES.UncertainLastUsableValue)
        return ua.StatusCode(_CODES.GoodLocalOverride if self._forced(value) else _CODES.Good)
