"""Requests made up from the published description, by ben, who has signed in, for what is ann's.

Every id in the path, the query and the body is hers. Nothing of hers may come back, nothing of hers
may change, and nothing may go wrong. schemathesis makes the rest of each request, the same ones
each time; with --slow there are many more. Left out is the stream, which has no end.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import schemathesis
from httpx2 import Response
from hypothesis import HealthCheck, Phase, given
from psycopg import sql
from schemathesis import Case, GenerationMode
from starlette.testclient import TestClient

from coach import wiring
from coach.engine.api.people import accounts, sessions
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.engine.outbox import devices
from coach.engine.outbox.read import head
from coach.engine.store import users
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from coach.model.events import Json
from coach.model.machine.secrets import Secret
from coach.server.app import ServerParts, application
from coach.server.doors.cookies import PLAIN
from coach.server.doors.doors import Doors
from coach.server.doors.routes import DOOR_ROUTES, SIGN_IN
from coach.server.reads.dry_runs import PATH as DRY_RUNS
from coach.server.routes import READS
from coach.server.sessions import SessionPool
from coach.server.writes.file_imports import DirectImports
from coach.server.writing import UPLOADS, WRITES
from coach.settings import reading
from coach.settings.values import Settings
from tests.databases import DatabasePool
from tests.integration.isolation.lives import ACCOUNT, NOTE, User, live
from tests.integration.server.doors.conftest import CHEAP, PASSWORD
from tests.integration.server.doors.provider import HERE

ROUTES = (
    *(("GET", route.path) for route in READS),
    *(("POST", one.path) for one in UPLOADS),
    ("POST", DRY_RUNS),
    *((route.method, route.path) for route in WRITES),
    *((route.method, route.path) for route in DOOR_ROUTES),
)
FEW, MANY = 4, 100
SAID = "words that only ann has said"
DEVICE, LABEL = "the laptop of ann", "the script of ann"
IN_ANY_PATH = {"week", "commitment", "currency"}
"""Parts of paths that name nobody's things: each user has a digest of each week and trades in each
currency, and commitments are counted from 1 for each; that ben has none is asked in
tests/integration/isolation."""
ATTEMPTS = {"audit_event", "audit_head"}
"""Where it is noted for a user that somebody tried to sign in by their name."""
EVENTS, DOOR_NAMES = "/api/events", SIGN_IN.path
ROWS = {
    "/api/accounts": "name",
    "/api/experiments": "experiment_id",
    "/api/imports": "run",
    "/api/jobs": "run",
    "/api/commitments": "commitment",
    "/api/notes": "number",
    "/api/plans": "plan",
    "/api/rules": "rule_id",
}
"""What names a row of a list, where it is not the id of a trade."""
UNIQUE = {"what", "experiment_id", "run", "session", "token", "event"}
"""Whose ids nobody else's things may have; of the others each user has some of the same name."""
SENSIBLE: dict[str, Json] = {
    "answer": "yes",
    "bias": "revenge",
    "equity": "1",
    "outcome": "net",
    "quantity": "1",
    "side": "buy",
    "symbol": "BTC-USD",
    "sync_hours": 1,
    "text": "taken",
    "weeks": 8,
}
"""So that nothing but whose it is stands in the way of a request."""
REFUSED, FAILED = 400, 500
OWNED = """
select c.relname, a.attname from pg_class c join pg_attribute a on a.attrelid = c.oid
 where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
   and not c.relispartition and not a.attisdropped
   and (a.attname = 'user_id' or (c.relname, a.attname) = ('app_user', 'id')) order by 1
"""
JOBS = "select j::text from procrastinate_jobs j where args ->> 'user_id' = %s order by id"

Picture = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class House:
    """Where two have accounts: ann, who has everything, and ben, who asks for it."""

    ann: UserId
    ben: UserId
    theirs: dict[str, str]
    described: dict[str, Any]
    published: schemathesis.BaseSchema
    doors: Doors
    browser: TestClient
    watching: psycopg.Connection

    def ask(self, case: Case[Any]) -> Response:
        """Send a request as ben, in a session that has just begun."""
        with self.doors.place(None, "test") as place:
            secret = sessions.begin(place, self.ben, "password", "test").secret.reveal()
        headers = {"Origin": HERE, "Cookie": f"{PLAIN}={secret}"}
        wanted = case.as_transport_kwargs(base_url=HERE, headers=headers)
        wanted.pop("cookies", None)
        if not isinstance(wanted.get("data"), dict):
            wanted["content"] = wanted.pop("data", None)
        return self.browser.request(**wanted)

    def try_one(self, case: Case[Any]) -> None:
        """Send a request as ben; nothing goes wrong, and nothing of ann's comes back."""
        answer = self.ask(case)
        sent = json.dumps([case.path_parameters, case.query, str(case.body)])
        assert answer.status_code < FAILED, answer.text
        assert leaks(self, sent, answer.text) == []
        if set(case.path_parameters) - IN_ANY_PATH:
            assert answer.status_code >= REFUSED, answer.text

    def ids_for(self, path: str) -> dict[str, Json]:
        """Return what of ann's stands in the place of each parameter and each field."""
        theirs = self.theirs
        ids: dict[str, Json] = {
            **theirs,
            **SENSIBLE,
            "account": ACCOUNT,
            "after": theirs[ROWS.get(path, "what")],
            "trade": theirs["what"],
            "rule": theirs["rule_id"],
            "words": NOTE.split()[-1],
        }
        if path == DOOR_NAMES:
            ids["name"] = "ann"
        if path == EVENTS:
            ids |= {"since": theirs["event"], "until": theirs["event"]}
        return ids

    def names_of(self, method: str, path: str) -> tuple[set[str], set[str]]:
        """Return the names of all parameters of a route, and of all fields of its body."""
        raw = self.described["paths"][path][method.lower()]
        parameters = {one["name"] for one in raw.get("parameters", ()) if one["in"] == "query"}
        schemas = [one["schema"] for one in raw.get("requestBody", {}).get("content", {}).values()]
        named = [
            self.described["components"]["schemas"].get(one.get("$ref", "").rpartition("/")[2], one)
            for one in schemas
        ]
        return parameters, {name for one in named for name in one.get("properties", ())}

    def picture(self) -> Picture:
        """Return every row of ann's, table by table."""
        found = {"procrastinate_jobs": texts(self.watching, JOBS, self.ann)}
        for table, column in self.watching.execute(OWNED).fetchall():
            asked = sql.SQL("select t::text from {} t where {} = %s order by 1").format(
                sql.Identifier(table), sql.Identifier(column)
            )
            found[table] = texts(self.watching, asked, self.ann)
        return found


def texts(connection: psycopg.Connection, query: Any, user_id: UserId) -> list[str]:  # noqa: ANN401 -- text or composed
    return [text for (text,) in connection.execute(query, [user_id])]


@pytest.fixture(scope="module")
def house(database_pool: DatabasePool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("home")
    read = reading.read({"COACH_HOME": str(folder)}, {})
    with database_pool.database() as url, connect(url) as watching:
        yield from inhabited(replace(read, database_url=url), folder, watching)


def inhabited(settings: Settings, folder: Path, watching: psycopg.Connection) -> Iterator[House]:
    with SessionPool(settings) as pool:
        doors = Doors(settings, pool.connection, PasswordHashing(CHEAP))
        everybody = lambda _client, _server: True  # noqa: E731 -- one word
        files = DirectImports(settings)
        parts = ServerParts(settings, pool.open, everybody, doors=doors, imports=files)
        app = application(parts)
        with TestClient(app, HERE, client=("127.0.0.1", 50_000)) as browser:
            yield furnished(doors, browser, folder, watching)


def furnished(
    doors: Doors, browser: TestClient, folder: Path, watching: psycopg.Connection
) -> House:
    """Let ann live here; return all that is hers by the name under which it is asked for."""
    with doors.place(None, "test") as place:
        for name in ("local", "ann", "ben"):
            accounts.make(place, accounts.NewAccount(name, Secret(PASSWORD), "UTC"))
        ann, ben = (found.id for name in ("ann", "ben") if (found := users.find(watching, name)))
        session = sessions.begin(place, ann, "password", "test")
        token = sessions.create_token(place, ann, LABEL, "read", 1)
        begun = sessions.begin(place, ben, "password", "test")
    theirs = what_ann_has(browser, session.secret, folder)
    theirs |= {"session": session.session.id, "token": token.token.id, "device": DEVICE}
    theirs["event"] = last_event(browser, session.secret)
    place_of_device = (head(watching, ann).epoch, 1)
    with watching.transaction():
        devices.acknowledge(watching, ann, DEVICE, place_of_device, wiring.clock())
    browser.cookies.set(PLAIN, begun.secret.reveal())
    User("ben", browser).send(
        "POST", "/api/rules", {"kind": "max_trades_per_day", "params": {"limit": 1}}
    )
    described = browser.get("/openapi.json").json()
    browser.cookies.clear()
    published = schemathesis.openapi.from_dict(described)
    published.config.update(base_url=HERE)
    return House(ann, ben, theirs, described, published, doors, browser, watching)


def what_ann_has(browser: TestClient, secret: Secret, folder: Path) -> dict[str, str]:
    """Let ann do everything once."""
    browser.cookies.set(PLAIN, secret.reveal())
    browser.headers["Origin"] = HERE
    user = User("ann", browser)
    theirs = live(user, folder)
    user.send(
        "POST",
        "/api/labels",
        {"trade": theirs["what"], "bias": "revenge", "answer": "yes", "reason": SAID},
    )
    return theirs


def last_event(browser: TestClient, secret: Secret) -> str:
    """Return the id of the last event of whoever has this session."""
    browser.cookies.set(PLAIN, secret.reveal())
    last: str = browser.get("/api/events").json()["data"][-1]["id"]
    browser.cookies.clear()
    return last


def aimed(case: Case[Any], ids: dict[str, Json], listed: tuple[set[str], set[str]]) -> Case[Any]:
    """Let a request ask for what is ann's, wherever it names something.

    It names something in all the listed parameters and fields as well, where it can.
    """
    parameters, fields = ({name: ids[name] for name in one if name in ids} for one in listed)
    case.path_parameters = hers(case.path_parameters or {}, ids)
    case.query = hers(case.query or {}, ids) | parameters
    case.body = hers(case.body, ids)
    if isinstance(case.body, dict):
        case.body |= fields
    return case


def hers(value: Any, ids: dict[str, Json], name: str = "") -> Any:  # noqa: ANN401 -- JSON
    """Return a part of a request in which whatever names something names what is ann's."""
    if isinstance(value, dict):
        return {key: hers(one, ids, str(key)) for key, one in value.items()}
    if isinstance(value, list):
        return [hers(one, ids, name) for one in value]
    return ids.get(name, value)


def leaks(house: House, sent: str, answer: str) -> list[str]:
    """Return what of ann's is in an answer, but an id that the request itself brought."""
    ids = {one for name, one in house.theirs.items() if name in UNIQUE}
    return [
        *(text for text in (NOTE, SAID, LABEL) if text in answer),
        *(one for one in ids if one in answer and one not in sent),
    ]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_what_another_asks_for_gives_and_changes_nothing_of_ann_s(
    house: House, request: pytest.FixtureRequest, method: str, path: str
) -> None:
    most = MANY if request.config.getoption("--slow") else FEW
    operation, before = house.published[path][method], house.picture()
    try_out(house, (method, path), GenerationMode.POSITIVE, most)
    if any((operation.query, operation.headers, operation.body)):  # what can be missed
        try_out(house, (method, path), GenerationMode.NEGATIVE, most)
    after = house.picture()
    if path == SIGN_IN.path:
        before, after = ({**one, **{table: [] for table in ATTEMPTS}} for one in (before, after))
    assert after == before


def try_out(house: House, route: tuple[str, str], mode: GenerationMode, most: int) -> None:
    """Send so many requests of one operation: as made up but for ids, and with every id."""
    method, path = route
    operation = house.published[path][method]
    ids, every = house.ids_for(path), house.names_of(method, path)

    @hypothesis.settings(
        derandomize=True,
        max_examples=most,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: Case[Any]) -> None:
        for listed in ((set(), set()), every):
            house.try_one(aimed(case, ids, listed))

    send()
