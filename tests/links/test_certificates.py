"""The validation steps of OPC 10000-4 clause 6.1.3: which certificate has which status code."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import pytest
from cryptography.hazmat.primitives import serialization

from hil.links.certificates import STEPS, Expected, TrustList, read_trust_list, validate
from tests.links.certificate_matrix import ALONE, CASES, LEAF, MIDDLE, PAST, ROOT, Case, page, trusting
from tests.links.pki import NOW, URI, YEAR, crl, issue

CLIENT = Expected("client", NOW, uri=URI)
ROLES: tuple[Literal["client", "server"], ...] = ("client", "server")
PAGE = Path(__file__).parents[2] / "docs" / "opcua-certificates.md"


def status(sent: bytes, trust: TrustList, **more: Any) -> str:
    return validate(sent, trust, replace(CLIENT, **more)).status


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("case", CASES, ids=lambda one: f"{one.step}: {one.words}")
def test_every_certificate_of_the_matrix_has_its_status(case: Case, role: Literal["client", "server"]) -> None:
    verdict = case.verdict(role)
    assert (verdict.status, verdict.trusted) == (case.status(role), case.status(role) == "Good")
    assert verdict.steps == STEPS[: len(verdict.steps)]
    assert [one.step for one in verdict.findings[:1]] == [case.step] * (not verdict.trusted)


def test_the_matrix_has_each_step_and_no_case_twice_and_is_the_page() -> None:
    assert {one.step for one in CASES} == {"all", *STEPS}
    assert len({(one.step, one.words) for one in CASES}) == len(CASES) >= 40
    assert len({(*one.judged, str(one.expected)) for one in CASES}) == len(CASES)
    assert PAGE.read_text() == "\n".join(page()) + "\n"


def test_everything_wrong_is_said_at_once_in_the_tables_order() -> None:
    made = issue("alone", valid=PAST, uris=["urn:other"], purposes=[])
    verdict = validate(made.der, TrustList(), CLIENT)
    assert [one.status.removeprefix("BadCertificate") for one in verdict.findings] == [
        "Untrusted", "TimeInvalid", "UriInvalid", "UseNotAllowed"
    ]  # fmt: skip
    assert str(verdict.findings[2]) == (
        "BadCertificateUriInvalid: it is for urn:other, and the application says it is urn:test:client "
        "(OPC 10000-4 6.1.3, URI)"
    )


def test_a_second_after_its_time_it_is_not_valid() -> None:
    end = NOW + YEAR
    assert status(ALONE.der, trusting(ALONE), now=end + timedelta(seconds=1)) == "BadCertificateTimeInvalid"


def test_the_folder_is_read_in_der_and_pem(tmp_path: Path) -> None:
    contents = {
        "trusted/certs/root.pem": ROOT.certificate.public_bytes(serialization.Encoding.PEM),
        "trusted/crl/root.crl": crl(ROOT),
        "issuers/certs/middle.der": MIDDLE.der,
        "issuers/crl/middle.crl": crl(MIDDLE),
        "issuers/certs/broken.der": b"-----BEGIN nothing",
    }
    for name, content in contents.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    assert status(LEAF.der, read_trust_list(tmp_path)) == "Good"
    assert read_trust_list(tmp_path / "nowhere") == TrustList()
