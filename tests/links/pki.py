"""A small certification authority that makes right and wrong certificates on demand."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
URI = "urn:test:client"
APPLICATION = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
ISSUER = ("key_cert_sign", "crl_sign")
_USES = (*APPLICATION, "key_agreement", *ISSUER, "encipher_only", "decipher_only")


@cache
def key(name: str, bits: int = 2048) -> Any:
    """A key that stays the same for its name."""
    return ec.generate_private_key(ec.SECP256R1()) if bits == 256 else rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Party:
    """A certificate and the key that belongs to it."""

    certificate: x509.Certificate
    key: Any

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.DER)


def issue(name: str, by: Party | None = None, **wrong: Any) -> Party:
    """A certificate of `name`, signed `by` another or by itself; `wrong` says what is unlike a right one."""
    own = wrong.get("key", key(name, wrong.get("bits", 2048)))
    ca = wrong.get("ca", False)
    start, end = wrong.get("valid", (NOW - YEAR, NOW + YEAR))
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    uses = wrong.get("uses", ISSUER if ca else APPLICATION)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(own.public_key())
        .serial_number(wrong.get("serial", 1000 + len(name)))
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca, wrong.get("path") if ca else None), critical=True)
        .add_extension(x509.KeyUsage(**{one: one in uses for one in _USES}), critical=True)
    )
    if not ca or "uris" in wrong:
        purposes = wrong.get("purposes", [ExtendedKeyUsageOID.CLIENT_AUTH, ExtendedKeyUsageOID.SERVER_AUTH])
        others = [x509.DNSName("plc.test"), x509.IPAddress(ip_address("127.0.0.1"))]
        uris = [x509.UniformResourceIdentifier(one) for one in wrong.get("uris", [URI])]
        made = made.add_extension(x509.ExtendedKeyUsage(purposes), critical=False) if purposes else made
        made = made.add_extension(x509.SubjectAlternativeName([*uris, *others]), critical=False)
    signer = wrong.get("signer", by.key if by else own)
    return Party(made.sign(signer, wrong.get("hash", hashes.SHA256())), own)


def crl(by: Party, *revoked: Party, **wrong: Any) -> bytes:
    """A revocation list in DER."""
    start, end = wrong.get("valid", (NOW - YEAR, NOW + YEAR))
    made = x509.CertificateRevocationListBuilder().issuer_name(by.certificate.subject)
    made = made.last_update(start).next_update(end)
    for one in revoked:
        entry = x509.RevokedCertificateBuilder().serial_number(one.certificate.serial_number).revocation_date(start)
        made = made.add_revoked_certificate(entry.build())
    signed = made.sign(wrong.get("signer", by.key), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)
