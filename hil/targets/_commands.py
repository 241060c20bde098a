"""The controller's own nodes: what it says of itself, the methods that command it, who may call them."""

from collections.abc import Callable
from typing import Any

from asyncua import ua

from hil.errors import InputError
from hil.targets._address_space import WRITE, Spaces, Tree
from hil.targets._attributes import Attributes
from hil.targets._guards import GuardedSession
from hil.targets._users import METHODS, at_least, may_write
from hil.targets.controller import Controller

_CODES, _T = ua.StatusCodes, ua.VariantType


class Session(GuardedSession):
    """A session whose user may call, and sees as his to write, what his role allows."""

    async def call(self, params: list[ua.CallMethodRequest]) -> list[ua.CallMethodResult]:
        """Call methods, as far as they are this user's to call."""
        results = []
        for one in params:
            name = str(one.MethodId.Identifier).rpartition(".")[2]
            if name in METHODS and not at_least(self.user, METHODS[name]):
                results.append(ua.CallMethodResult(ua.StatusCode(_CODES.BadUserAccessDenied)))
            else:
                results += await super().call([one])
        return results

    async def read(self, params: ua.ReadParameters) -> list[ua.DataValue]:
        """Read, with the access levels of this user."""
        results: list[ua.DataValue] = await super().read(params)
        find = self.iserver.attribute_service.find
        for number, item in enumerate(params.NodesToRead):
            if item.AttributeId == ua.AttributeIds.UserAccessLevel:
                value = find(item.NodeId)
                if value is not None and not may_write(self.user, value) and results[number].Value is not None:
                    level = results[number].Value.Value & ~WRITE
                    results[number] = ua.DataValue(ua.Variant(level, _T.Byte))
            elif item.AttributeId == ua.AttributeIds.UserExecutable:
                name = str(item.NodeId.Identifier).rpartition(".")[2]
                if name in METHODS:
                    results[number] = ua.DataValue(ua.Variant(at_least(self.user, METHODS[name]), _T.Boolean))
        return results


class Commands:
    """The controller object: its state as variables, Start, Stop, Reset, Restart, Force, Unforce and Step."""

    def __init__(self, controller: Controller, attributes: Attributes, spaces: Spaces) -> None:
        self._controller, self._attributes, self._spaces = controller, attributes, spaces

    def add(self, tree: Tree, *, lockstep: bool) -> None:
        """Add the object below Objects, and its first two methods to the PLCopen configuration, too."""
        controller = self._controller
        state = ua.NodeId("Controller", self._spaces.own)
        tree.folder(state, "Controller", ua.NodeId(ua.ObjectIds.ObjectsFolder), by=ua.ObjectIds.Organizes)
        facts: list[tuple[str, str, Callable[[], Any]]] = [
            ("State", "String", lambda: controller.state),
            ("Fault", "String", lambda: controller.fault),
            ("FaultKind", "String", lambda: controller.cause.kind if controller.cause else ""),
            ("FaultFile", "String", lambda: controller.cause.file if controller.cause else ""),
            ("FaultLine", "Int32", lambda: controller.cause.line if controller.cause else 0),
            ("FaultTime", "Int64", lambda: controller.cause.t_ns if controller.cause else -1),
            ("ScanCount", "UInt64", lambda: controller.scans),
            ("Overruns", "UInt64", lambda: controller.overruns),
            ("Time", "Int64", lambda: controller.time),
            ("Period", "Int64", lambda: controller.period or 0),
            ("Clock", "String", lambda: "lockstep" if lockstep else "wall"),
            ("Digest", "String", lambda: controller.program.digest),
        ]
        for name, built_in, read in facts:
            tree.state(name, built_in, state, read)
        tree.state("Forced", "String", state, lambda: list(controller.forced), array=True)
        for name, command in (("Reset", controller.reset), ("Restart", controller.restart)):
            tree.method(name, state, _plain(command))
        methods = ua.NodeId("Configuration.MethodSet", self._spaces.own)
        browse = ua.QualifiedName("MethodSet", self._spaces.devices)
        tree.folder(methods, browse, ua.NodeId("Configuration", self._spaces.own))
        for name, command in (("Start", controller.go), ("Stop", controller.halt)):
            tree.method(name, state, _plain(command))
            tree.method(ua.QualifiedName(name, self._spaces.plcopen), methods, _plain(command))
        tree.method("Force", state, self._force, {"path": "String", "value": "BaseDataType"})
        tree.method("Unforce", state, self._unforce, {"path": "String"})
        if lockstep:
            tree.method("Step", state, self._step, {"t": "Int64", "n": "UInt32"})

    async def _step(self, _parent: ua.NodeId, *arguments: ua.Variant) -> ua.CallMethodResult:
        if [one.VariantType for one in arguments] != [_T.Int64, _T.UInt32]:
            return _refused(_CODES.BadInvalidArgument, "Step takes t: Int64 and n: UInt32")
        wrong = self._controller.step(*(one.Value for one in arguments))
        if wrong is None:
            return ua.CallMethodResult()
        return _refused(_CODES.BadInvalidState if self._controller.fault else _CODES.BadInvalidArgument, wrong)

    async def _force(self, _parent: ua.NodeId, *arguments: ua.Variant) -> ua.CallMethodResult:
        if len(arguments) != 2 or arguments[0].VariantType != _T.String:
            return _refused(_CODES.BadInvalidArgument, "Force takes path: String and a value of the variable's type")
        path = str(arguments[0].Value)
        value = self._attributes.find(ua.NodeId(path, self._spaces.program))
        if value is None or value.block or not value.writable:
            return _refused(_CODES.BadInvalidArgument, f"{path!r} is no variable that can be forced")
        changes = value.change(arguments[1])
        if isinstance(changes, int):
            return _refused(changes, f"{path!r} cannot hold this value")
        self._controller.force(path, changes)
        return ua.CallMethodResult()

    async def _unforce(self, _parent: ua.NodeId, *arguments: ua.Variant) -> ua.CallMethodResult:
        if len(arguments) != 1 or arguments[0].VariantType != _T.String:
            return _refused(_CODES.BadInvalidArgument, "Unforce takes path: String, empty for all")
        try:
            self._controller.unforce(arguments[0].Value or None)
        except InputError as wrong:
            return _refused(_CODES.BadInvalidArgument, str(wrong))
        return ua.CallMethodResult()


def _plain(command: Callable[[], object]) -> Callable[..., Any]:
    async def call(_parent: ua.NodeId, *_arguments: ua.Variant) -> ua.CallMethodResult:
        command()
        return ua.CallMethodResult()

    return call


def _refused(code: int, words: str) -> ua.CallMethodResult:
    # The words go into the diagnostics of the first argument, the one place that the standard has for them.
    told = ua.DiagnosticInfo(AdditionalInfo=words)
    return ua.CallMethodResult(ua.StatusCode(code), InputArgumentDiagnosticInfos=[told])
