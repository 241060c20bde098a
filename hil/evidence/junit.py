"""The verdict as JUnit XML, so that any CI server shows it; deterministic, without time stamps.

A CI server knows pass, failure and error only: what is not a pass never looks like one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from hil.evidence._words import measured

_ELEMENT = {"fail": "failure", "inconc": "error", "error": "error", "none": "error"}
_UNWRITABLE = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2


def junit(*results: Mapping[str, Any]) -> str:
    """The file's text: one suite for each run, in it one case for each finding.

    A run whose verdict is none of its findings' (no requirement, a broken run) gets a case of its own.
    """
    suites = ET.Element("testsuites")
    suites.extend(_suite(one) for one in results)
    ET.indent(suites)
    return "<?xml version='1.0' encoding='utf-8'?>\n" + ET.tostring(suites, encoding="unicode") + "\n"


def _suite(result: Mapping[str, Any]) -> ET.Element:
    findings, verdict = [*result["findings"]], result["verdict"]
    if verdict not in {finding["verdict"] for finding in findings}:
        reason = result.get("ended") or "no requirement explains the verdict of the run"
        verdict = "none" if verdict == "pass" else verdict
        findings.append({"id": "run", "words": "the run itself", "verdict": verdict, "reason": reason})
    name = _clean(f"{result['rig']}.{result['scenario']}")
    suite = ET.Element("testsuite", name=name, tests=str(len(findings)))
    counts = [_ELEMENT.get(finding["verdict"]) for finding in findings]
    suite.set("failures", str(counts.count("failure")))
    suite.set("errors", str(counts.count("error")))
    suite.set("skipped", "0")
    properties = ET.SubElement(suite, "properties")
    for key in ("verdict", "seed", "link", "clock", "hil"):
        ET.SubElement(properties, "property", name=key, value=_clean(str(result[key])))
    ET.SubElement(properties, "property", name="record", value=result["record"]["digest"])
    suite.extend(_case(name, finding) for finding in findings)
    return suite


def _case(suite: str, finding: Mapping[str, Any]) -> ET.Element:
    case = ET.Element("testcase", classname=suite, name=_clean(f"{finding['id']}: {finding['words']}"))
    verdict, facts = finding["verdict"], _clean(measured(finding))
    if verdict == "pass":
        ET.SubElement(case, "system-out").text = facts
    else:
        message = _clean(finding.get("reason") or facts)
        ET.SubElement(case, _ELEMENT[verdict], type=verdict, message=message).text = facts
    return case


def _clean(text: str) -> str:
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", text)
