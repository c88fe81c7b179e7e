"""The service that the settings name, as those see it who have heavy work done."""

from __future__ import annotations

from functools import cache
from time import monotonic
from typing import TYPE_CHECKING

from coach.engine.api.service.keys import KeysOfFile
from coach.engine.service.breaker import Breaker
from coach.engine.service.remote import Remote, ServicePlace
from coach.engine.service.work import HERE
from coach.engine.signing.signer import Signer
from coach.model.machine.engine_service import CALLER

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from coach.engine.vault.kek import Kek
    from coach.model.machine.engine_service import EngineWishes


def service_of(
    wishes: EngineWishes, open_kek: Callable[[], Kek], clock: Callable[[], datetime]
) -> Remote:
    """Return who does the heavy work; nothing is opened, and nobody is asked, before it is needed.

    `open_kek` opens the key of keys that sealed the keys of the service.
    """
    if wishes.pki is not None:
        place = _certified_place(wishes, wishes.pki, clock)
    else:
        keys = KeysOfFile(wishes.keys_file, open_kek)
        place = ServicePlace(wishes.url, Signer(keys, clock), wishes.deadline_s)
    return Remote(place, _breaker(wishes.url), HERE if wishes.fallback else None)


def _certified_place(
    wishes: EngineWishes, folder: Path, clock: Callable[[], datetime]
) -> ServicePlace:
    from coach.engine.pki.contexts import asking
    from coach.engine.pki.folder import CertificateFolder
    from coach.engine.service.certified import UnsignedCalls, certified

    connect = certified(lambda: asking(CertificateFolder(folder), CALLER, clock()))
    return ServicePlace(wishes.url, UnsignedCalls(), wishes.deadline_s, connect=connect)


@cache
def _breaker(_url: str) -> Breaker:
    """Return the one breaker of this process for a service."""
    return Breaker(monotonic)
