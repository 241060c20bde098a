"""The validation steps of OPC 10000-4 clause 6.1.3: which certificate has which status code."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from hil.links.certificates import STEPS, Expected, TrustList, read_trust_list, validate
from tests.links.pki import APPLICATION, NOW, URI, YEAR, crl, issue, key

CLIENT = Expected("client", NOW, uri=URI)
PAST, FUTURE = (NOW - 2 * YEAR, NOW - YEAR), (NOW + YEAR, NOW + 2 * YEAR)
DAY = timedelta(days=1)

ALONE = issue("alone")
ROOT = issue("root", ca=True)
WEAK = issue("root", ca=True, bits=1024)
MIDDLE = issue("middle", ROOT, ca=True, path=0)
LEAF = issue("leaf", MIDDLE)
LISTS = TrustList((ROOT.der,), (crl(ROOT),), (MIDDLE.der,), (crl(MIDDLE),))


def status(sent: bytes, trust: TrustList, **more: Any) -> str:
    return validate(sent, trust, replace(CLIENT, **more)).status


def trusting(*parties: Any) -> TrustList:
    return TrustList(tuple(one.der for one in parties))


@pytest.mark.parametrize(
    ("sent", "trust", "more"),
    [
        pytest.param(ALONE.der, trusting(ALONE), {}, id="self-signed in the trust list"),
        pytest.param(LEAF.der, LISTS, {}, id="issuers known"),
        pytest.param(LEAF.der + MIDDLE.der, replace(LISTS, issuers=()), {}, id="issuer sent along"),
        pytest.param(LEAF.der, replace(LISTS, trusted=(MIDDLE.der,), issuers=(ROOT.der,)), {}, id="middle trusted"),
        pytest.param(LEAF.der, replace(LISTS, trusted=(LEAF.der,), issuers=(MIDDLE.der, ROOT.der)), {}, id="pinned"),
        pytest.param(ALONE.der, trusting(ALONE), {"host": "PLC.test"}, id="host name in another case"),
        pytest.param(ALONE.der, trusting(ALONE), {"host": "127.0.0.1"}, id="address"),
        pytest.param(ALONE.der, trusting(ALONE), {"role": "server"}, id="as a server"),
        pytest.param(ALONE.der, trusting(ALONE), {"policy": "Aes256_Sha256_RsaPss"}, id="other policy"),
        pytest.param(ALONE.der, trusting(ALONE), {"uri": None}, id="URI not known yet"),
    ],
)
def test_what_is_right_is_trusted_after_every_step(sent: bytes, trust: TrustList, more: dict[str, Any]) -> None:
    verdict = validate(sent, trust, replace(CLIENT, **more))
    assert (verdict.findings, verdict.steps, verdict.trusted) == ((), STEPS, True)


STRUCTURE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"hello", id="no DER"),
    pytest.param(ALONE.der[:-1], id="cut off"),
    pytest.param(ALONE.der + b"\0", id="rest behind it"),
    pytest.param(b"\x30\x03\x02\x01\x05", id="another sequence"),
    pytest.param(ALONE.der * 9, id="nine certificates"),
    pytest.param(b"\x30\x84\xff\xff\xff\xff", id="longer than it is"),
]


@pytest.mark.parametrize("sent", STRUCTURE)
def test_what_is_no_certificate_is_invalid(sent: bytes) -> None:
    verdict = validate(sent, trusting(ALONE), CLIENT)
    assert (verdict.status, verdict.steps, verdict.trusted) == ("BadCertificateInvalid", STEPS[:1], False)


def alone(**wrong: Any) -> tuple[bytes, TrustList]:
    made = issue("alone", **wrong)
    return made.der, trusting(made)


def below(root: Any = ROOT, middle: Any = MIDDLE, **wrong: Any) -> tuple[bytes, TrustList]:
    """A leaf below issuers of which some are wrong."""
    lists = TrustList((root.der,), (crl(root),), (middle.der,), (crl(middle),))
    return issue("leaf", middle, **wrong).der, lists


CASES = [
    ("chain: issuer unknown", (LEAF.der, replace(LISTS, issuers=())), "BadCertificateChainIncomplete"),
    ("chain: root unknown", (LEAF.der, TrustList((MIDDLE.der,))), "BadCertificateChainIncomplete"),
    ("signature: not the issuer's", below(signer=key("other")), "BadCertificateInvalid"),
    ("signature: not its own", alone(signer=key("other")), "BadCertificateInvalid"),
    ("signature: a byte changed", (ALONE.der[:-1] + bytes([ALONE.der[-1] ^ 1]), trusting(ALONE)),
     "BadCertificateInvalid"),
    ("policy: key of 1024 bits", alone(bits=1024), "BadCertificatePolicyCheckFailed"),
    ("policy: elliptic curve", alone(bits=256), "BadCertificatePolicyCheckFailed"),
    ("policy: hash too short", alone(hash=hashes.SHA224()), "BadCertificatePolicyCheckFailed"),
    ("policy: issuer's key too short", below(WEAK, issue("middle", WEAK, ca=True)), "BadCertificatePolicyCheckFailed"),
    ("trust: empty list", (ALONE.der, TrustList()), "BadCertificateUntrusted"),
    ("trust: somebody else", (ALONE.der, trusting(ROOT)), "BadCertificateUntrusted"),
    ("trust: issuers known only", (LEAF.der, replace(LISTS, trusted=(), issuers=(MIDDLE.der, ROOT.der))),
     "BadCertificateUntrusted"),
    ("trust: same name, other key", (ALONE.der, trusting(issue("alone", key=key("other")))),
     "BadCertificateUntrusted"),
    ("time: past", alone(valid=PAST), "BadCertificateTimeInvalid"),
    ("time: not yet", alone(valid=FUTURE), "BadCertificateTimeInvalid"),
    ("time: issuer past", below(middle=issue("middle", ROOT, ca=True, valid=PAST)), "BadCertificateIssuerTimeInvalid"),
    ("time: root not yet", below(issue("root", ca=True, valid=FUTURE)), "BadCertificateIssuerTimeInvalid"),
    ("URI: none", alone(uris=[]), "BadCertificateUriInvalid"),
    ("URI: another", alone(uris=["urn:other"]), "BadCertificateUriInvalid"),
    ("URI: two", alone(uris=[URI, "urn:other"]), "BadCertificateUriInvalid"),
    ("use: no signature", alone(uses=APPLICATION[1:]), "BadCertificateUseNotAllowed"),
    ("use: no encipherment of keys", alone(uses=(*APPLICATION[:2], APPLICATION[3])), "BadCertificateUseNotAllowed"),
    ("use: no encipherment of data", alone(uses=APPLICATION[:3]), "BadCertificateUseNotAllowed"),
    ("use: servers only", alone(purposes=[ExtendedKeyUsageOID.SERVER_AUTH]), "BadCertificateUseNotAllowed"),
    ("use: no purpose", alone(purposes=[]), "BadCertificateUseNotAllowed"),
    ("use: issuer is none", below(middle=issue("middle", ROOT)), "BadCertificateIssuerUseNotAllowed"),
    ("use: issuer may not sign", below(middle=issue("middle", ROOT, ca=True, uses=("crl_sign",))),
     "BadCertificateIssuerUseNotAllowed"),
    ("use: path too long", below(issue("root", ca=True, path=0)), "BadCertificateIssuerUseNotAllowed"),
    ("list: none of the issuer", (LEAF.der, replace(LISTS, issuer_crls=())), "BadCertificateRevocationUnknown"),
    ("list: none of the root", (LEAF.der, replace(LISTS, trusted_crls=())), "BadCertificateIssuerRevocationUnknown"),
    ("list: out of date", (LEAF.der, replace(LISTS, issuer_crls=(crl(MIDDLE, valid=PAST),))),
     "BadCertificateRevocationUnknown"),
    ("list: signed by another", (LEAF.der, replace(LISTS, issuer_crls=(crl(MIDDLE, signer=key("other")),))),
     "BadCertificateRevocationUnknown"),
    ("list: unreadable", (LEAF.der, replace(LISTS, issuer_crls=(b"list",))), "BadCertificateRevocationUnknown"),
    ("revoked", (LEAF.der, replace(LISTS, issuer_crls=(crl(MIDDLE, LEAF),))), "BadCertificateRevoked"),
    ("revoked: issuer", (LEAF.der, replace(LISTS, trusted_crls=(crl(ROOT, MIDDLE),))), "BadCertificateIssuerRevoked"),
]  # fmt: skip


@pytest.mark.parametrize(("judged", "expected"), [pytest.param(one, told, id=name) for name, one, told in CASES])
def test_what_is_wrong_has_the_tables_status(judged: tuple[bytes, TrustList], expected: str) -> None:
    assert status(*judged) == expected


@pytest.mark.parametrize("host", ["other.test", "127.0.0.2", ""])
def test_a_server_for_another_host_is_refused(host: str) -> None:
    assert status(ALONE.der, trusting(ALONE), role="server", host=host) == "BadCertificateHostNameInvalid"


def test_an_unknown_policy_is_no_policy() -> None:
    assert status(ALONE.der, trusting(ALONE), policy="None") == "BadCertificatePolicyCheckFailed"


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


def test_the_last_second_of_its_time_is_valid() -> None:
    _, end = NOW - YEAR, NOW + YEAR
    assert status(ALONE.der, trusting(ALONE), now=end) == "Good"
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
