"""The engine's service behind a real socket, with keys in a file that is sealed."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_network
from threading import Thread
from typing import TYPE_CHECKING

import pytest
import uvicorn

from coach.engine.api.service import keys
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
from coach.server.process import listener_at
from tests import clock

if TYPE_CHECKING:
    from pathlib import Path

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
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("engine")
    place = AgeFile(folder / "kek.age", folder / "identity.txt")
    kek = LocalKek(place, folder, new_ring())
    with listener_at("127.0.0.1", 0) as listener:
        url = "http://{}:{}".format(*listener.getsockname())
        wishes = EngineWishes(url, folder / "engine-keys.json", deadline_s=PATIENCE)
        keys.make(wishes, kek, a_minute_ago())
        networks = [ip_network("127.0.0.1")]
        parts = ServiceParts(wishes, networks, "", NO_MODEL, lambda: kek, clock.now)
        server = uvicorn.Server(config_of(EngineApplication(engine_service(parts), LARGEST)))
        thread = Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        yield Running(url, wishes, kek)
        server.should_exit = True
        thread.join(PATIENCE)
        assert not thread.is_alive()
