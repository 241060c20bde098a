"""The OPC UA link with security: the server is judged by our own code before anything is said to it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copy

import numpy as np
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from hil.errors import InputError
from hil.links import LinkError, OpcUaLink
from hil.links.opcua_security import ClientSecurity, Policy
from hil.targets.security import make_certificate, user_line
from tests.links.pki import Party, crl, issue, key
from tests.targets.conftest import PROGRAM
from tests.targets.test_serve import ready

VALID = (datetime.now(UTC) - timedelta(days=1), datetime.now(UTC) + timedelta(days=1))
ROOT = issue("root", ca=True, valid=VALID)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A server's folder of certificates and a client's, each with the other's certificate trusted."""
    server, client = tmp_path_factory.mktemp("server"), tmp_path_factory.mktemp("client")
    certificates = [make_certificate(one, one.name[:6], ["localhost", "127.0.0.1"], 30) for one in (server, client)]
    copy(certificates[1], server / "trusted" / "certs")
    copy(certificates[0], client / "trusted" / "certs")
    (server / "users").write_text(user_line("ann", "engineer", "secret") + "\n")
    return server, client


@pytest.fixture(scope="module")
def url(folders: tuple[Path, Path]) -> Iterator[str]:
    options = ("--opcua", "opc.tcp://127.0.0.1:0", "--clock", "lockstep", "--pki", str(folders[0]))
    with ready(PROGRAM, *options, "--users", str(folders[0] / "users")) as (_, line):
        yield line.split()[-1]


def link(url: str, security: ClientSecurity) -> OpcUaLink:
    return OpcUaLink(url, [("TT101", "f4")], [("scans.count", "i4")], lockstep=True, security=security)


@pytest.mark.parametrize("policy", ["Basic256Sha256", "Aes256_Sha256_RsaPss"])
@pytest.mark.parametrize("encrypt", [True, False])
def test_values_flow_signed_and_encrypted(url: str, folders: tuple[Path, Path], policy: Policy, encrypt: bool) -> None:
    wire = link(url, ClientSecurity(folders[1], policy, encrypt, "ann", "secret"))
    wire.open()
    into = np.zeros(1, wire.incoming)
    wire.exchange(0, np.zeros(1, wire.outgoing), into)
    wire.close()
    assert into["scans.count"] == 1


def test_a_server_that_nobody_trusts_is_told_nothing(url: str, folders: tuple[Path, Path], tmp_path: Path) -> None:
    make_certificate(tmp_path, "other", ["localhost"], 30)
    with pytest.raises(LinkError, match=r"is not trusted: BadCertificateUntrusted: .*is in the trust list"):
        link(url, ClientSecurity(tmp_path, user="ann", password="secret")).open()


def test_a_wrong_password_is_refused_and_a_missing_certificate_named(
    url: str, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    with pytest.raises(LinkError, match=r"the server refused with BadUserAccessDenied|BadIdentityToken"):
        link(url, ClientSecurity(folders[1], user="ann", password="wrong")).open()
    with pytest.raises(InputError, match=r"hil\.der and no .*; make them with `hil plc certificate"):
        link(url, ClientSecurity(tmp_path)).open()


def keep(folder: Path, party: Party) -> None:
    """Make a certificate and its key the own ones of a folder, which trusts the root."""
    pem = party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    parts = {"own/certs/hil.der": party.der, "own/private/hil.pem": pem, "trusted/certs/root.der": ROOT.der}
    for name, content in {**parts, "trusted/crl/root.crl": crl(ROOT, valid=VALID)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def test_whom_an_issuer_revoked_is_refused_on_both_sides(tmp_path: Path) -> None:
    parties = {name: issue(name, ROOT, valid=VALID, uris=[f"urn:{name}"]) for name in ("the server", "client")}
    for name, party in parties.items():
        keep(tmp_path / name, party)
    lists = {name: tmp_path / name / "trusted" / "crl" / "root.crl" for name in parties}
    options = ("--opcua", "opc.tcp://127.0.0.1:0", "--clock", "lockstep", "--pki", str(tmp_path / "the server"))
    with ready(PROGRAM, *options) as (_, line):
        wire = link(line.split()[-1], ClientSecurity(tmp_path / "client"))
        wire.open()
        wire.close()
        lists["client"].write_bytes(crl(ROOT, parties["the server"], valid=VALID))
        with pytest.raises(LinkError, match="is not trusted: BadCertificateRevoked: CN=root revoked CN=the server"):
            wire.open()
        lists["client"].write_bytes(crl(ROOT, parties["the server"], valid=VALID, signer=key("forger")))
        with pytest.raises(LinkError, match="is not trusted: BadCertificateRevocationUnknown"):
            wire.open()
        lists["client"].write_bytes(crl(ROOT, valid=VALID))
        lists["the server"].write_bytes(crl(ROOT, parties["client"], valid=VALID))
        with pytest.raises(LinkError):
            wire.open()
        lists["the server"].write_bytes(crl(ROOT, valid=VALID))
        wire.open()
        wire.close()
