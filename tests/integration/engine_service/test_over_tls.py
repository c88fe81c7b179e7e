"""Heavy work over TLS with certificates of both sides: the contract, and who is turned away."""

import shutil
import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import monotonic

import httpx2
import pytest

from coach.engine.api.service import pki
from coach.engine.pki.certificates import issue, new_authority
from coach.engine.pki.contexts import asking
from coach.engine.pki.folder import CertificateFolder
from coach.engine.service import contract
from coach.engine.service.breaker import Breaker
from coach.engine.service.certified import CertifiedTransport
from coach.engine.service.work import HERE, HeavyWork
from coach.errors import AuthenticationFailed, TryLater
from tests import clock
from tests.integration.engine_service.conftest import PATIENCE, Running
from tests.unit.pki.conftest import careless
from tests.unit.service.suite import QUESTIONS, WorkContract, traded

QUESTION = QUESTIONS["nothing"]


class TestOverTls(WorkContract):
    @pytest.fixture
    def work(self, over_tls: Running) -> HeavyWork:
        return over_tls.asked()


@pytest.fixture
def copied(over_tls: Running, tmp_path: Path) -> Running:
    """Return the same service, as one asks it whose certificates are its own copy."""
    folder = Path(shutil.copytree(over_tls.wishes.certificates, tmp_path / "pki"))
    return replace(over_tls, wishes=replace(over_tls.wishes, certificates=folder))


def certificates(asked: Running) -> CertificateFolder:
    return CertificateFolder(asked.wishes.certificates)


def test_a_certificate_of_ours_that_ended_is_no_trouble_that_passes(copied: Running) -> None:
    """It is told at once, neither tried again nor done here instead."""
    folder, life = certificates(copied), timedelta(days=30)
    authority = folder.authority(copied.kek)
    folder.keep("api", issue(authority, "api", clock.now() - 2 * life, life))
    asked = replace(copied, wishes=replace(copied.wishes, fallback=True)).asked()
    with pytest.raises(AuthenticationFailed, match="api: it ended at"):
        asked.what_if(traded(1), QUESTION)


def test_who_sends_a_bad_certificate_all_the_same_is_not_answered(
    copied: Running, over_tls: Running
) -> None:
    folder = certificates(copied)
    other = new_authority(clock.now(), 10)
    folder.keep("api", issue(other, "api", clock.now(), timedelta(days=30)))
    with (
        httpx2.Client(transport=CertifiedTransport(careless(folder, "api"))) as client,
        pytest.raises((AuthenticationFailed, httpx2.TransportError)),
    ):
        client.post(f"{over_tls.url}{contract.SCORE}", content=b"", timeout=PATIENCE)


def test_a_service_of_another_authority_is_not_believed(copied: Running) -> None:
    pki.init(certificates(copied), copied.kek, clock.now(), 10, again=True)
    with pytest.raises(AuthenticationFailed, match="certificate verify failed"):
        copied.asked().what_if(traded(1), QUESTION)


def test_a_service_that_may_not_ask_hears_so(copied: Running) -> None:
    folder = certificates(copied)
    pki.issue(folder, copied.kek, "worker", clock.now())
    folder.file_of("worker").replace(folder.file_of("api"))
    with pytest.raises(AuthenticationFailed, match="does not let the service ask"):
        copied.asked().what_if(traded(1), QUESTION)
    with httpx2.Client(transport=CertifiedTransport(asking(folder, "api", clock.now()))) as client:
        answer = client.post(f"{copied.url}{contract.SCORE}", content=b"", timeout=PATIENCE)
    assert (answer.status_code, answer.text) == (403, "not for you\n")


def test_who_shows_none_hears_nothing(over_tls: Running) -> None:
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    bare.load_verify_locations(certificates(over_tls).trusted_file)
    with (
        httpx2.Client(transport=CertifiedTransport(bare)) as client,
        pytest.raises((AuthenticationFailed, httpx2.TransportError)),
    ):
        client.get(f"{over_tls.url}/healthz", timeout=PATIENCE)
    plain = over_tls.url.replace("https", "http")
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{plain}/healthz", timeout=PATIENCE)


def test_a_signature_is_not_asked_for_and_adds_nothing(over_tls: Running) -> None:
    assert over_tls.asked().what_if(traded(1), QUESTION) == HERE.what_if(traded(1), QUESTION)
    assert not over_tls.wishes.keys_file.exists()


def test_nobody_there_is_trouble_that_passes(copied: Running) -> None:
    asked = replace(copied, wishes=replace(copied.wishes, url="https://127.0.0.1:1")).asked()
    at_once = replace(asked, place=replace(asked.place, pause=lambda _: None))
    with pytest.raises(TryLater):
        at_once.what_if(traded(1), QUESTION)
    done = replace(at_once, breaker=Breaker(monotonic), fallback=HERE)
    assert done.what_if(traded(1), QUESTION) == HERE.what_if(traded(1), QUESTION)


def test_nobody_is_asked_without_tls(copied: Running) -> None:
    plain = replace(copied.wishes, url=copied.url.replace("https", "http"))
    with pytest.raises(AuthenticationFailed, match="not asked over TLS"):
        replace(copied, wishes=plain).asked().what_if(traded(1), QUESTION)
