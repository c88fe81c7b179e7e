"""A session: one user's data, over one connection, by one clock, for the length of one request.

It belongs to the thread that made it: two threads would name the cursors of its connection alike.
Open another session for another thread.
"""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime
from threading import get_ident
from typing import TYPE_CHECKING

from coach.brokers.net.patience import PATIENCE_S
from coach.engine.service.work import HERE
from coach.engine.store.connect import CoachConnection
from coach.model.accounts import SCORED_AT_ONCE, User
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.clock import Ticks
from coach.model.machine.home import Home
from coach.model.machine.keys import KekWishes
from coach.model.reflections.language_model import NO_MODEL, ModelWishes
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.engine.api.plugins import Extra
    from coach.engine.hot.base import HotStore
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.market.objects import Objects
    from coach.engine.service.work import HeavyWork


@dataclass(frozen=True, slots=True)
class Session:
    """What every call needs: `opened`, a connection in autocommit, and how to `connect` once more.

    `objects` opens the place where candles are kept; without it a session sees none.
    `keyring` returns what seals and opens keys; without it a session connects no broker; `kek` says
    where the key of keys is. `sync_auto` lets workers read connected brokers by themselves.
    `broker_clients` are what coach is registered as, by broker, for grants (OAuth). `model` is the
    language model that may be asked. `work` does the heavy work, here or elsewhere.
    `remote_objects` says that a network lies in between. `extra` loads the detectors of other
    packages. `announce_wait` is called once where a call has to wait for another process. An import
    into a history of more than `scored_at_once` fills leaves its conclusions due. `features` are
    those that the settings turn on. `hot` opens what all processes share and may lose; without it
    nobody else asks a broker. One question to a broker may take `broker_patience_s`.
    """

    opened: CoachConnection
    connect: Callable[[], CoachConnection]
    user: User
    clock: Callable[[], datetime]
    home: Home
    objects: "Callable[[], Objects] | None" = None
    extra: "Callable[[], Extra] | None" = None
    ticks: Callable[[], Ticks | None] | None = None
    remote_objects: bool = False
    announce_wait: Callable[[], None] | None = None
    scored_at_once: int = SCORED_AT_ONCE
    keyring: "Callable[[], Keyring] | None" = None
    kek: KekWishes | None = None
    sync_auto: bool = True
    features: tuple[str, ...] = ()
    hot: "Callable[[], HotStore] | None" = None
    broker_patience_s: float = PATIENCE_S
    broker_clients: Mapping[str, BrokerClient] = field(default_factory=dict)
    model: ModelWishes = NO_MODEL
    work: "HeavyWork" = HERE
    thread: int = field(default_factory=get_ident, init=False, repr=False, compare=False)

    @property
    def connection(self) -> CoachConnection:
        """Return the connection of this session; RuntimeError in any thread but its own."""
        if self.thread != get_ident():
            raise RuntimeError("a session belongs to the thread that made it: open one of your own")
        return self.opened
