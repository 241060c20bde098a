"""Security of an OPC UA client: its policy, its certificate, its user, and whom it trusts, judged by our own code.

The folder is laid out as a server's (`hil plc certificate`): own/ with key and certificate, trusted/ and issuers/.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from hil.errors import InputError
from hil.links.certificates import Expected, read_trust_list, split, validate
from hil.links.link import LinkError

Policy = Literal["Basic256Sha256", "Aes256_Sha256_RsaPss"]


@dataclass(frozen=True)
class ClientSecurity:
    """How a session is protected; `certificate` and `key` are files in `folder`/own when left out."""

    folder: Path
    policy: Policy = "Basic256Sha256"
    encrypt: bool = True
    user: str | None = None
    password: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    @property
    def files(self) -> tuple[Path, Path]:
        """Certificate and key.

        Raises:
            InputError: they are not there.
        """
        own = self.folder / "own"
        found = (self.certificate or own / "certs" / "hil.der", self.key or own / "private" / "hil.pem")
        if missing := [str(one) for one in found if not one.is_file()]:
            raise InputError(f"no {' and no '.join(missing)}; make them with `hil plc certificate {self.folder}`")
        return found

    async def apply(self, client: Any, url: str) -> None:
        """Let a client that is not connected yet connect so; the server's certificate is judged before.

        Raises:
            InputError: no certificate of ours. LinkError: the server has no such endpoint, or is not trusted.
        """
        from asyncua import ua
        from asyncua.crypto import security_policies, uacrypto
        from cryptography.hazmat.primitives.serialization import Encoding

        certificate, key = self.files
        policy = getattr(security_policies, f"SecurityPolicy{self.policy.replace('_', '')}")
        mode = ua.MessageSecurityMode.SignAndEncrypt if self.encrypt else ua.MessageSecurityMode.Sign
        endpoints = await client.connect_and_get_server_endpoints()
        fitting = [one for one in endpoints if one.SecurityPolicyUri == policy.URI and one.SecurityMode == mode]
        if not fitting:
            had = {f"{one.SecurityPolicyUri.rpartition('#')[2]} {one.SecurityMode.name}" for one in endpoints}
            raise LinkError(f"{url} has no endpoint with {self.policy} {mode.name}; it has {', '.join(sorted(had))}")
        self._judge(fitting[0], url)
        client.application_uri = _uri_of(certificate)
        leaf = split(fitting[0].ServerCertificate)[0].public_bytes(Encoding.DER)
        judged = uacrypto.CertProperties(leaf, extension="der")
        await client.set_security(policy, str(certificate), str(key), server_certificate=judged, mode=mode)
        if self.user is not None:
            client.set_user(self.user)
            client.set_password(self.password or "")

    def _judge(self, endpoint: Any, url: str) -> None:
        expected = Expected(
            "server", datetime.now(UTC), self.policy, endpoint.Server.ApplicationUri, urlsplit(url).hostname
        )
        verdict = validate(endpoint.ServerCertificate, read_trust_list(self.folder), expected)
        if not verdict.trusted:
            raise LinkError(f"{url} is not trusted: {'; '.join(map(str, verdict.findings))}")


def _uri_of(certificate: Path) -> str:
    from cryptography import x509

    content = certificate.read_bytes()
    pem = content.lstrip().startswith(b"-----BEGIN")
    made = x509.load_pem_x509_certificate(content) if pem else x509.load_der_x509_certificate(content)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return names.get_values_for_type(x509.UniformResourceIdentifier)[0]
