"""Whether an application's certificate is to be trusted: the validation steps of OPC 10000-4 clause 6.1.3.

Bytes in, verdict out: nothing here reads a clock, a file or a socket but `read_trust_list`. Every step runs that can; a
verdict names all that is wrong, each with its step and the status code that the table gives it. The first of them in
the table's order is the status of the whole. Nothing is suppressed, and an empty trust list trusts nobody.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

CLAUSE = "OPC 10000-4 6.1.3"
Extension = TypeVar("Extension", bound=x509.ExtensionType)
_LONGEST = 8  # certificates in a chain
_MOST_BYTES = 1 << 16

# Security policy: the least and greatest length of an RSA key (the profiles of OPC 10000-7).
POLICIES = {"Basic256Sha256": (2048, 4096), "Aes256_Sha256_RsaPss": (2048, 4096)}
# What the library raises for contents that it does not know, beside ValueError.
_UNREADABLE = (
    UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension, x509.UnsupportedGeneralNameType,
)  # fmt: skip
_HASHES = (hashes.SHA256, hashes.SHA384, hashes.SHA512)


@dataclass(frozen=True)
class TrustList:
    """Certificates and revocation lists in DER: whom we trust, and the issuers we know without trusting them."""

    trusted: tuple[bytes, ...] = ()
    trusted_crls: tuple[bytes, ...] = ()
    issuers: tuple[bytes, ...] = ()
    issuer_crls: tuple[bytes, ...] = ()


@dataclass(frozen=True)
class Expected:
    """What the other side has to be; `uri` and `host` None where they are not known yet or do not count."""

    role: Literal["client", "server"]
    now: datetime
    policy: str = "Basic256Sha256"
    uri: str | None = None
    host: str | None = None


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the step of the table, its status code and what was found."""

    step: str
    status: str
    words: str

    def __str__(self) -> str:
        return f"{self.status}: {self.words} ({CLAUSE}, {self.step})"


@dataclass(frozen=True)
class Verdict:
    """What the steps found, in the table's order, and the steps that could run."""

    findings: tuple[Finding, ...]
    steps: tuple[str, ...]

    @property
    def trusted(self) -> bool:
        """Whether all steps ran and none found anything."""
        return not self.findings and self.steps == STEPS

    @property
    def status(self) -> str:
        """The status code of the whole."""
        return self.findings[0].status if self.findings else "Good"


STEPS = (
    "Certificate Structure",
    "Build Certificate Chain",
    "Signature",
    "Security Policy Check",
    "Trust List Check",
    "Validity Period",
    "Host Name",
    "URI",
    "Certificate Usage",
    "Find Revocation List",
    "Revocation Check",
)


def validate(sent: bytes, trust: TrustList, expected: Expected) -> Verdict:
    """Judge a certificate in DER, perhaps with its issuers behind it."""
    try:
        leaf, *others = split(sent)
    except ValueError as wrong:
        return Verdict((Finding(STEPS[0], "BadCertificateInvalid", f"it cannot be read: {wrong}"),), STEPS[:1])
    chain, problem = _chain(leaf, [*others, *_readable(trust.trusted), *_readable(trust.issuers)])
    if problem is not None:
        ran = STEPS[: STEPS.index(problem.step) + 1]
        return Verdict((problem,), ran)
    found = [
        *_policy(chain, expected),
        *_trust(chain, trust),
        *_time(chain, expected),
        *_host(leaf, expected),
        *_uri(leaf, expected),
        *_use(chain, expected),
        *_revocation(chain, trust, expected),
    ]
    return Verdict(tuple(sorted(found, key=lambda one: STEPS.index(one.step))), STEPS)


def split(sent: bytes) -> list[x509.Certificate]:
    """Return the certificates of a chain as OPC UA sends it: one DER behind the other.

    Raises:
        ValueError: it is none.
    """
    found, at = list[x509.Certificate](), 0
    if not sent or len(sent) > _MOST_BYTES:
        raise ValueError(f"{len(sent)} bytes")
    while at < len(sent):
        if len(found) == _LONGEST:
            raise ValueError(f"more than {_LONGEST} certificates")
        length = _length(sent, at)
        found.append(_certificate(sent[at : at + length]))
        at += length
    return found


def _certificate(content: bytes) -> x509.Certificate:
    try:
        made = x509.load_der_x509_certificate(content)
        made.extensions, made.public_key(), made.subject, made.issuer
    except _UNREADABLE as unknown:
        raise ValueError(str(unknown)) from unknown
    if made.version is not x509.Version.v3:
        raise ValueError(f"version {made.version.name}")
    return made


def _length(content: bytes, at: int) -> int:
    """Return the length of the DER sequence that begins there."""
    if len(content) < at + 2 or content[at] != 0x30:
        raise ValueError("no DER sequence")
    first = content[at + 1]
    more = first & 0x7F if first & 0x80 else 0
    size = int.from_bytes(content[at + 2 : at + 2 + more], "big") if more else first
    if not 0 <= more <= 4 or at + 2 + more + size > len(content):
        raise ValueError("it ends too early")
    return 2 + more + size


def _readable(contents: Sequence[bytes]) -> Iterator[x509.Certificate]:
    """The certificates of a list; what is none can make nobody trusted and is passed over."""
    for one in contents:
        try:
            yield _certificate(one)
        except (ValueError, TypeError):
            continue


# ---- the steps


def _chain(leaf: x509.Certificate, known: Sequence[x509.Certificate]) -> tuple[list[x509.Certificate], Finding | None]:
    """Return the certificates from `leaf` to its root, each with a signature that holds."""
    chain = [leaf]
    while chain[-1].subject != chain[-1].issuer:
        last = chain[-1]
        named = [one for one in known if one.subject == last.issuer and one not in chain]
        signer = next((one for one in named if _signed(last, one)), None)
        if signer is None:
            name = last.issuer.rfc4514_string()
            if named:
                words = f"its signature is not that of {name}"
                return chain, Finding("Signature", "BadCertificateInvalid", words)
            words = f"nobody has the certificate of its issuer {name}"
            return chain, Finding("Build Certificate Chain", "BadCertificateChainIncomplete", words)
        chain.append(signer)
        if len(chain) > _LONGEST:
            words = f"more than {_LONGEST} certificates up to its root"
            return chain, Finding("Build Certificate Chain", "BadCertificateChainIncomplete", words)
    if not _signed(chain[-1], chain[-1]):
        return chain, Finding("Signature", "BadCertificateInvalid", f"{_name(chain[-1])} did not sign itself")
    return chain, None


def _signed(one: x509.Certificate, by: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(by)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _policy(chain: Sequence[x509.Certificate], expected: Expected) -> Iterator[Finding]:
    step, status = "Security Policy Check", "BadCertificatePolicyCheckFailed"
    if expected.policy not in POLICIES:
        yield Finding(step, status, f"no security policy {expected.policy}; there are {', '.join(POLICIES)}")
        return
    least, most = POLICIES[expected.policy]
    for one in chain:
        key = one.public_key()
        if not isinstance(key, rsa.RSAPublicKey):
            yield Finding(step, status, f"the key of {_name(one)} is no RSA key")
        elif not least <= key.key_size <= most:
            yield Finding(step, status, f"the key of {_name(one)} has {key.key_size} bits, not {least} to {most}")
        if not isinstance(one.signature_hash_algorithm, _HASHES):
            used = getattr(one.signature_hash_algorithm, "name", "no hash")
            yield Finding(step, status, f"the signature of {_name(one)} uses {used}, not SHA-256 or longer")


def _trust(chain: Sequence[x509.Certificate], trust: TrustList) -> Iterator[Finding]:
    trusted = set(trust.trusted)
    if not any(_der(one) in trusted for one in chain):
        words = f"neither {_name(chain[0])} nor one of its issuers is in the trust list"
        yield Finding("Trust List Check", "BadCertificateUntrusted", words)


def _time(chain: Sequence[x509.Certificate], expected: Expected) -> Iterator[Finding]:
    for one in chain:
        first, last = one.not_valid_before_utc, one.not_valid_after_utc
        if not first <= expected.now <= last:
            status = "BadCertificateTimeInvalid" if one is chain[0] else "BadCertificateIssuerTimeInvalid"
            yield Finding("Validity Period", status, f"{_name(one)} is valid from {first:%F} to {last:%F}")


def _host(leaf: x509.Certificate, expected: Expected) -> Iterator[Finding]:
    if expected.host is None:
        return
    names = _alternatives(leaf, x509.DNSName)
    addresses = _alternatives(leaf, x509.IPAddress)
    try:
        fits = str(ip_address(expected.host)) in addresses
    except ValueError:
        fits = expected.host.lower() in (one.lower() for one in names)
    if not fits:
        words = f"it is for {', '.join([*names, *addresses]) or 'no host'}, not for {expected.host}"
        yield Finding("Host Name", "BadCertificateHostNameInvalid", words)


def _uri(leaf: x509.Certificate, expected: Expected) -> Iterator[Finding]:
    uris = _alternatives(leaf, x509.UniformResourceIdentifier)
    if len(uris) != 1:
        words = f"it names {len(uris)} application URIs, not one"
    elif expected.uri is not None and uris[0] != expected.uri:
        words = f"it is for {uris[0]}, and the application says it is {expected.uri}"
    else:
        return
    yield Finding("URI", "BadCertificateUriInvalid", words)


def _use(chain: Sequence[x509.Certificate], expected: Expected) -> Iterator[Finding]:
    leaf, step = chain[0], "Certificate Usage"
    # OPC 10000-6 clause 6.2.2: what an application's certificate with an RSA key has to allow.
    usage = _extension(leaf, x509.KeyUsage)
    needed = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    missing = [one for one in needed if usage is None or not getattr(usage, one)]
    purpose = ExtendedKeyUsageOID.SERVER_AUTH if expected.role == "server" else ExtendedKeyUsageOID.CLIENT_AUTH
    purposes = _extension(leaf, x509.ExtendedKeyUsage)
    if purposes is None or purpose not in purposes:
        missing.append(f"{expected.role} authentication")
    if missing:
        words = f"it does not allow {', '.join(missing)}".replace("_", " ")
        yield Finding(step, "BadCertificateUseNotAllowed", words)
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca and len(chain) > 1:
        yield Finding(step, "BadCertificateUseNotAllowed", "it is an issuer's certificate, not an application's")
    for below, one in enumerate(chain[1:]):
        if words := _no_issuer(one, below):
            yield Finding(step, "BadCertificateIssuerUseNotAllowed", f"{_name(one)} {words}")


def _no_issuer(one: x509.Certificate, below: int) -> str:
    """Return why a certificate may not issue one that has `below` issuers between; empty when it may."""
    basic, usage = _extension(one, x509.BasicConstraints), _extension(one, x509.KeyUsage)
    if basic is None or not basic.ca:
        return "is no issuer"
    if basic.path_length is not None and below > basic.path_length:
        return f"may have {basic.path_length} issuers below it, not {below}"
    if usage is not None and not usage.key_cert_sign:
        return "may not sign certificates"
    return ""


def _revocation(chain: Sequence[x509.Certificate], trust: TrustList, expected: Expected) -> Iterator[Finding]:
    lists = [_crl(one) for one in (*trust.trusted_crls, *trust.issuer_crls)]
    for one, issuer in pairwise(chain):
        which = "" if one is chain[0] else "Issuer"
        valid = [crl for crl in lists if crl is not None and _holds(crl, issuer, expected.now)]
        if not valid:
            words = f"there is no valid revocation list of {_name(issuer)}"
            yield Finding("Find Revocation List", f"BadCertificate{which}RevocationUnknown", words)
        if any(crl.get_revoked_certificate_by_serial_number(one.serial_number) is not None for crl in valid):
            yield Finding("Revocation Check", f"BadCertificate{which}Revoked", f"{_name(issuer)} revoked {_name(one)}")


def _holds(crl: x509.CertificateRevocationList, issuer: x509.Certificate, now: datetime) -> bool:
    """Whether a revocation list is of this issuer, signed by it and not out of date."""
    key, usage = issuer.public_key(), _extension(issuer, x509.KeyUsage)
    if crl.issuer != issuer.subject or not isinstance(key, rsa.RSAPublicKey):
        return False
    if usage is not None and not usage.crl_sign:
        return False
    until = crl.next_update_utc
    return crl.is_signature_valid(key) and crl.last_update_utc <= now and (until is None or now <= until)


# ---- parts of a certificate


def _crl(content: bytes) -> x509.CertificateRevocationList | None:
    try:
        return x509.load_der_x509_crl(content)
    except (ValueError, TypeError, *_UNREADABLE):
        return None


def _extension(one: x509.Certificate, kind: type[Extension]) -> Extension | None:
    try:
        return one.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _alternatives(one: x509.Certificate, kind: type[Any]) -> list[str]:
    found = _extension(one, x509.SubjectAlternativeName)
    return [str(each) for each in found.get_values_for_type(kind)] if found is not None else []


def _name(one: x509.Certificate) -> str:
    return one.subject.rfc4514_string() or f"the certificate {one.serial_number:x}"


def _der(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.DER)


# ---- the folder


def read_trust_list(folder: Path) -> TrustList:
    """Return the trust list in a folder: trusted/certs, trusted/crl, issuers/certs, issuers/crl, in DER or PEM."""

    def contents(part: str, marker: bytes) -> tuple[bytes, ...]:
        files = sorted((folder / part).glob("*")) if (folder / part).is_dir() else []
        return tuple(_as_der(one.read_bytes(), marker) for one in files if one.is_file())

    return TrustList(
        contents("trusted/certs", b"CERTIFICATE"),
        contents("trusted/crl", b"X509 CRL"),
        contents("issuers/certs", b"CERTIFICATE"),
        contents("issuers/crl", b"X509 CRL"),
    )


def _as_der(content: bytes, marker: bytes) -> bytes:
    if not content.lstrip().startswith(b"-----BEGIN"):
        return content
    try:
        if marker == b"CERTIFICATE":
            return _der(x509.load_pem_x509_certificate(content))
        return x509.load_pem_x509_crl(content).public_bytes(serialization.Encoding.DER)
    except ValueError:
        return b""
