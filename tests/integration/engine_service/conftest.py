"""The engine's service behind a real socket, with keys in a file that is sealed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from threading import Thread

import pytest
import uvicorn

from coach.engine.api.service import keys, pki
from coach.engine.api.service.answers import ServiceParts, engine_service
from coach.engine.api.service.caller import service_of
from coach.engine.service.remote import Remote
from coach.engine.vault.kek import Kek, LocalKek
from coach.engine.vault.providers.age_file import AgeFile
from coach.engine.vault.ring import new_ring
from coach.model.machine.engine_service import EngineWishes
from coach.model.reflections.language_model import NO_MODEL
from coach.server.engine.app import EngineApplication
from coach.server.engine.process import config_of
from coach.server.engine.tls import ReloadableTls
from coach.server.process import listener_at, url_of
from tests import clock

PATIENCE = 60
LARGEST = 20_000_000


@dataclass(frozen=True)
class Running:
    """A service that listens, and the file of its keys."""

    url: str
    wishes: EngineWishes
    kek: Kek

    def asked(self) -> Remote:
        """Return a caller of it."""
        return service_of(self.wishes, lambda: self.kek, clock.now)


def a_minute_ago() -> datetime:
    return clock.now() - timedelta(minutes=1)


@pytest.fixture(scope="module")
def kek(tmp_path_factory: pytest.TempPathFactory) -> Kek:
    folder = tmp_path_factory.mktemp("kek")
    place = AgeFile(folder / "kek.age", folder / "identity.txt")
    return LocalKek(place, folder, new_ring())


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, kek: Kek) -> Iterator[Running]:
    """Return a service that is asked with signatures."""
    folder = tmp_path_factory.mktemp("engine")
    keys.make(EngineWishes("", folder / "engine-keys.json"), kek, a_minute_ago())
    with serving(folder, kek, None) as service:
        yield service


@pytest.fixture(scope="module")
def over_tls(tmp_path_factory: pytest.TempPathFactory, kek: Kek) -> Iterator[Running]:
    """Return a service that is asked with certificates."""
    folder = tmp_path_factory.mktemp("engine")
    certificates = pki.folder_of(folder / "pki")
    pki.init(certificates, kek, clock.now(), 100)
    for name in ("api", "engine"):
        pki.issue(certificates, kek, name, clock.now())
    with serving(folder, kek, certificates.folder) as service:
        yield service


@contextmanager
def serving(folder: Path, kek: Kek, certificates: Path | None) -> Iterator[Running]:
    tls = None
    if certificates is not None:
        tls = ReloadableTls(lambda: pki.server_context(certificates, clock.now()))
    with listener_at("127.0.0.1", 0) as listener:
        url = url_of(listener, tls=tls is not None)
        wishes = EngineWishes(url, folder / "engine-keys.json", PATIENCE)
        if certificates is not None:
            wishes = replace(wishes, certificates=certificates, by_certificate=True)
        networks = [ip_network("127.0.0.1")]
        parts = ServiceParts(wishes, networks, "", NO_MODEL, lambda: kek, clock.now)
        app = EngineApplication(engine_service(parts), LARGEST)
        server = uvicorn.Server(config_of(app, tls))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield Running(url, wishes, kek)
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
