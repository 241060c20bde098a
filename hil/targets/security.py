"""The security of the OPC UA server: its own certificate, whom it lets in, and what its users may do.

The folder of certificates has own/certs/hil.der and own/private/hil.pem, trusted/certs, trusted/crl, issuers/certs,
issuers/crl, and rejected, where the server puts certificates that it refused.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hil.errors import InputError, near
from hil.links.certificates import Expected, Verdict, read_trust_list, validate

ROLES = ("read-only", "operator", "engineer")
_REJECTED = 50  # certificates kept in the folder of the refused ones
_COST = {"n": 1 << 14, "r": 8, "p": 1}  # of scrypt: 16 MiB and some 50 ms for a guess


@dataclass(frozen=True)
class Security:
    """Where the certificates are, who the users are (None: whoever has a trusted certificate may do everything).

    `insecure` leaves the door without security open beside the others; then only the loopback is served.
    """

    folder: Path
    users: Path | None = None
    insecure: bool = False

    @property
    def certificate(self) -> Path:
        """The server's own certificate."""
        return self.folder / "own" / "certs" / "hil.der"

    @property
    def key(self) -> Path:
        """The key that belongs to it."""
        return self.folder / "own" / "private" / "hil.pem"

    def check(self) -> None:
        """Raise what would keep a server from starting.

        Raises:
            InputError: no certificate, or users that cannot be read.
        """
        for one in (self.certificate, self.key):
            if not one.is_file():
                raise InputError(f"{one} is missing; make it with `hil plc certificate {self.folder}`")
        if self.users is not None:
            read_users(self.users)

    def judge(self, sent: bytes, policy: str, uri: str | None = None) -> Verdict:
        """Judge a client's certificate by the trust list as it is now; a refused one goes to `rejected`."""
        expected = Expected("client", datetime.now(UTC), policy, uri)
        verdict = validate(sent, read_trust_list(self.folder), expected)
        if not verdict.trusted:
            self._reject(sent)
        return verdict

    def _reject(self, sent: bytes) -> None:
        folder = self.folder / "rejected"
        folder.mkdir(exist_ok=True)
        (folder / f"{hashlib.sha1(sent, usedforsecurity=False).hexdigest()}.der").write_bytes(sent)
        oldest_first = sorted(folder.glob("*.der"), key=lambda one: one.stat().st_mtime)
        for one in oldest_first[:-_REJECTED]:
            one.unlink()


def make_certificate(folder: Path, name: str, hosts: list[str], days: int) -> Path:
    """Make a key and a self-signed application certificate (OPC 10000-6 clause 6.2.2); return the certificate's path.

    Raises:
        InputError: there is one.
    """
    where = Security(folder)
    if where.certificate.exists() or where.key.exists():
        raise InputError(f"{where.certificate} is there; move it away to have a new one")
    key = rsa.generate_private_key(65537, 3072)
    content = _signed(key, name, hosts, timedelta(days=days)).public_bytes(serialization.Encoding.DER)
    for one in (where.certificate, where.key):
        one.parent.mkdir(parents=True, exist_ok=True)
    for part in ("trusted/certs", "trusted/crl", "issuers/certs", "issuers/crl"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    where.key.touch(0o600)
    plain = serialization.NoEncryption()
    where.key.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    where.certificate.write_bytes(content)
    return where.certificate


def _signed(key: rsa.RSAPrivateKey, name: str, hosts: list[str], life: timedelta) -> x509.Certificate:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    start = datetime.now(UTC) - timedelta(minutes=5)  # clocks differ
    uses = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment")
    others = ("key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")
    usage = x509.KeyUsage(**dict.fromkeys(uses, True), **dict.fromkeys(others, False))
    uri = x509.UniformResourceIdentifier(f"urn:{hosts[0]}:hilbench:{name.replace(' ', '-')}")
    purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
    key_id = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(start).not_valid_after(start + life)
    made = made.add_extension(x509.BasicConstraints(False, None), critical=True).add_extension(usage, critical=True)
    made = made.add_extension(purposes, critical=False).add_extension(key_id, critical=False)
    names = x509.SubjectAlternativeName([uri, *(_host(one) for one in hosts)])
    return made.add_extension(names, critical=False).sign(key, hashes.SHA256())


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def application_uri(certificate: x509.Certificate) -> str:
    """Return the URI of the application that a certificate is for."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return str(names.get_values_for_type(x509.UniformResourceIdentifier)[0])


# ---- users


@dataclass(frozen=True)
class Known:
    """A user of the file: a role, and the salt and hash of the password."""

    role: str
    salt: bytes
    hashed: bytes


def user_line(name: str, role: str, password: str) -> str:
    """Return the line of the users' file that lets `name` in with `password`.

    Raises:
        InputError: a name that the file cannot hold, no such role, an empty password.
    """
    if not name or ":" in name or "\n" in name or not password:
        raise InputError(f"a user needs a name without ':' and a password; {name!r} with {len(password)} characters")
    if role not in ROLES:
        raise InputError(f"no role {role!r}{near(role, ROLES)}; there are {', '.join(ROLES)}")
    salt = secrets.token_bytes(16)
    return f"{name}:{role}:{salt.hex()}:{_hashed(password, salt).hex()}"


def _hashed(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST)


def read_users(file: Path) -> dict[str, Known]:
    """Return the users of a file: a line NAME:ROLE:SALT:HASH for each, as `hil plc user` writes it.

    Raises:
        InputError: the file cannot be read, or a line is not right.
    """
    found = dict[str, Known]()
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"cannot read '{file}': {getattr(problem, 'strerror', None) or problem}") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            name, role, salt, hashed = line.split(":")
            found[name] = Known(role, bytes.fromhex(salt), bytes.fromhex(hashed))
            sound = role in ROLES and len(found[name].hashed) == 64
        except ValueError:
            sound = False
        if not sound:
            raise InputError(f"{file}:{number}: this is no user; write the line with `hil plc user`")
    return found


def role_of(users: dict[str, Known], name: str, password: str) -> str | None:
    """Return the role of who gives this name and password, None for nobody; it takes as long for an unknown name."""
    known = users.get(name, Known("", bytes(16), bytes(64)))
    fits = secrets.compare_digest(_hashed(password, known.salt), known.hashed)
    return known.role if fits and known.role else None
