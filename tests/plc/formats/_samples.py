"""Sources of each format for the tests, and helpers that draw networks."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from hil.plc import compile_text
from hil.plc.formats import Project, Unit, read_units

MS = 1_000_000

PLAIN = """PROGRAM Tank
VAR level : REAL; full : BOOL; END_VAR
full := level > 0.9; (* the float switch *)
END_PROGRAM
"""

EXPORT = """
(* @NESTEDCOMMENTS := 'Yes' *)
(* @PATH := '\\/Pumps' *)
(* @OBJECTFLAGS := '0, 8' *)
(* @SYMFILEFLAGS := '2048' *)
FUNCTION_BLOCK Pump
VAR_INPUT
	on : BOOL; (* END_FUNCTION_BLOCK is only said here *)
END_VAR
VAR_OUTPUT
	runs : DINT;
END_VAR
(* @END_DECLARATION := '0' *)
IF on THEN count(); END_IF
END_FUNCTION_BLOCK
ACTION count:
runs := runs + 1;
END_ACTION

(* @GLOBAL_VARIABLE_LIST := 'Limits' *)
VAR_GLOBAL CONSTANT
	MOST : INT := 7;
END_VAR
(* @OBJECT_END := 'Limits' *)
TYPE Mode : (IDLE, BUSY); END_TYPE
PROGRAM Main
VAR
	pump : Pump;
END_VAR
(* @END_DECLARATION := '0' *)
pump(on := TRUE);
END_PROGRAM

RESOURCE
TASK fast (PRIORITY := 1, INTERVAL := T#5ms);
Main();
{Additional_info : 1,0}
END_TASK
END_RESOURCE
LIBRARY
Standard.lib 5.6.98 12:03:02
NumOfPOUs: 26
END_LIBRARY
VISUALISATION screen
_OBJECT
END_VISUALISATION
_WORKSPACE
_GLOBALVISUALSETTINGS
_END_WORKSPACE
"""

TWINCAT = """\ufeff<?xml version="1.0" encoding="utf-8"?>
<TcPlcObject Version="1.1.0.1">
  <POU Name="FB_Valve" Id="{1}">
    <Declaration><![CDATA[FUNCTION_BLOCK FB_Valve EXTENDS FB_Base
VAR
	open : BOOL;
END_VAR
]]></Declaration>
    <Implementation>
      <ST><![CDATA[open := TRUE;
Blink();]]></ST>
    </Implementation>
    <Folder Name="Inside" Id="{2}" />
    <Method Name="Close" Id="{3}">
      <Declaration><![CDATA[METHOD Close : BOOL]]></Declaration>
      <Implementation>
        <ST><![CDATA[open := FALSE;]]></ST>
      </Implementation>
    </Method>
    <Property Name="IsOpen" Id="{4}">
      <Declaration><![CDATA[PROPERTY IsOpen : BOOL]]></Declaration>
      <Get Name="Get" Id="{5}">
        <Declaration><![CDATA[VAR
END_VAR
]]></Declaration>
        <Implementation>
          <ST><![CDATA[IsOpen := open;]]></ST>
        </Implementation>
      </Get>
    </Property>
    <Action Name="Blink" Id="{6}">
      <Implementation>
        <ST><![CDATA[open := NOT open;]]></ST>
      </Implementation>
    </Action>
    <LineIds Name="FB_Valve"><LineId Id="1" Count="0" /></LineIds>
  </POU>
</TcPlcObject>
"""

PLCOPEN = """<?xml version="1.0" encoding="utf-8"?>
<project xmlns="http://www.plcopen.org/xml/tc6_0201">
  <types>
    <dataTypes>
      <dataType name="Recipe"><baseType><struct>
        <variable name="grams"><type><array><dimension lower="1" upper="3"/><baseType><REAL/></baseType></array></type>
          <initialValue><arrayValue><value repetitionValue="2"><simpleValue value="0.5"/></value>
            <value><simpleValue value="1"/></value></arrayValue></initialValue></variable>
        <variable name="label"><type><string length="12"/></type></variable>
      </struct></baseType></dataType>
    </dataTypes>
    <pous>
      <pou name="Mixer" pouType="program">
        <interface>
          <localVars retain="true"><variable name="n" address="%MW4"><type><INT/></type>
            <initialValue><simpleValue value="3"/></initialValue></variable></localVars>
        </interface>
        <body><ST><xhtml xmlns="http://www.w3.org/1999/xhtml">IF n &lt; 9 THEN
  n := n + 1;
END_IF;</xhtml></ST></body>
      </pou>
    </pous>
  </types>
  <instances><configurations><configuration name="Plant"><resource name="Cpu">
    <task name="Slow" interval="PT0.1S" priority="2"><pouInstance name="mixer1" typeName="Mixer"/></task>
    <globalVars><variable name="shift"><type><derived name="Recipe"/></type></variable></globalVars>
  </resource></configuration></configurations></instances>
</project>
"""

AX = """USING Simatic.Ax;
NAMESPACE Plant
    CLASS Valve
        METHOD PUBLIC Open : BOOL
            Open := TRUE;
        END_METHOD
    END_CLASS
END_NAMESPACE
"""

SCL = """FUNCTION_BLOCK "Heater"
{ S7_Optimized_Access := 'TRUE' }
VERSION : 0.1
   VAR_INPUT
      target : Real;
   END_VAR
BEGIN
   #target := "Store".setpoint;
END_FUNCTION_BLOCK
"""

SAMPLES = {
    "tank.st": PLAIN,
    "pumps.exp": EXPORT,
    "FB_Valve.TcPOU": TWINCAT,
    "mixer.xml": PLCOPEN,
    "valve.st": AX,
    "heater.scl": SCL,
}


def read(folder: Path, name: str, text: str | bytes) -> Project:
    """The project of one file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_units([path])


def only(folder: Path, name: str, text: str) -> Unit:
    """The one unit of a file without problems."""
    project = read(folder, name, text)
    assert project.problems == ()
    (unit,) = project.units
    return unit


# ---- networks


def wires(origins: Iterable[str]) -> str:
    """A connection point; an origin is `3` or `3.Q`."""
    pairs = (one.partition(".") for one in origins)
    inner = "".join(f'<connection refLocalId="{id_}" formalParameter="{port}"/>' for id_, _, port in pairs)
    return f"<connectionPointIn>{inner}</connectionPointIn>"


def element(tag: str, id_: int, words: str = "", origins: Iterable[str] = (), y: int = 0, **flags: Any) -> str:
    """A variable, contact, coil, jump or the like."""
    attributes = "".join(f' {name}="{value}"' for name, value in flags.items())
    word = "expression" if tag.endswith("Variable") else "variable"
    inner = f'<position x="{id_}" y="{y}"/>' + (wires(origins) if origins else "")
    return f'<{tag} localId="{id_}"{attributes}>{inner}{f"<{word}>{words}</{word}>" if words else ""}</{tag}>'


given, out = partial(element, "inVariable"), partial(element, "outVariable")


def block(id_: int, type_: str, inputs: dict[str, str], outputs: str = "OUT", y: int = 0, **flags: Any) -> str:
    """A block; an input `name!` is negated, `name/` has a rising edge."""
    attributes = "".join(f' {name}="{value}"' for name, value in flags.items())
    lines = "".join(
        f'<variable formalParameter="{name.strip("!/")}" negated="{str("!" in name).lower()}"'
        f' edge="{"rising" if "/" in name else "none"}">{wires(origins.split())}</variable>'
        for name, origins in inputs.items()
    )
    ends = "".join(f'<variable formalParameter="{name}"><connectionPointOut/></variable>' for name in outputs.split())
    return (
        f'<block localId="{id_}" typeName="{type_}"{attributes}><position x="{id_}" y="{y}"/><inputVariables>{lines}'
        f"</inputVariables><inOutVariables/><outputVariables>{ends}</outputVariables></block>"
    )


def drawn(declarations: str, *elements: str, language: str = "FBD", kind: str = "PROGRAM", more: str = "") -> str:
    """A document with one unit whose body is drawn."""
    return (
        f'<project><types><pous>{more}<pou name="P" pouType="{kind.lower()}"><body><{language}>{"".join(elements)}'
        f"</{language}></body><addData><data name='interfaceasplaintext'><InterfaceAsPlainText><xhtml>{kind} P\n"
        f"{declarations}\n</xhtml></InterfaceAsPlainText></data></addData></pou></pous></types></project>"
    )


def lowered(folder: Path, *arguments: Any, **options: Any) -> str:
    """The text of a drawn unit without its declaration, line by line without the ends."""
    unit = only(folder, "drawn.xml", drawn(*arguments, **options))
    return unit.text.split("END_VAR\n")[-1].removesuffix("END_PROGRAM\n").strip()


def ran(folder: Path, scans: int, *arguments: Any, **options: Any) -> dict[str, Any]:
    """The variables of a drawn program after some scans of 10 ms."""
    project = read(folder, "drawn.xml", drawn(*arguments, **options))
    assert project.problems == ()
    program = compile_text("".join(one.text for one in project.units), program="P")
    memory = program.new_memory()
    assert program.run(memory, scans, 0, 10 * MS) is None
    return {one.path: program.read(memory, one.path) for one in program.top}


RAIL_AND_CHART = drawn(
    "VAR a : BOOL; n : INT; delay : TON; END_VAR",
    '<leftPowerRail localId="0"/>',
    element("contact", 1, "a", ["0"], edge="rising"),
    element("coil", 2, "a", ["1"], storage="set"),
    element("inVariable", 3, "n"),
    block(4, "ADD", {"IN1": "3", "IN2": "4"}, y=3),
    element("outVariable", 5, "n", ["4"], y=4, executionOrderId=7),
    block(6, "TON", {"IN": "1", "PT!": "3"}, "Q ET", instanceName="delay"),
    element("jump", 7, "", ["6.Q"], label="on"),
    element("label", 8, label="on", y=90),
).replace(
    "</pous>",
    '<pou name="C" pouType="program"><body><SFC><step localId="1" name="S" initialStep="true"/>'
    '<transition localId="2"><connectionPointIn><connection refLocalId="1"/></connectionPointIn>'
    "<condition><inline><ST>TRUE</ST></inline></condition></transition>"
    '<jumpStep localId="3" targetName="S"><connectionPointIn><connection refLocalId="2"/></connectionPointIn>'
    "</jumpStep></SFC></body></pou></pous>",
)
