"""`coach engine serve` reads its certificates again at SIGHUP, and nobody who asks notices."""

import os
import signal
import ssl
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event

import httpx2
import pytest

from coach.engine.api.service import pid_file, pki
from coach.engine.pki.contexts import asking
from coach.engine.pki.folder import CertificateFolder
from coach.engine.service import contract
from coach.engine.service.certified import CertifiedTransport
from coach.engine.vault.kek import Kek
from coach.errors import AuthenticationFailed
from tests import clock
from tests.integration.engine_service.conftest import PATIENCE

MALFORMED = 422
BETWEEN_S = 0.1


@dataclass(frozen=True)
class Served:
    """A process that serves, and the files that it reads."""

    url: str
    certificates: CertificateFolder
    state: Path

    def ask(self) -> int:
        """Ask over a new connection, and return the status: the work is refused, who asks not."""
        context = asking(self.certificates, "api", clock.now())
        with httpx2.Client(transport=CertifiedTransport(context)) as client:
            answer = client.post(f"{self.url}{contract.SCORE}", content=b"\xc1", timeout=PATIENCE)
        return answer.status_code

    def read_again(self) -> None:
        """Let it read its files, and return when it has."""
        before = self.log().count("certificates read again")
        assert pid_file.hang_up(self.state / "engine.pid")
        until(lambda: self.log().count("certificates read again") > before)

    def log(self) -> str:
        """Return its log."""
        return (self.state / "engine.log").read_text()


def until(happened: Callable[[], bool]) -> None:
    waiting = Event()
    for _ in range(PATIENCE * 100):
        if happened():
            return
        waiting.wait(0.01)
    raise AssertionError("it does not happen")


@dataclass(frozen=True)
class Load:
    """Those who ask all the time, and what each was answered."""

    statuses: tuple[list[int], list[int]]

    def everybody_asks_anew(self) -> None:
        """Return once each has read its files and asked since."""
        before = list(map(len, self.statuses))
        until(
            lambda: all(len(now) >= one + 2 for now, one in zip(self.statuses, before, strict=True))
        )


@contextmanager
def asked_all_the_time(served: Served) -> Iterator[Load]:
    """Ask by two threads until the block ends; what fails is raised there."""
    over, load = Event(), Load(([], []))

    def keep_asking(statuses: list[int]) -> None:
        while not over.is_set():
            statuses.append(served.ask())
            over.wait(BETWEEN_S)

    with ThreadPoolExecutor(len(load.statuses)) as threads:
        futures = [threads.submit(keep_asking, one) for one in load.statuses]
        try:
            yield load
        finally:
            over.set()
        for future in futures:
            future.result()


@contextmanager
def process(home: Path, certificates: CertificateFolder) -> Iterator[Served]:
    command = [sys.executable, "-m", "coach", "engine", "serve", "--port", "0"]
    folder = str(certificates.folder)
    environment = {**os.environ, "COACH_HOME": str(home), "COACH_ENGINE_PKI": folder}
    with Popen(command, env=environment, stdout=PIPE, text=True) as running:
        assert running.stdout is not None
        yield Served(running.stdout.readline().strip(), certificates, home / "state")
        running.send_signal(signal.SIGTERM)
        assert running.wait(PATIENCE) == 128 + signal.SIGTERM


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, kek: Kek) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    certificates = pki.folder_of(folder / "pki")
    pki.init(certificates, kek, clock.now(), 100)
    for name in ("api", "engine"):
        pki.issue(certificates, kek, name, clock.now())
    with process(folder / "home", certificates) as found:
        yield found


def test_certificates_and_authorities_change_under_load_and_no_request_fails(
    served: Served, kek: Kek
) -> None:
    folder = served.certificates
    with asked_all_the_time(served) as load:
        pki.renew(folder, kek, [], clock.now())
        served.read_again()
        load.everybody_asks_anew()
        pki.follow(folder, kek, clock.now())
        served.read_again()
        load.everybody_asks_anew()
        pki.renew(folder, kek, [], clock.now())
        served.read_again()
        load.everybody_asks_anew()
        folder.keep_trusted(folder.trusted()[:1])
        served.read_again()
        load.everybody_asks_anew()
    assert {one for statuses in load.statuses for one in statuses} == {MALFORMED}


def test_files_that_cannot_be_used_leave_it_as_it_is(served: Served) -> None:
    file = served.certificates.file_of("engine")
    whole = file.read_bytes()
    file.write_bytes(b"")
    assert pid_file.hang_up(served.state / "engine.pid")
    until(lambda: "certificates stay as they were" in served.log())
    assert served.ask() == MALFORMED
    file.write_bytes(whole)
    served.read_again()


def test_why_a_certificate_was_refused_stands_in_the_log(served: Served) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(served.certificates.trusted_file)
    with (
        httpx2.Client(transport=CertifiedTransport(bare)) as client,
        pytest.raises((AuthenticationFailed, httpx2.TransportError)),
    ):
        client.get(f"{served.url}/healthz", timeout=PATIENCE)
    until(lambda: '"certificate refused"' in served.log())
    assert "peer_did_not_return_a_certificate" in served.log()
