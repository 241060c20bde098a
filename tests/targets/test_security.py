"""The secured server: whom it lets in, by which door, and what each role may do."""

import asyncio
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from asyncua import Client, ua
from asyncua.crypto import security_policies as policies
from cryptography.hazmat.primitives import serialization

from hil.errors import InputError
from hil.targets.security import Security, make_certificate, read_users, role_of, user_line
from hil.targets.serve import Doors, serve
from tests.links.pki import Party, issue
from tests.targets._client import Plain
from tests.targets.conftest import PROGRAM
from tests.targets.test_serve import ready

URI = "urn:test:client"
VALID = (datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))
OLD = (datetime.now(UTC) - timedelta(days=2), datetime.now(UTC) - timedelta(days=1))
BASIC, AES = policies.SecurityPolicyBasic256Sha256, policies.SecurityPolicyAes256Sha256RsaPss
BOTH = ua.MessageSecurityMode.SignAndEncrypt

TRUSTED = issue("trusted", valid=VALID, uris=[URI])
STRANGER = issue("stranger", valid=VALID, uris=[URI])
EXPIRED = issue("expired", valid=OLD, uris=[URI])
OTHER = issue("other", valid=VALID, uris=["urn:other"])


@pytest.fixture(scope="module")
def pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pki")
    make_certificate(folder, "plc under test", ["localhost", "127.0.0.1"], 30)
    for name, one in (("trusted", TRUSTED), ("expired", EXPIRED), ("other", OTHER)):
        (folder / "trusted" / "certs" / f"{name}.der").write_bytes(one.der)
    users = [user_line(role, role, f"{role} secret") for role in ("read-only", "operator", "engineer")]
    (folder / "users").write_text("\n".join(users) + "\n")
    return folder


def running(pki: Path, *options: str) -> Iterator[str]:
    common = ("--opcua", "opc.tcp://127.0.0.1:0", "--clock", "lockstep", "--pki", str(pki))
    with ready(PROGRAM, *common, *options) as (_, line):
        yield line.split()[-1]


@pytest.fixture(scope="module")
def url(pki: Path) -> Iterator[str]:
    yield from running(pki)


@pytest.fixture(scope="module")
def with_users(pki: Path) -> Iterator[str]:
    yield from running(pki, "--users", str(pki / "users"))


async def client(url: str, folder: Path, party: Party | None, policy: Any = BASIC, mode: Any = BOTH) -> Client:
    """A client that shows a certificate; the server's own is trusted as it comes."""
    made = Client(url, timeout=5)
    made.application_uri = URI
    if party is not None:
        key = folder / f"{party.certificate.serial_number}.pem"
        pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
        key.write_bytes(party.key.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
        cert = key.with_suffix(".der")
        cert.write_bytes(party.der)
        server = folder / "own" / "certs" / "hil.der"
        await made.set_security(policy, cert, key, server_certificate=server, mode=mode)
    return made


def let_in(made: Callable[[], Awaitable[Client]], work: Callable[[Plain], Awaitable[None]] | None = None) -> str:
    """Connect and do the work; return the name of what refused it."""

    async def connected() -> str:
        try:
            async with await made() as one:
                spaces = await one.get_namespace_array()
                own = spaces.index("urn:hilbench:controller")
                if work is not None:
                    await work(Plain(one, spaces.index("urn:hilbench:plc"), own, own))
        except (ua.UaError, TimeoutError, ConnectionError, asyncio.CancelledError) as refused:
            return type(refused).__name__
        return "Good"

    return asyncio.run(connected())


@pytest.mark.parametrize("policy", [BASIC, AES])
@pytest.mark.parametrize("mode", [ua.MessageSecurityMode.Sign, BOTH])
def test_a_trusted_client_is_let_in(url: str, pki: Path, policy: Any, mode: Any) -> None:
    async def work(plain: Plain) -> None:
        await plain.write("TT101", 4.0, "Float")
        assert await plain.call("Reset") == "Good"
        assert await plain.read("TT101") == 0.0

    assert let_in(lambda: client(url, pki, TRUSTED, policy, mode), work) == "Good"


@pytest.mark.parametrize("party", [STRANGER, EXPIRED, OTHER], ids=["stranger", "expired", "another URI"])
def test_a_client_that_is_not_trusted_is_not(url: str, pki: Path, party: Party) -> None:
    assert let_in(lambda: client(url, pki, party)) != "Good"


def test_a_refused_certificate_is_kept_to_be_looked_at(url: str, pki: Path) -> None:
    let_in(lambda: client(url, pki, STRANGER))
    assert STRANGER.der in [one.read_bytes() for one in (pki / "rejected").glob("*.der")]


def test_without_security_nobody_gets_a_session(url: str) -> None:
    async def asked() -> None:
        one = Client(url)
        await one.connect_sessionless()
        try:
            await one.uaclient.create_session(ua.CreateSessionParameters(EndpointUrl=url))
            token = ua.AnonymousIdentityToken(PolicyId="anonymous")
            await one.uaclient.activate_session(ua.ActivateSessionParameters(UserIdentityToken=token))
        finally:
            await one.disconnect_sessionless()

    with pytest.raises(ua.uaerrors.BadSecurityModeInsufficient):
        asyncio.run(asked())


def test_the_endpoints_are_the_secured_ones(url: str) -> None:
    async def asked() -> set[tuple[str, int]]:
        return {
            (one.SecurityPolicyUri.rpartition("#")[2], int(one.SecurityMode))
            for one in await Client(url).connect_and_get_server_endpoints()
        }

    expected = {(one, mode) for one in ("Basic256Sha256", "Aes256_Sha256_RsaPss") for mode in (2, 3)}
    assert asyncio.run(asked()) == expected


def as_user(url: str, pki: Path, name: str, password: str) -> Callable[[], Awaitable[Client]]:
    async def made() -> Client:
        one = await client(url, pki, TRUSTED)
        one.set_user(name)
        one.set_password(password)
        return one

    return made


RIGHTS = {"read-only": ("BadUserAccessDenied",) * 4, "operator": ("Good", "BadUserAccessDenied", "Good"),
          "engineer": ("Good",) * 4}  # fmt: skip


@pytest.mark.parametrize("role", RIGHTS)
def test_a_role_may_do_what_it_says(with_users: str, pki: Path, role: str) -> None:
    async def work(plain: Plain) -> None:
        done = (
            await plain.refused("TT101", 1.0, "Float"),
            await plain.refused("filter", 1.0, "Double"),
            await plain.call("Start"),
            await plain.call("Reset"),
        )
        assert done == (*RIGHTS[role], "BadUserAccessDenied")[:4]
        level = await plain.variable("filter").get_user_access_level()
        assert (ua.AccessLevel.CurrentWrite in level) == (role == "engineer")

    assert let_in(as_user(with_users, pki, role, f"{role} secret"), work) == "Good"


@pytest.mark.parametrize(("name", "password"), [("engineer", "wrong"), ("nobody", "engineer secret"), ("engineer", "")])
def test_a_wrong_name_or_password_is_refused(with_users: str, pki: Path, name: str, password: str) -> None:
    assert let_in(as_user(with_users, pki, name, password)) == "BadUserAccessDenied"


def test_where_users_are_known_nobody_is_anonymous(with_users: str, pki: Path) -> None:
    assert let_in(lambda: client(with_users, pki, TRUSTED)) != "Good"


def test_a_users_file_has_no_password_in_it(tmp_path: Path) -> None:
    file = tmp_path / "users"
    command = [sys.executable, "-m", "hil", "plc", "user", str(file), "ann", "operator"]
    for word in ("first secret", "second secret"):
        subprocess.run(command, input=f"{word}\n", text=True, check=True, capture_output=True, timeout=60)
    assert "secret" not in file.read_text()
    users = read_users(file)
    given = [role_of(users, *one) for one in (("ann", "second secret"), ("ann", "first secret"), ("bob", ""))]
    assert given == ["operator", None, None]
    with pytest.raises(InputError, match="no role 'operater'; did you mean 'operator'"):
        user_line("ann", "operater", "x")
    file.write_text("ann:operator:secret\n")
    with pytest.raises(InputError, match=r"users:1: this is no user; write the line with `hil plc user`"):
        read_users(file)


def test_a_certificate_is_made_once_and_asked_for_when_missing(pki: Path, tmp_path: Path) -> None:
    assert Security(pki).key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match=r"hil\.der is there; move it away to have a new one"):
        make_certificate(pki, "again", ["localhost"], 1)
    with pytest.raises(InputError, match="is missing; make it with `hil plc certificate"):
        serve(PROGRAM, Doors("opc.tcp://127.0.0.1:0", security=Security(tmp_path)))
