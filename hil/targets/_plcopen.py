"""The PLCopen information model for IEC 61131-3 (OPC 30000 v1.02) on OPC UA for Devices (OPC 10000-100).

Identifiers and names are those that the two specifications publish. Of Devices stand here the types that the model
is built on and the DeviceSet; nodes that are optional and that this controller has nothing to say in are left out.
"""

from typing import Any, NamedTuple

from asyncua import ua
from asyncua.server.address_space import AddressSpace, AttributeValue

from hil.links.opcua_types import ELEMENTARY, SUBTYPES, coarse
from hil.signals import in_words
from hil.targets._address_space import READ, WRITE, Reader, Spaces, Tree, attribute, computed, standard
from hil.targets._kinds import Kind, Scalar, Structure
from hil.targets._values import Kinds, Value
from hil.targets.controller import Controller

_A, _T, _O = ua.AttributeIds, ua.VariantType, ua.ObjectIds

CONFIGURATION, RESOURCE, POU, PROGRAM, BLOCK, TASK, SFC = range(1001, 1008)
INPUT, OUTPUT, IN_OUT, LOCAL, EXTERNAL, WITH = range(4001, 4007)
DEVICE, FUNCTIONAL_GROUP, DEVICE_SET = 1002, 1005, 5001

_SHARED = ("global", "global constant", "direct", "access")
_SECTIONS = {"input": INPUT, "output": OUTPUT, "in_out": IN_OUT, "local": LOCAL, "constant": LOCAL, "result": OUTPUT}


class _Type(NamedTuple):
    name: str
    number: int
    base: int
    abstract: bool = False
    base_in_devices: bool = False
    inverse: str = ""


_DEVICE_TYPES = (
    _Type("TopologyElementType", 1001, _O.BaseObjectType, True),
    _Type("ComponentType", 15063, 1001, True, True),
    _Type("DeviceType", DEVICE, 15063, True, True),
    _Type("BlockType", 1003, 1001, True, True),
    _Type("ConfigurableObjectType", 1004, _O.BaseObjectType),
    _Type("FunctionalGroupType", FUNCTIONAL_GROUP, _O.FolderType),
)
_TYPES = (
    _Type("CtrlConfigurationType", CONFIGURATION, 1001, False, True),
    _Type("CtrlResourceType", RESOURCE, DEVICE, False, True),
    _Type("CtrlProgramOrganizationUnitType", POU, 1003, True, True),
    _Type("CtrlTaskType", TASK, _O.BaseObjectType),
    _Type("SFCType", SFC, _O.BaseObjectType),
)
_REFERENCES = (
    _Type("HasInputVar", INPUT, _O.HasComponent, inverse="InputVarOf"),
    _Type("HasOutputVar", OUTPUT, _O.HasComponent, inverse="OutputVarOf"),
    _Type("HasInOutVar", IN_OUT, _O.HasComponent, inverse="InOutVarOf"),
    _Type("HasLocalVar", LOCAL, _O.HasComponent, inverse="LocalVarOf"),
    _Type("HasExternalVar", EXTERNAL, _O.Organizes, inverse="ExternalVarOf"),
    _Type("With", WITH, _O.NonHierarchicalReferences, inverse="Executes"),
)


class Model:
    """Fills an address space with a program's types, its configuration and all its variables."""

    def __init__(self, space: AddressSpace, spaces: Spaces, controller: Controller, kinds: Kinds) -> None:
        self._space, self._spaces, self._program, self._kinds = space, spaces, controller.program, kinds
        self._plate = controller.nameplate
        self.tree = Tree(space, spaces)

    def _plcopen(self, number: int) -> ua.NodeId:
        return ua.NodeId(number, self._spaces.plcopen)

    def _devices(self, number: int) -> ua.NodeId:
        return ua.NodeId(number, self._spaces.devices)

    # ---- types

    def types(self) -> None:
        """Add both models' types and those that the program declares."""
        for one in _DEVICE_TYPES:
            self._object_type(one, self._devices(one.number))
        for one in _TYPES:
            self._object_type(one, self._plcopen(one.number))
        for number, name in ((PROGRAM, "CtrlProgramType"), (BLOCK, "CtrlFunctionBlockType")):
            self._subtype(self._plcopen(number), name, self._plcopen(POU), ua.NodeClass.ObjectType, abstract=True)
        for one in _REFERENCES:
            more = {
                _A.InverseName: attribute(ua.LocalizedText(one.inverse), _T.LocalizedText),
                _A.Symmetric: self.tree.no,
            }
            node, kind = self._plcopen(one.number), ua.NodeClass.ReferenceType
            self._subtype(node, one.name, ua.NodeId(one.base), kind, more)
        for name, number in SUBTYPES.items():
            base = standard(ELEMENTARY[name].built_in)
            self._subtype(self._plcopen(number), name, base, ua.NodeClass.DataType)
        programs = dict.fromkeys(one["type"] for one in self._program.instances)
        for name in programs:
            self._subtype(self._own(f"Type.{name}"), name, self._plcopen(PROGRAM), ua.NodeClass.ObjectType)
        for structure in self._kinds.structures:
            if structure.block and structure.type not in programs:
                self._subtype(structure.node, structure.type, self._plcopen(BLOCK), ua.NodeClass.ObjectType)
            elif not structure.block:
                self._data_type(structure)

    def _object_type(self, one: _Type, node: ua.NodeId) -> None:
        base = self._devices(one.base) if one.base_in_devices else ua.NodeId(one.base)
        self._subtype(node, one.name, base, ua.NodeClass.ObjectType, abstract=one.abstract)

    def _subtype(
        self,
        node: ua.NodeId,
        name: str,
        base: ua.NodeId,
        kind: ua.NodeClass,
        more: dict[ua.AttributeIds, AttributeValue] | None = None,
        *,
        abstract: bool = False,
    ) -> None:
        attributes = {_A.IsAbstract: self.tree.yes if abstract else self.tree.no, **(more or {})}
        self.tree.add(node, name, kind, base, attributes, by=_O.HasSubtype)

    def _data_type(self, one: Structure) -> None:
        """A structure's data type with its definition and its binary encoding (OPC 10000-3 clause 8.48)."""
        fields = [
            ua.StructureField(
                Name=each.name,
                DataType=self._data_type_of(each.kind),
                ValueRank=1 if each.shape else -1,
                ArrayDimensions=[0] if each.shape else [],
                MaxStringLength=0,
                IsOptional=False,
            )
            for each in one.members
        ]
        definition = ua.StructureDefinition(
            DefaultEncodingId=one.encoding,
            BaseDataType=standard("Structure"),
            StructureType=ua.StructureType.Structure,
            Fields=fields,
        )
        told = {_A.DataTypeDefinition: attribute(definition, _T.ExtensionObject)}
        self._subtype(one.node, one.type, standard("Structure"), ua.NodeClass.DataType, told)
        name, how = ua.QualifiedName("Default Binary", 0), _O.DataTypeEncodingType
        self.tree.folder(one.encoding, name, one.node, by=_O.HasEncoding, of=how)

    def _data_type_of(self, kind: Kind) -> ua.NodeId:
        return self.tree.data_type_of(Value("", "", "", kind, 0, (), "", False, False))

    # ---- the configuration

    def configuration(self) -> dict[str, ua.NodeId]:
        """Add configuration, resources and tasks; return the Programs folder of each resource, and "" for globals."""
        devices = ua.NodeId(DEVICE_SET, self._spaces.devices)
        self.tree.folder(devices, "DeviceSet", ua.NodeId(_O.ObjectsFolder), by=_O.Organizes)
        name = self._program.instances[0]["configuration"] or "Configuration"
        top = self.tree.folder(
            self._own("Configuration"), name, devices, by=_O.Organizes, of=self._plcopen(CONFIGURATION)
        )
        resources = self._group(top, "Resources")
        found = {"": self._group(top, "GlobalVars", functional=True)}
        for resource in dict.fromkeys(one["resource"] or "Resource" for one in self._program.instances):
            node = self.tree.folder(self._own(f"Resource.{resource}"), resource, resources, of=self._plcopen(RESOURCE))
            self._nameplate(node)
            self._tasks(node, resource)
            found[resource] = self._group(node, "Programs")
        return found

    def _own(self, name: str) -> ua.NodeId:
        return ua.NodeId(name, self._spaces.own)

    def _group(self, parent: ua.NodeId, name: str, *, functional: bool = False) -> ua.NodeId:
        node, browse = self._own(f"{parent.Identifier}.{name}"), ua.QualifiedName(name, self._spaces.plcopen)
        number = FUNCTIONAL_GROUP if functional else 1004
        return self.tree.folder(node, browse, parent, of=self._devices(number))

    def _nameplate(self, node: ua.NodeId) -> None:
        """The properties that a device must have (OPC 10000-100 clause 5.6)."""
        words = {"Manufacturer": self._plate.manufacturer, "Model": self._plate.model}
        texts = {"HardwareRevision": "", "DeviceRevision": "", "DeviceManual": ""}
        texts |= {"SerialNumber": self._plate.serial_number, "SoftwareRevision": self._plate.software_revision}
        sources = [(one, attribute(ua.LocalizedText(text), _T.LocalizedText)) for one, text in words.items()]
        sources += [(one, attribute(text, _T.String)) for one, text in texts.items()]
        sources.append(("RevisionCounter", attribute(-1, _T.Int32)))
        for name, source in sources:
            data_type = standard(source.value.Value.VariantType.name)
            self.tree.property(node, ua.QualifiedName(name, self._spaces.devices), self.tree.content(source, data_type))

    def _tasks(self, resource: ua.NodeId, name: str) -> None:
        folder = self._group(resource, "Tasks")
        for one in self._program.instances:
            node = self._task(one)
            if one["task"] and (one["resource"] or "Resource") == name and node not in self._space:
                self.tree.folder(node, one["task"], folder, of=self._plcopen(TASK))
                interval = f"T#{in_words(one['interval'])}" if one["interval"] else ""
                facts = [("Priority", one["priority"], _T.UInt32), ("Interval", interval, _T.String)]
                for each, content, of in facts:
                    attributes = self.tree.content(attribute(content, of), standard(of.name))
                    self.tree.property(node, ua.QualifiedName(each, self._spaces.plcopen), attributes)

    def _task(self, instance: dict[str, Any]) -> ua.NodeId:
        return self._own(f"Task.{instance['resource']}.{instance['task']}")

    # ---- the variables

    def variables(self, values: dict[str, Value], groups: dict[str, ua.NodeId], read: Reader) -> None:
        """Add the program instances and every variable; `Program` below Objects leads to them, too."""
        instances = {one["name"]: one for one in self._program.instances}
        alone = len(instances) == 1
        root = self._own("Program")
        known: dict[str, ua.NodeId] = {}
        if alone:
            (only,) = instances.values()
            of = self._own(f"Type.{only['type']}")
            self.tree.folder(root, only["type"], groups[only["resource"] or "Resource"], of=of)
            self.tree.refer(ua.NodeId(_O.ObjectsFolder), root, _O.Organizes)
            self._with(root, only)
        else:
            self.tree.folder(root, self._program.name, ua.NodeId(_O.ObjectsFolder), by=_O.Organizes)
        for one in values.values():
            parent, by = self._place(one, known, groups, root)
            known[one.path] = node = self._variable(one, parent, by, read)
            if one.section == "program":
                self._with(node, instances[one.path])
            if one.section in ("program", *_SHARED):
                self.tree.refer(root, node, _O.Organizes)

    def _with(self, node: ua.NodeId, instance: dict[str, Any]) -> None:
        if instance["task"]:
            self.tree.refer(self._task(instance), node, self._plcopen(WITH))

    def _place(
        self, one: Value, known: dict[str, ua.NodeId], groups: dict[str, ua.NodeId], root: ua.NodeId
    ) -> tuple[ua.NodeId, ua.NodeId | int]:
        if one.section == "program":
            resource = next(each["resource"] for each in self._program.instances if each["name"] == one.path)
            return groups[resource or "Resource"], _O.HasComponent
        if one.section in _SHARED:
            return groups[""], _O.HasComponent
        by = self._plcopen(_SECTIONS[one.section]) if one.section in _SECTIONS else _O.HasComponent
        return known.get(one.above, root), by

    def _variable(self, one: Value, parent: ua.NodeId, by: ua.NodeId | int, read: Reader) -> ua.NodeId:
        node = ua.NodeId(one.path, self._spaces.program)
        if one.block:
            of = one.kind.node if isinstance(one.kind, Structure) and not one.shape else _O.BaseObjectType
            return self.tree.folder(node, one.name, parent, by=by, of=of)
        access = READ | WRITE if one.writable else READ
        attributes = self.tree.content(computed(read), self.tree.data_type_of(one), one.shape, access)
        self.tree.add(node, one.name, ua.NodeClass.Variable, parent, attributes, by=by, of=_O.BaseDataVariableType)
        self._properties(one, node, read)
        return node

    def _properties(self, one: Value, node: ua.NodeId, read: Reader) -> None:
        if one.unit:
            unit = ua.EUInformation("", -1, ua.LocalizedText(one.unit), ua.LocalizedText(one.unit))
            source = attribute(unit, _T.ExtensionObject)
            name = ua.QualifiedName("EngineeringUnits", 0)
            self.tree.property(node, name, self.tree.content(source, standard("EUInformation")))
        if isinstance(one.kind, Scalar) and coarse(one.kind.type):
            access = READ | WRITE if one.writable else READ
            exact = self.tree.content(computed(read), self._plcopen(SUBTYPES["LTIME"]), one.shape, access)
            self.tree.property(node, ua.QualifiedName("Nanoseconds", self._spaces.own), exact)
