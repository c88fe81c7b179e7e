"""Where things are put together: clock, database, session. The only reader of the clock."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import CoachError, DatabaseTrouble, Invalid, NotFound, NotInitialised, UsageError
from coach.model.machine.home import private_folder
from coach.model.machine.keys import BUCKET
from coach.settings.demo import demo_settings
from coach.values import dataclass

if TYPE_CHECKING:
    from psycopg import Connection, Error

    from coach.brokers.sandbox.server import SandboxServer
    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.jobs.work import WorkerPlace
    from coach.engine.api.plugins import Extra
    from coach.engine.api.session import Session
    from coach.engine.hot.base import HotStore
    from coach.engine.keyring.keyring import Keyring
    from coach.engine.market.objects import Objects
    from coach.engine.service.work import HeavyWork
    from coach.engine.store.connect import CoachConnection
    from coach.engine.vault.kek import Kek
    from coach.model.machine.clock import Ticks
    from coach.settings.values import Settings

PROC = Path("/proc")
REMOTE = "s3://"
NO_SPACE = 20_000_000  # bytes; a server needs as much for its log alone


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the one place


def ticks() -> "Ticks | None":
    """Return how long this machine has been up; None where it does not say which boot this is."""
    from coach.model.machine.clock import read_ticks

    try:
        library_us = time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000
    except (OSError, AttributeError):  # another system than Linux
        return None
    return read_ticks(library_us, PROC)


@contextmanager
def start(settings: "Settings", *, create: bool = False) -> Iterator["Session"]:
    """Open a session as a process does first: the tables fit, and what was due is done.

    Without `create` a place where nothing was ever imported stays as it is: NotInitialised.
    """
    from coach.engine.api import upkeep

    with fitting_connection(settings, create=create) as connection:
        session = session_over(connection, settings)
        yield upkeep.do_what_is_due(session, settings.event_months)


@contextmanager
def start_if_there(settings: "Settings") -> "Iterator[Session | CoachError]":
    """Open a session as `start` does, or yield why there is none; for work that can do without."""
    from contextlib import ExitStack

    with ExitStack() as stack:
        found: Session | CoachError
        try:
            found = stack.enter_context(start(settings))
        except CoachError as reason:
            found = reason
        yield found


@contextmanager
def open_session(settings: "Settings") -> Iterator["Session"]:
    """Open the session of the user in the settings; this only reads.

    NotInitialised where the tables are not there, DatabaseTrouble where they are of another coach.
    """
    from coach.engine.store import migrate
    from coach.engine.store.connect import connect

    url = database_url(settings, create=False)
    with database_errors(settings), connect(url) as connection:
        migrate.require_current(connection)
        yield session_over(connection, settings)


def session_over(connection: "CoachConnection", settings: "Settings") -> "Session":
    """Return the session of the user in the settings over a connection; this only reads.

    One thread at a time may use it. NotFound for a user that nobody made.
    """
    from coach.engine.api import users
    from coach.engine.api.session import Session
    from coach.engine.store.connect import connect
    from coach.settings.origin import origin_of_process

    user = users.find(connection, settings.user)
    if user is None:
        raise NotFound(kind="user", name=settings.user, remedy="add_user")
    connection.actor, connection.origin = user.id, origin_of_process()
    return Session(
        opened=connection,
        connect=lambda: connect(database_url(settings, create=False)),
        user=user,
        clock=clock,
        home=settings.home,
        objects=cache(lambda: _objects_of_session(settings)),
        remote_objects=settings.object_store.startswith(REMOTE),
        extra=cache(extra_detectors),
        ticks=ticks,
        keyring=cache(lambda: keyring(settings)),
        kek=settings.kek,
        sync_auto=settings.sync_auto,
        features=settings.features,
        hot=lambda: hot_store(settings, database_url(settings, create=False), lambda _: None),
        broker_clients=settings.broker_clients,
        model=settings.model,
        work=heavy_work(settings),
    )


def worker_place(settings: "Settings", warn: Callable[[str], None]) -> "WorkerPlace":
    """Return what a worker is made from; each of its runs opens the session of its user."""
    from coach.engine.api.jobs.work import WorkerPlace
    from coach.engine.periodic.possible import PeriodicWishes
    from coach.engine.store.connect import connect

    def session_of(connection: "CoachConnection", name: str) -> "Session":
        return session_over(connection, replace(settings, user=name or settings.user))

    months = settings.event_months, settings.run_months
    wishes = PeriodicWishes(*months, settings.candles.auto, settings.sync_auto)
    url, places = database_url(settings, create=False), lambda: candle_places(settings, warn)
    return WorkerPlace(url, lambda: connect(url), clock, session_of, places, wishes, ticks)


def _objects_of_session(settings: "Settings") -> "Objects":
    if settings.object_store.startswith(REMOTE):
        settings = _with_sealed_keys(settings, database_url(settings, create=False), lambda _: None)
    return object_store(settings)


def keyring(settings: "Settings") -> "Keyring":
    """Return what seals and opens keys; the key of keys is opened when one is first needed."""
    from functools import partial

    from coach.engine.keyring.keyring import Keyring
    from coach.engine.vault.providers.choice import open_kek

    return Keyring(settings.kek.provider, partial(open_kek, settings.kek), clock)


@contextmanager
def fitting_connection(
    settings: "Settings", *, create: bool = False
) -> Iterator["CoachConnection"]:
    """Connect to tables of this coach, made or brought up to date, and to one user at least."""
    from coach.engine.api import users
    from coach.engine.store.connect import connect

    url = database_url(settings, create=create)
    with database_errors(settings), connect(url) as connection:
        _fit(connection, url, create=create)
        if users.find(connection, settings.user) is None:
            users.make_first(connection, settings.zone)
        yield connection


@contextmanager
def database_errors(settings: "Settings") -> Iterator[None]:
    """Say in our own words what the database has to say."""
    import psycopg

    try:
        yield
    except psycopg.Error as error:
        raise _database_trouble(settings, error) from error
    except UnicodeEncodeError as odd:
        raise UsageError(
            "write it as UTF-8; nothing was stored",
            what=f"{odd.object!r:.60} holds characters that no database keeps",
        ) from odd


def _database_trouble(settings: "Settings", error: "Error") -> "DatabaseTrouble":
    """Return what an error of the database means; a server that died of a full disk is told so."""
    import shutil

    from coach.engine.store.trouble import HINTS, explained

    trouble = explained(error)
    if not settings.database_url and not error.sqlstate:
        free = shutil.disk_usage(settings.home.data).free
        if free < NO_SPACE:
            what = f"the disk is full, {free / 1e6:.1f} MB are free: {trouble.facts['what']}"
            return DatabaseTrouble(HINTS["53100"], what=what)
    return trouble


def database_url(settings: "Settings", *, create: bool) -> str:
    """Return the URL of a running database: the user's own, else the embedded one, started."""
    if settings.database_url:
        return settings.database_url
    from coach.engine.postgres import embedded

    home = embedded.DatabaseHome(settings.home.data)
    if not create and not embedded.state(home).exists:
        raise NotInitialised(remedy="start_here")
    return embedded.ensure_running(home)


def extra_detectors() -> "Extra":
    """Load the detectors of other packages: entry points of the group `coach.detectors`."""
    import platform
    from importlib.metadata import entry_points, version

    from coach.engine.api.plugins import GROUP, Plugin, extra

    found = entry_points(group=GROUP)
    theirs = sorted({f"{one.dist.name} {one.dist.version}" for one in found if one.dist})
    ours = [f"{name} {version(name)}" for name in ("numpy", "tzdata")]
    versions = (f"python {platform.python_version()}", *ours, *theirs)
    return replace(extra([Plugin(one.name, one.load) for one in found]), versions=versions)


def candle_places(settings: "Settings", warn: Callable[[str], None]) -> "CandlePlaces":
    """Return where candles are kept, what makes them fast, and where they may come from."""
    from coach.engine.api.candles import CandlePlaces

    url = database_url(settings, create=False)
    settings = _with_sealed_keys(settings, url, warn)
    return CandlePlaces(object_store(settings), hot_store(settings, url, warn), settings.candles)


def _with_sealed_keys(settings: "Settings", url: str, warn: Callable[[str], None]) -> "Settings":
    """Return settings with the sealed keys of vendors and a bucket that no variable hands over."""
    names = [name for name, key in settings.candles.keys.items() if not key]
    if settings.object_store.startswith(REMOTE) and not any(settings.object_keys):
        names.append(BUCKET)
    if not names:
        return settings
    from coach.engine.keyring.handed_in import bucket_keys, open_several
    from coach.engine.store.connect import connect

    with database_errors(settings), connect(url) as connection:
        found = open_several(keyring(settings), connection, settings.user, names, warn)
    bucket = bucket_keys(found.pop(BUCKET, None))
    candles = replace(settings.candles, keys={**settings.candles.keys, **found})
    return replace(settings, candles=candles, object_keys=bucket or settings.object_keys)


def hot_store(settings: "Settings", url: str, warn: Callable[[str], None]) -> "HotStore":
    """Return what may be lost: Redis where it is named, else tables of the database at `url`.

    While it is down what this process remembers stands in; `warn` hears of it once.
    """
    from coach.engine.hot.in_memory import MemoryHotStore
    from coach.engine.hot.lenient import LenientHotStore

    meanwhile = MemoryHotStore(lambda: clock().timestamp())
    if settings.redis_url:
        from coach.engine.hot.in_redis import RedisHotStore

        return LenientHotStore(RedisHotStore(settings.redis_url), meanwhile, warn)
    from coach.engine.hot.in_postgres import PostgresHotStore
    from coach.engine.store.connect import connect

    return LenientHotStore(PostgresHotStore(lambda: connect(url)), meanwhile, warn)


def object_store(settings: "Settings") -> "Objects":
    """Return where candles are kept: the place in the settings, else a folder of the home."""
    from coach.engine.market.address import Folder, Keys, parse
    from coach.engine.market.objects import open_objects

    if not settings.object_store:
        return open_objects(Folder(settings.home.data / "objects"))
    key_id, secret, token = settings.object_keys
    keys = Keys(key_id, secret, token) if key_id and secret else None
    return open_objects(parse(settings.object_store), keys, settings.home.cache / "objects")


def heavy_work(settings: "Settings") -> "HeavyWork":
    """Return who does the heavy work: this process, or the service that the settings name."""
    from coach.engine.service.work import HERE

    if not settings.engine.url:
        return HERE
    from coach.engine.api.service.caller import service_of

    return service_of(settings.engine, lambda: service_kek(settings), clock)


def service_kek(settings: "Settings") -> "Kek":
    """Return the key of keys that opens the keys of services; none is made for that."""
    from coach.engine.vault.providers.choice import open_kek

    return open_kek(settings.kek, settings.kek.provider, lambda: False)


def at_rest(connection: "CoachConnection") -> bool:
    """Say whether no transaction is open: nothing would be cut short now. Any thread may ask."""
    from psycopg import OperationalError
    from psycopg.pq import TransactionStatus

    try:
        return connection.info.transaction_status in {
            TransactionStatus.IDLE,
            TransactionStatus.UNKNOWN,
        }
    except OperationalError:  # the connection was closed meanwhile
        return True


def _fit(connection: "Connection[tuple[object, ...]]", url: str, *, create: bool) -> None:
    from coach.engine.store import migrate

    if migrate.is_current(connection):
        return
    if not create and migrate.revision(connection) is None:
        raise NotInitialised(remedy="start_here")
    from coach.engine.backup import upgrading

    upgrading.upgrade(url)


@dataclass(frozen=True, slots=True)
class SandboxOrder:
    """What sandbox is wanted: its keys, its trader up to when, its faults (JSON, may be empty)."""

    keys: "Path"
    end: datetime
    seed: int = 11
    port: int = 0
    faults: bytes = b""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox and the key files that it made, by name; `server` is for `wait`."""

    server: "SandboxServer"
    keys: "dict[str, Path]"


@contextmanager
def sandbox(order: SandboxOrder) -> Iterator[Sandbox]:
    """Run a sandbox broker on loopback until the block ends."""
    from coach.brokers.sandbox.faults import plan_from
    from coach.brokers.sandbox.server import Address, serve
    from coach.brokers.sandbox.world import demo_world, key_files
    from coach.files import write_private

    plan = plan_from(order.faults) if order.faults else None
    if order.faults and plan is None:
        raise Invalid("faults", "not other text", "a plan as JSON", hint="see docs/sandbox.md")
    world = demo_world(order.end, order.seed)
    into = private_folder(order.keys)
    keys = {name: write_private(into / file, text) for name, file, text in key_files(world)}
    with serve(world, clock, Address(port=order.port), plan) as server:
        yield Sandbox(server, keys)


def wait(running: Sandbox, announce: Callable[[], None]) -> int:
    """Announce a sandbox and wait for a signal; return its number."""
    from coach.brokers.sandbox.server import run_forever

    return run_forever(running.server, lambda _: announce())


def fresh_demo(settings: "Settings") -> "Settings":
    """Return settings for a new throw-away home in the cache folder; an older one is removed."""
    import shutil

    from coach.engine.postgres import embedded

    private_folder(settings.home.cache)
    fresh = demo_settings(settings)
    embedded.discard(embedded.DatabaseHome(fresh.home.data, throwaway=True))
    shutil.rmtree(fresh.home.data.parent, ignore_errors=True)
    embedded.ensure_running(embedded.DatabaseHome(private_folder(fresh.home.data), throwaway=True))
    return fresh


def rest(settings: "Settings") -> None:
    """Stop the embedded database of these settings; the next command starts it again."""
    from coach.engine.postgres import embedded

    embedded.stop(embedded.DatabaseHome(settings.home.data))
