"""Settings as they are held: each with its origin, so that one may ask who decided it."""

from collections.abc import Mapping
from dataclasses import field

from coach.model.machine.backups import BackupWishes
from coach.model.machine.broker_clients import BrokerClient
from coach.model.machine.engine_service import EngineWishes
from coach.model.machine.home import Home
from coach.model.machine.keys import KekWishes
from coach.model.market import SourceWishes
from coach.model.people.provider import ProviderWishes
from coach.model.reflections.language_model import ModelWishes
from coach.settings.terminal import Terminal
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class Setting:
    """One decision: its value as text, and who made it; one that is `hidden` is never listed."""

    name: str
    value: str = field(repr=False)
    origin: str
    hidden: bool = False


NO_ZONE = Setting("zone", "", "")


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything coach is told. An empty `database_url` means the embedded PostgreSQL.

    An empty `redis_url` means a table, an empty `object_store` a folder of the home.
    `object_keys` are the key id, the secret and the session token for a bucket, or empty.
    `zone` is the one that a new user begins in, `shown_zone` the one that this answer's times are
    shown in, empty for the user's own.
    `request_limit` and `address_limit` are what a user and an address may ask a server in a minute.
    `public_names` are those by which a server is asked for, `trusted_proxies` the networks of the
    proxies that it believes, each with commas between them.
    `event_months` is for how many months events are kept, None for ever; `run_months` the same for
    finished jobs. `oidc` is the provider by whom users may sign in. `features` are those that are
    on, `broker_clients` what coach is registered as, by broker, `model` the language model that
    reflections may ask. `backup` says where backups go, `engine` who
    does the heavy work.
    """

    home: Home
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    object_store: str
    object_keys: tuple[str, str, str] = field(repr=False)
    zone: str
    shown_zone: str
    user: str
    candles: SourceWishes
    event_months: int | None
    run_months: int | None
    request_limit: int
    address_limit: int
    public_names: str
    trusted_proxies: str
    sync_auto: bool
    features: tuple[str, ...]
    kek: KekWishes
    oidc: ProviderWishes
    broker_clients: Mapping[str, BrokerClient]
    model: ModelWishes
    backup: BackupWishes
    engine: EngineWishes
    terminal: Terminal
    origins: tuple[Setting, ...] = field(repr=False)
