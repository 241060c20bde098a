"""A controller's address space: its variables as a tree of objects and variables, its state, its methods.

Nodes are made here and not through the node management service, whose cost for a node grows with the number
of its siblings. What never changes and is the same for many nodes is one shared attribute.
"""

from collections.abc import Callable, Mapping
from typing import Any

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue, NodeData

from hil.links.opcua_types import ELEMENTARY, SUBTYPES
from hil.targets._values import INDEX, Value

Attributes = Mapping[ua.AttributeIds, AttributeValue]
Reader = Callable[[ua.NodeId, ua.AttributeIds], ua.DataValue]

_A, _T = ua.AttributeIds, ua.VariantType
_READ = 1 << ua.AccessLevel.CurrentRead
_WRITE = 1 << ua.AccessLevel.CurrentWrite


def attribute(value: Any, of: ua.VariantType, *, array: bool = False) -> AttributeValue:
    """Return an attribute with a constant value."""
    return AttributeValue(ua.DataValue(ua.Variant(value, of, is_array=array)))


def computed(read: Reader) -> AttributeValue:
    """Return an attribute whose value is asked for each time it is read."""
    made = AttributeValue(ua.DataValue())
    made.value, made.value_callback = None, read
    return made


class Tree:
    """Adds nodes below a parent; `program` and `own` are the indices of the two namespaces."""

    def __init__(self, space: AddressSpace, program: int, own: int) -> None:
        self._space, self.program, self.own = space, program, own
        self._classes = {one: attribute(one, _T.Int32) for one in ua.NodeClass}
        self._no = attribute(False, _T.Boolean)
        self._yes = attribute(True, _T.Boolean)
        self._plain = {_A.EventNotifier: attribute(0, _T.Byte)}
        self._access = {level: attribute(level, _T.Byte) for level in (_READ, _READ | _WRITE)}
        self._ranks = {rank: attribute(rank, _T.Int32) for rank in range(-1, 10)}
        self._interval = attribute(0.0, _T.Double)
        self._types: dict[str, AttributeValue] = {}

    def add(
        self,
        node: ua.NodeId,
        name: str,
        kind: ua.NodeClass,
        parent: ua.NodeId,
        attributes: Attributes,
        *,
        by: int = ua.ObjectIds.HasComponent,
        of: int | None = None,
    ) -> NodeData:
        """Add one node below `parent`, referred to `by` a reference type and `of` a type definition."""
        made = NodeData(node)
        label, browse = ua.LocalizedText(name), ua.QualifiedName(name, node.NamespaceIndex)
        made.attributes = {
            _A.NodeId: attribute(node, _T.NodeId),
            _A.NodeClass: self._classes[kind],
            _A.BrowseName: attribute(browse, _T.QualifiedName),
            _A.DisplayName: attribute(label, _T.LocalizedText),
            **attributes,
        }
        type_definition = ua.NodeId(of) if of is not None else ua.NodeId()
        above, how = self._space[parent], ua.NodeId(by)
        above.references.append(ua.ReferenceDescription(how, True, node, browse, label, kind, type_definition))
        made.references.append(_back(how, parent, above))
        if of is not None:
            made.references.append(
                ua.ReferenceDescription(ua.NodeId(ua.ObjectIds.HasTypeDefinition), True, type_definition)
            )
        self._space[node] = made
        return made

    def folder(self, node: ua.NodeId, name: str, parent: ua.NodeId) -> None:
        """Add an object that holds others."""
        self.add(node, name, ua.NodeClass.Object, parent, self._plain, of=ua.ObjectIds.BaseObjectType)

    def state(self, name: str, built_in: str, parent: ua.NodeId, read: Callable[[], Any]) -> None:
        """Add a read-only variable of the controller itself."""
        of = ua.VariantType[built_in]
        node = ua.NodeId(f"{parent.Identifier}.{name}", self.own)
        source = computed(lambda _node, _attribute: ua.DataValue(ua.Variant(read(), of)))
        self._variable(node, name, parent, built_in, (), False, source)

    def variables(self, values: Mapping[str, Value], root: ua.NodeId, read: Reader) -> None:
        """Add every value as a variable below the objects that its path names."""
        known = {"": root}

        def place(path: str) -> ua.NodeId:
            if path in known:
                return known[path]
            index = INDEX.search(path)
            above = path[: index.start()] if index else path.rpartition(".")[0]
            parent, node = place(above), ua.NodeId(path, self.program)
            name = path[len(above) :].removeprefix(".")
            value = values.get(path)
            if value is None:
                self.folder(node, name, parent)
            else:
                self._variable(node, name, parent, value.type, value.shape, value.writable, computed(read), value)
            known[path] = node
            return node

        for path in values:
            place(path)

    def method(self, name: str, parent: ua.NodeId, call: Callable[..., Any], arguments: Mapping[str, str]) -> None:
        """Add a method with input arguments (name: built-in type)."""
        node = ua.NodeId(f"{parent.Identifier}.{name}", self.own)
        allowed = {_A.Executable: self._yes, _A.UserExecutable: self._yes}
        self.add(node, name, ua.NodeClass.Method, parent, allowed).call = call
        inputs = [ua.Argument(one, _standard(of), -1, [], ua.LocalizedText("")) for one, of in arguments.items()]
        if inputs:
            self._property(node, "InputArguments", attribute(inputs, _T.ExtensionObject, array=True), "Argument", 1)

    def data_types(self) -> None:
        """Add the types that OPC UA has no name for, as subtypes of the built-in ones (OPC 30000)."""
        for name in SUBTYPES:
            base = _standard(ELEMENTARY[name].built_in)
            node = ua.NodeId(name, self.own)
            self.add(node, name, ua.NodeClass.DataType, base, {_A.IsAbstract: self._no}, by=ua.ObjectIds.HasSubtype)

    def _variable(
        self,
        node: ua.NodeId,
        name: str,
        parent: ua.NodeId,
        type_name: str,
        shape: tuple[int, ...],
        writable: bool,
        source: AttributeValue,
        value: Value | None = None,
    ) -> None:
        access = self._access[_READ | _WRITE if writable else _READ]
        attributes = {
            _A.Value: source,
            _A.DataType: self._data_type(type_name, value.how.built_in if value else type_name),
            _A.ValueRank: self._ranks[len(shape) or -1],
            _A.AccessLevel: access,
            _A.UserAccessLevel: access,
            _A.MinimumSamplingInterval: self._interval,
            _A.Historizing: self._no,
        }
        if shape:
            attributes[_A.ArrayDimensions] = attribute(list(shape), _T.UInt32, array=True)
        self.add(node, name, ua.NodeClass.Variable, parent, attributes, of=ua.ObjectIds.BaseDataVariableType)
        if value is not None and value.unit:
            unit = ua.EUInformation("", -1, ua.LocalizedText(value.unit), ua.LocalizedText(value.unit))
            self._property(node, "EngineeringUnits", attribute(unit, _T.ExtensionObject), "EUInformation", -1)

    def _property(self, of: ua.NodeId, name: str, source: AttributeValue, type_name: str, rank: int) -> None:
        attributes = {
            _A.Value: source,
            _A.DataType: attribute(_standard(type_name), _T.NodeId),
            _A.ValueRank: self._ranks[rank],
            _A.AccessLevel: self._access[_READ],
            _A.UserAccessLevel: self._access[_READ],
            _A.Historizing: self._no,
        }
        node = ua.NodeId(f"{of.Identifier}.{name}", self.own)
        # A property's browse name is the standard's, so it is in the standard's namespace.
        made = self.add(
            node,
            name,
            ua.NodeClass.Variable,
            of,
            attributes,
            by=ua.ObjectIds.HasProperty,
            of=ua.ObjectIds.PropertyType,
        )
        made.attributes[_A.BrowseName] = attribute(ua.QualifiedName(name, 0), _T.QualifiedName)
        self._space[of].references[-1].BrowseName = ua.QualifiedName(name, 0)

    def _data_type(self, type_name: str, built_in: str) -> AttributeValue:
        key = type_name if type_name in SUBTYPES else built_in
        if key not in self._types:
            node = ua.NodeId(key, self.own) if key in SUBTYPES else _standard(key)
            self._types[key] = attribute(node, _T.NodeId)
        return self._types[key]


def _back(how: ua.NodeId, parent: ua.NodeId, above: NodeData) -> ua.ReferenceDescription:
    browse = above.attributes[_A.BrowseName].value
    label = above.attributes[_A.DisplayName].value
    kind = above.attributes[_A.NodeClass].value
    return ua.ReferenceDescription(
        how,
        False,
        parent,
        browse.Value.Value,
        label.Value.Value,
        ua.NodeClass(kind.Value.Value),
    )


def _standard(name: str) -> ua.NodeId:
    return ua.NodeId(getattr(ua.ObjectIds, name))
