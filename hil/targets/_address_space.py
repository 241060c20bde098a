"""Nodes of an address space: objects, variables, properties, methods and types below a parent.

Nodes are made here and not through the node management service, whose cost for a node grows with the number
of its siblings. What never changes and is the same for many nodes is one shared attribute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

from hil.links.opcua_types import ELEMENTARY, SUBTYPES
from hil.targets._kinds import Structure
from hil.targets._values import Value

Attributes = Mapping[ua.AttributeIds, AttributeValue]
Reader = Callable[[ua.NodeId, ua.AttributeIds], ua.DataValue]

_A, _T = ua.AttributeIds, ua.VariantType
READ = 1 << ua.AccessLevel.CurrentRead
WRITE = 1 << ua.AccessLevel.CurrentWrite
FASTEST = 10.0
"""The shortest time in ms between two looks at a variable for a subscription."""


def attribute(value: Any, of: ua.VariantType, *, array: bool = False) -> AttributeValue:
    """Return an attribute with a constant value."""
    return AttributeValue(ua.DataValue(ua.Variant(value, of, is_array=array)))


def computed(read: Reader) -> AttributeValue:
    """Return an attribute whose value is asked for each time it is read."""
    made = AttributeValue(ua.DataValue())
    made.value, made.value_callback = None, read
    return made


@dataclass(frozen=True)
class Spaces:
    """The indices of the namespaces: the program's variables, our own nodes, the PLCopen model, devices."""

    program: int
    own: int
    plcopen: int
    devices: int


class Tree:
    """Adds nodes below a parent."""

    def __init__(self, space: AddressSpace, spaces: Spaces) -> None:
        self._space, self.spaces, self.own = space, spaces, spaces.own
        self._classes = {one: attribute(one, _T.Int32) for one in ua.NodeClass}
        self.no = attribute(False, _T.Boolean)
        self.yes = attribute(True, _T.Boolean)
        self._plain = {_A.EventNotifier: attribute(0, _T.Byte)}
        self._access = {level: attribute(level, _T.Byte) for level in (READ, READ | WRITE)}
        self._ranks = {rank: attribute(rank, _T.Int32) for rank in range(-1, 10)}
        self._interval = attribute(FASTEST, _T.Double)
        self._types: dict[ua.NodeId, AttributeValue] = {}

    def add(
        self,
        node: ua.NodeId,
        name: str | ua.QualifiedName,
        kind: ua.NodeClass,
        parent: ua.NodeId,
        attributes: Attributes,
        *,
        by: ua.NodeId | int = ua.ObjectIds.HasComponent,
        of: ua.NodeId | int | None = None,
    ) -> NodeData:
        """Add one node below `parent`, referred to `by` a reference type and `of` a type definition."""
        made = NodeData(node)
        browse = ua.QualifiedName(name, node.NamespaceIndex) if isinstance(name, str) else name
        made.attributes = {
            _A.NodeId: attribute(node, _T.NodeId),
            _A.NodeClass: self._classes[kind],
            _A.BrowseName: attribute(browse, _T.QualifiedName),
            _A.DisplayName: attribute(ua.LocalizedText(browse.Name), _T.LocalizedText),
            **attributes,
        }
        self._space[node] = made
        if of is not None:
            definition = ua.ReferenceDescription(_id(ua.ObjectIds.HasTypeDefinition), True, _id(of))
            made.references.append(definition)
        self.refer(parent, node, by)
        return made

    def refer(self, source: ua.NodeId, target: ua.NodeId, by: ua.NodeId | int) -> None:
        """Add a reference from one node to another, and its inverse."""
        for at, to, forward in ((source, target, True), (target, source, False)):
            made = self._space[to]
            browse, label, kind = (made.attributes[one].value.Value.Value for one in _NAMES)
            definition = next(
                (one.NodeId for one in made.references if one.ReferenceTypeId == _DEFINITION), ua.NodeId()
            )
            one = ua.ReferenceDescription(_id(by), forward, to, browse, label, ua.NodeClass(kind), definition)
            self._space[at].references.append(one)

    def folder(
        self,
        node: ua.NodeId,
        name: str | ua.QualifiedName,
        parent: ua.NodeId,
        *,
        by: ua.NodeId | int = ua.ObjectIds.HasComponent,
        of: ua.NodeId | int = ua.ObjectIds.BaseObjectType,
    ) -> ua.NodeId:
        """Add an object that holds others, and return its node."""
        self.add(node, name, ua.NodeClass.Object, parent, self._plain, by=by, of=of)
        return node

    def state(
        self, name: str, built_in: str, parent: ua.NodeId, read: Callable[[], Any], *, array: bool = False
    ) -> None:
        """Add a read-only variable of the controller itself."""
        of = ua.VariantType[built_in]
        node = ua.NodeId(f"{parent.Identifier}.{name}", self.own)
        source = computed(lambda _node, _attribute: ua.DataValue(ua.Variant(read(), of, is_array=array)))
        attributes = self.content(source, standard(built_in), (0,) if array else (), READ)
        self.add(node, name, ua.NodeClass.Variable, parent, attributes, of=ua.ObjectIds.BaseDataVariableType)

    def content(
        self, source: AttributeValue, data_type: ua.NodeId, shape: tuple[int, ...] = (), access: int = READ
    ) -> dict[ua.AttributeIds, AttributeValue]:
        """Return the attributes of a variable or property with this value."""
        if data_type not in self._types:
            self._types[data_type] = attribute(data_type, _T.NodeId)
        attributes = {
            _A.Value: source,
            _A.DataType: self._types[data_type],
            _A.ValueRank: self._ranks[len(shape) or -1],
            _A.AccessLevel: self._access[access],
            _A.UserAccessLevel: self._access[access],
            _A.MinimumSamplingInterval: self._interval,
            _A.Historizing: self.no,
        }
        if shape:
            attributes[_A.ArrayDimensions] = attribute(list(shape), _T.UInt32, array=True)
        return attributes

    def method(
        self,
        name: str | ua.QualifiedName,
        parent: ua.NodeId,
        call: Callable[..., Any],
        arguments: Mapping[str, str] | None = None,
    ) -> None:
        """Add a method with input arguments (name: data type)."""
        node = ua.NodeId(f"{parent.Identifier}.{name if isinstance(name, str) else name.Name}", self.own)
        allowed = {_A.Executable: self.yes, _A.UserExecutable: self.yes}
        self.add(node, name, ua.NodeClass.Method, parent, allowed).call = call
        inputs = [
            ua.Argument(one, standard(of), -2 if of == "BaseDataType" else -1, [], ua.LocalizedText(""))
            for one, of in (arguments or {}).items()
        ]
        if inputs:
            source = attribute(inputs, _T.ExtensionObject, array=True)
            attributes = self.content(source, standard("Argument"), (len(inputs),))
            self.property(node, ua.QualifiedName("InputArguments", 0), attributes)

    def property(self, of: ua.NodeId, name: ua.QualifiedName, attributes: Attributes) -> None:
        """Add a property; its browse name is in the namespace that defines it."""
        node = ua.NodeId(f"{of.Identifier}.{name.Name}", self.own)
        by = ua.ObjectIds.HasProperty
        self.add(node, name, ua.NodeClass.Variable, of, attributes, by=by, of=ua.ObjectIds.PropertyType)

    def data_type_of(self, value: Value) -> ua.NodeId:
        """Return the data type of a variable: OPC 30000's where it has one, else the built-in type."""
        kind = value.kind
        if isinstance(kind, Structure):
            return kind.node
        named = ELEMENTARY.get(kind.type) is kind.how and kind.type in SUBTYPES
        return ua.NodeId(SUBTYPES[kind.type], self.spaces.plcopen) if named else standard(kind.how.built_in)


_NAMES = (_A.BrowseName, _A.DisplayName, _A.NodeClass)
_DEFINITION = ua.NodeId(ua.ObjectIds.HasTypeDefinition)


def _id(node: ua.NodeId | int) -> ua.NodeId:
    return node if isinstance(node, ua.NodeId) else ua.NodeId(node)


def standard(name: str) -> ua.NodeId:
    """Return the node of the OPC UA standard that has this name."""
    return ua.NodeId(getattr(ua.ObjectIds, name))
