"""The certificate matrix: which certificate has which status code of OPC 10000-4 clause 6.1.3, for both sides.

Run as a module it prints docs/opcua-certificates.md (`ci/certificates`); the test beside it judges every case and
compares the page.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.x509.oid import ExtendedKeyUsageOID

from hil.links.certificates import STEPS, Expected, TrustList, Verdict, validate
from tests.links.pki import APPLICATION, ISSUER, NOW, URI, YEAR, crl, issue, key

PAST, FUTURE = (NOW - 2 * YEAR, NOW - YEAR), (NOW + YEAR, NOW + 2 * YEAR)
STRUCTURE, CHAIN, SIGNATURE, POLICY, TRUST, TIME, HOST, APPLICATION_URI, USE, LIST, REVOKED = STEPS

ALONE = issue("alone")
ROOT = issue("root", ca=True)
WEAK = issue("root", ca=True, bits=1024)
MIDDLE = issue("middle", ROOT, ca=True, path=0)
OTHER = issue("other", ROOT, ca=True, path=0)
LEAF = issue("leaf", MIDDLE)
LISTS = TrustList((ROOT.der,), (crl(ROOT),), (MIDDLE.der,), (crl(MIDDLE),))
LONG = SimpleNamespace(public_key=lambda: RSAPublicNumbers(65537, (1 << 4999) | 1).public_key())

Judged = tuple[bytes, TrustList]


@dataclass(frozen=True)
class Case:
    """A certificate with the status it has to have; `server` where a server's is another than a client's.

    `expected` lays over what the other side has to be: the application `URI` on the host plc.test.
    """

    step: str
    words: str
    judged: Judged
    client: str
    server: str = ""
    expected: dict[str, Any] = field(default_factory=dict)

    def status(self, role: Literal["client", "server"]) -> str:
        """The status code that the certificate has to have."""
        return self.server or self.client if role == "server" else self.client

    def verdict(self, role: Literal["client", "server"]) -> Verdict:
        """What our code says; the host counts for servers only."""
        host = "plc.test" if role == "server" else None
        asked = replace(Expected(role, NOW, uri=URI, host=host), **self.expected)
        return validate(*self.judged, asked if role == "server" else replace(asked, host=None))


def trusting(*parties: Any) -> TrustList:
    """A trust list of these certificates alone."""
    return TrustList(tuple(one.der for one in parties))


def alone(**wrong: Any) -> Judged:
    """A self-signed certificate in the trust list."""
    made = issue("alone", **wrong)
    return made.der, trusting(made)


def below(root: Any = ROOT, middle: Any = MIDDLE, **wrong: Any) -> Judged:
    """A leaf below issuers of which some are wrong."""
    lists = TrustList((root.der,), (crl(root),), (middle.der,), (crl(middle),))
    return issue("leaf", middle, **wrong).der, lists


def listed(*of_middle: bytes, **more: Any) -> Judged:
    """A right leaf with these revocation lists of its issuer."""
    return LEAF.der, replace(LISTS, issuer_crls=of_middle, **more)


def _long_chain() -> Judged:
    above = [ROOT]
    for number in range(8):
        above.append(issue(f"issuer {number}", above[-1], ca=True))
    return issue("leaf", above[-1]).der, trusting(*above)


_TRUSTED = ALONE.der, trusting(ALONE)
_CHANGED = ALONE.der[:-1] + bytes([ALONE.der[-1] ^ 1])
_RING = issue("a", issue("b", ca=True), ca=True), issue("b", issue("a", ca=True), ca=True)
_BOTH = [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH]
_NOT_HOST, _NOT_URI = "BadCertificateHostNameInvalid", "BadCertificateUriInvalid"
_NOT_USE, _NOT_ISSUER = "BadCertificateUseNotAllowed", "BadCertificateIssuerUseNotAllowed"
_NO_CHAIN, _INVALID = "BadCertificateChainIncomplete", "BadCertificateInvalid"
_NOT_POLICY, _UNTRUSTED = "BadCertificatePolicyCheckFailed", "BadCertificateUntrusted"
_TIME, _ISSUER_TIME = "BadCertificateTimeInvalid", "BadCertificateIssuerTimeInvalid"
_UNKNOWN, _ISSUER_UNKNOWN = "BadCertificateRevocationUnknown", "BadCertificateIssuerRevocationUnknown"

RIGHT = (
    Case("all", "self-signed, in the trust list", _TRUSTED, "Good"),
    Case("all", "issuers known, root trusted", (LEAF.der, LISTS), "Good"),
    Case("all", "issuer sent along", (LEAF.der + MIDDLE.der, replace(LISTS, issuers=())), "Good"),
    Case("all", "issuer trusted, root known", (LEAF.der, replace(LISTS, trusted=(MIDDLE.der,), issuers=(ROOT.der,))),
         "Good"),
    Case("all", "itself trusted, issuers known",
         (LEAF.der, replace(LISTS, trusted=(LEAF.der,), issuers=(MIDDLE.der, ROOT.der))), "Good"),
    Case("all", "host name in another case", _TRUSTED, "Good", expected={"host": "PLC.test"}),
    Case("all", "address for a host name", _TRUSTED, "Good", expected={"host": "127.0.0.1"}),
    Case("all", "policy Aes256_Sha256_RsaPss", _TRUSTED, "Good", expected={"policy": "Aes256_Sha256_RsaPss"}),
    Case("all", "application URI not known yet", _TRUSTED, "Good", expected={"uri": None}),
    Case("all", "serial number revoked by another issuer", listed(crl(MIDDLE), crl(OTHER, LEAF)), "Good"),
    Case("all", "revoked by a forged list beside the right one",
         listed(crl(MIDDLE), crl(MIDDLE, LEAF, signer=key("other"))), "Good"),
    Case("all", "the last second of its time", _TRUSTED, "Good", expected={"now": NOW + YEAR}),
)  # fmt: skip

WRONG = (
    Case(STRUCTURE, "no bytes", (b"", trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "no DER", (b"hello", trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "cut off", (ALONE.der[:-1], trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "rest behind it", (ALONE.der + b"\0", trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "another sequence", (b"\x30\x03\x02\x01\x05", trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "nine certificates", (ALONE.der * 9, trusting(ALONE)), _INVALID),
    Case(STRUCTURE, "longer than it is", (b"\x30\x84\xff\xff\xff\xff", trusting(ALONE)), _INVALID),
    Case(CHAIN, "issuer unknown", (LEAF.der, replace(LISTS, issuers=())), _NO_CHAIN),
    Case(CHAIN, "root unknown", (LEAF.der, TrustList((MIDDLE.der,))), _NO_CHAIN),
    Case(CHAIN, "nine issuers", _long_chain(), _NO_CHAIN),
    Case(CHAIN, "two issuers of each other", (_RING[0].der, trusting(*_RING)), _NO_CHAIN),
    Case(SIGNATURE, "not the issuer's", below(signer=key("other")), _INVALID),
    Case(SIGNATURE, "not its own", alone(signer=key("other")), _INVALID),
    Case(SIGNATURE, "a byte changed", (_CHANGED, trusting(ALONE)), _INVALID),
    Case(POLICY, "key of 1024 bits", alone(bits=1024), _NOT_POLICY),
    Case(POLICY, "key of 5000 bits", below(key=LONG), _NOT_POLICY),
    Case(POLICY, "elliptic curve", alone(bits=256), _NOT_POLICY),
    Case(POLICY, "SHA-224", alone(hash=hashes.SHA224()), _NOT_POLICY),
    Case(POLICY, "issuer's key of 1024 bits", below(WEAK, issue("middle", WEAK, ca=True)), _NOT_POLICY),
    Case(POLICY, "no such policy", _TRUSTED, _NOT_POLICY, expected={"policy": "Basic128Rsa15"}),
    Case(TRUST, "empty trust list", (ALONE.der, TrustList()), _UNTRUSTED),
    Case(TRUST, "somebody else trusted", (ALONE.der, trusting(ROOT)), _UNTRUSTED),
    Case(TRUST, "issuers known, none trusted", (LEAF.der, replace(LISTS, trusted=(), issuers=(MIDDLE.der, ROOT.der))),
         _UNTRUSTED),
    Case(TRUST, "same name, other key", (ALONE.der, trusting(issue("alone", key=key("other")))), _UNTRUSTED),
    Case(TRUST, "same key, other serial number", (ALONE.der, trusting(issue("alone", serial=7))), _UNTRUSTED),
    Case(TIME, "past", alone(valid=PAST), _TIME),
    Case(TIME, "not yet", alone(valid=FUTURE), _TIME),
    Case(TIME, "issuer past", below(middle=issue("middle", ROOT, ca=True, valid=PAST)), _ISSUER_TIME),
    Case(TIME, "root not yet", below(issue("root", ca=True, valid=FUTURE)), _ISSUER_TIME),
    Case(HOST, "another host", _TRUSTED, "Good", _NOT_HOST, {"host": "other.test"}),
    Case(HOST, "another address", _TRUSTED, "Good", _NOT_HOST, {"host": "127.0.0.2"}),
    Case(HOST, "a part of its host", _TRUSTED, "Good", _NOT_HOST, {"host": "test"}),
    Case(HOST, "no host", _TRUSTED, "Good", _NOT_HOST, {"host": ""}),
    Case(APPLICATION_URI, "none", alone(uris=[]), _NOT_URI),
    Case(APPLICATION_URI, "another", alone(uris=["urn:other"]), _NOT_URI),
    Case(APPLICATION_URI, "two", alone(uris=[URI, "urn:other"]), _NOT_URI),
    Case(USE, "no digital signature", alone(uses=APPLICATION[1:]), _NOT_USE),
    Case(USE, "no content commitment", alone(uses=(APPLICATION[0], *APPLICATION[2:])), _NOT_USE),
    Case(USE, "no key encipherment", alone(uses=(*APPLICATION[:2], APPLICATION[3])), _NOT_USE),
    Case(USE, "no data encipherment", alone(uses=APPLICATION[:3]), _NOT_USE),
    Case(USE, "servers only", alone(purposes=_BOTH[1:]), _NOT_USE, "Good"),
    Case(USE, "clients only", alone(purposes=_BOTH[:1]), "Good", _NOT_USE),
    Case(USE, "code signing only", alone(purposes=[ExtendedKeyUsageOID.CODE_SIGNING]), _NOT_USE),
    Case(USE, "no extended usage", alone(purposes=[]), _NOT_USE),
    Case(USE, "an issuer's certificate", below(ca=True, uris=[URI], uses=(*APPLICATION, *ISSUER)), _NOT_USE),
    Case(USE, "issuer without the CA flag", below(middle=issue("middle", ROOT)), _NOT_ISSUER),
    Case(USE, "issuer may not sign certificates", below(middle=issue("middle", ROOT, ca=True, uses=("crl_sign",))),
         _NOT_ISSUER),
    Case(USE, "path longer than its root allows", below(issue("root", ca=True, path=0)), _NOT_ISSUER),
    Case(LIST, "none of the issuer", listed(), _UNKNOWN),
    Case(LIST, "none of the root", (LEAF.der, replace(LISTS, trusted_crls=())), _ISSUER_UNKNOWN),
    Case(LIST, "out of date", listed(crl(MIDDLE, valid=PAST)), _UNKNOWN),
    Case(LIST, "not yet", listed(crl(MIDDLE, valid=FUTURE)), _UNKNOWN),
    Case(LIST, "forged", listed(crl(MIDDLE, signer=key("other"))), _UNKNOWN),
    Case(LIST, "forged, and revokes it", listed(crl(MIDDLE, LEAF, signer=key("other"))), _UNKNOWN),
    Case(LIST, "another issuer's", listed(crl(OTHER)), _UNKNOWN),
    Case(LIST, "issuer may not sign lists", below(middle=issue("middle", ROOT, ca=True, uses=("key_cert_sign",))),
         _UNKNOWN),
    Case(LIST, "unreadable", listed(b"list"), _UNKNOWN),
    Case(REVOKED, "itself", listed(crl(MIDDLE, LEAF)), "BadCertificateRevoked"),
    Case(REVOKED, "itself, by one of two lists", listed(crl(MIDDLE), crl(MIDDLE, LEAF)), "BadCertificateRevoked"),
    Case(REVOKED, "its issuer", (LEAF.der, replace(LISTS, trusted_crls=(crl(ROOT, MIDDLE),))),
         "BadCertificateIssuerRevoked"),
)  # fmt: skip

CASES = (*RIGHT, *WRONG)


def page() -> Iterator[str]:
    """The lines of docs/opcua-certificates.md."""
    yield "# OPC UA: which certificate has which status"
    yield ""
    yield f"Written by `ci/certificates`: {len(CASES)} certificates, each judged by `hil/links/certificates.py` as a"
    yield "client's (by the virtual PLC) and as a server's (by the bench's link), and the status code that the table of"
    yield "OPC 10000-4 clause 6.1.3 gives to the step. A client's host does not count."
    yield ""
    yield "| step | certificate | a client's | a server's |"
    yield "|---|---|---|---|"
    for one in CASES:
        yield f"| {one.step} | {one.words} | {one.status('client')} | {one.status('server')} |"


if __name__ == "__main__":
    print("\n".join(page()))
