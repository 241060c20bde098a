"""What stands at the server's door: certificates judged when a channel opens, users when a session begins."""

import logging
import secrets
import sys
from typing import Any

from asyncua import ua
from asyncua.common.utils import ServiceError
from asyncua.crypto import security_policies
from asyncua.server import Server
from asyncua.server.internal_session import InternalSession
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hil.links.certificates import split
from hil.targets._users import Account, account
from hil.targets.security import Security, application_uri, read_users, role_of

_POLICIES = [
    ua.SecurityPolicyType.Basic256Sha256_Sign,
    ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_Sign,
    ua.SecurityPolicyType.Aes256Sha256RsaPss_SignAndEncrypt,
]

logging.getLogger("asyncua").setLevel(logging.CRITICAL)


async def guard(server: Server, security: Security | None) -> None:
    """Set what a server offers: without `security` policy None for everybody, who then is an engineer."""
    internal = server.iserver
    internal.security = security
    internal.user_manager = Door(security)
    if security is None:
        server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
        server.set_identity_tokens([ua.AnonymousIdentityToken])
        return
    await server.load_certificate(security.certificate)
    await server.load_private_key(security.key)
    await server.set_application_uri(application_uri(internal.certificate))
    server.set_security_policy([*([ua.SecurityPolicyType.NoSecurity] if security.insecure else []), *_POLICIES])
    server.set_identity_tokens([ua.UserNameIdentityToken if security.users else ua.AnonymousIdentityToken])


def watch_channels(server: Server, security: Security) -> None:
    """Let every channel with security judge the certificate of its client; to be called once the server has begun."""
    for one in server._policies:
        if one.cls is not security_policies.SecurityPolicyNone:
            one.__class__ = _Judged
            one.security = security


class _Judged(security_policies.SecurityPolicyFactory):  # type: ignore[misc]
    """Makes the security policy of a channel when its client's certificate is trusted."""

    security: Security

    def create(self, peer_certificate: bytes | None) -> Any:
        """Return the policy for one client.

        Raises:
            ServiceError: the client is not trusted; all that it hears is that a check failed.
        """
        verdict = self.security.judge(peer_certificate or b"", self.cls.URI.rpartition("#")[2])
        if not verdict.trusted:
            for one in verdict.findings:
                print(f"hil plc: a client was refused: {one}", file=sys.stderr, flush=True)
            raise ServiceError(ua.StatusCodes.BadSecurityChecksFailed)
        leaf = split(peer_certificate or b"")[0]
        return super().create(leaf.public_bytes(serialization.Encoding.DER))


class Door:
    """Says who a session's user is."""

    def __init__(self, security: Security | None) -> None:
        self._security = security

    def get_user(self, _server: object, username: str | None = None, password: str | None = None, **_: Any) -> Any:
        """Return the user, None for nobody."""
        if self._security is None or self._security.users is None:
            return account("", "engineer")
        role = role_of(read_users(self._security.users), username or "", password or "")
        return Account(account("", "engineer").role, username, role) if role else None


class GuardedSession(InternalSession):  # type: ignore[misc]
    """A session that belongs to the certificate of its channel, under a token that nobody guesses."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._sent: bytes | None = None
        if self.external:
            self.iserver.unregister_external_session(self)
            self.auth_token = ua.NodeId(secrets.token_bytes(32), 0, ua.NodeIdType.ByteString)
            self.iserver.register_external_session(self)

    async def create_session(self, params: Any, sockname: Any = None) -> Any:
        """Create the session; the certificate has to be that of the application (OPC 10000-4 clause 5.7.2)."""
        self._sent = params.ClientCertificate
        if self.iserver.security is not None and self._sent:
            leaf = split(self._sent)[0]
            names = [params.ClientDescription.ApplicationUri]
            if application_uri(leaf) not in names:
                raise ServiceError(ua.StatusCodes.BadCertificateUriInvalid)
        return await super().create_session(params, sockname)

    def activate_session(self, params: Any, peer_certificate: bytes | None) -> Any:
        """Let the user in, on a channel that has the security which is asked for."""
        security: Security | None = self.iserver.security
        if security is not None and not peer_certificate and not security.insecure:
            # The library lets a client ask for endpoints without security, and then for everything else.
            raise ServiceError(ua.StatusCodes.BadSecurityModeInsufficient)
        if security is not None and peer_certificate and not self._same(peer_certificate):
            raise ServiceError(ua.StatusCodes.BadCertificateInvalid)
        return super().activate_session(params, peer_certificate)

    def _same(self, peer_certificate: bytes) -> bool:
        try:
            sent = split(self._sent or b"")[0]
        except ValueError:
            return False
        return sent == x509.load_der_x509_certificate(peer_certificate)
