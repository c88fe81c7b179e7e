"""A folder of certificates, and two sides that meet without a socket."""

import ssl
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from coach.engine.api.service import pki
from coach.engine.pki.contexts import asking
from coach.engine.pki.folder import CertificateFolder
from coach.engine.vault.kek import Kek, LocalKek
from coach.engine.vault.providers.age_file import AgeFile
from coach.engine.vault.ring import new_ring
from coach.model.machine.identities import host_of
from coach.server.engine.tls import ReloadableTls
from tests import clock

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Installation:
    """A folder with an authority, and certificates of both sides that count now."""

    certificates: CertificateFolder
    kek: Kek

    def serving(self) -> ReloadableTls:
        """Return how the service listens."""
        return ReloadableTls(lambda: pki.server_context(self.certificates.folder, clock.now()))

    def asking(self) -> ssl.SSLContext:
        """Return how it is asked."""
        return asking(self.certificates, "api", clock.now())


def careless(certificates: CertificateFolder, service: str) -> ssl.SSLContext:
    """Return TLS of somebody who uses whatever there is: `engine` serves, others ask."""
    serves = service == "engine"
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER if serves else ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(certificates.trusted_file)
    context.load_cert_chain(certificates.file_of(service))
    return context


def installation(folder: Path, kek: Kek) -> Installation:
    """Return an installation of its own."""
    certificates, now = CertificateFolder(folder), clock.now()
    pki.init(certificates, kek, now, pki.USUAL_AUTHORITY_DAYS)
    for service in ("api", "engine"):
        pki.issue(certificates, kek, service, now)
    return Installation(certificates, kek)


@pytest.fixture(scope="session")
def kek(tmp_path_factory: pytest.TempPathFactory) -> Kek:
    folder = tmp_path_factory.mktemp("kek")
    return LocalKek(AgeFile(folder / "kek.age", folder / "identity.txt"), folder, new_ring())


@pytest.fixture
def installed(tmp_path: Path, kek: Kek) -> Installation:
    return installation(tmp_path / "pki", kek)


def shake_hands(serving: ssl.SSLContext, asking: ssl.SSLContext) -> tuple[ssl.SSLObject, ...]:
    """Return the service's side and the one that asks, once both believe the other.

    SSLError where one does not. The service reads a byte, since the certificate of who asks comes
    after that one has finished.
    """
    to_service, to_caller = ssl.MemoryBIO(), ssl.MemoryBIO()
    service = serving.wrap_bio(to_service, to_caller, server_side=True)
    caller = asking.wrap_bio(to_caller, to_service, server_hostname=host_of("engine"))
    finished: set[ssl.SSLObject] = set()
    for _ in range(10):
        for side in (caller, service):
            try:
                side.do_handshake()
                finished.add(side)
            except ssl.SSLWantReadError:
                continue
    assert finished == {caller, service}
    caller.write(b"x")
    assert service.read(1) == b"x"
    return service, caller
