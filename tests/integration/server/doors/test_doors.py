"""Who comes in, what they see, and what they may do."""

from pathlib import Path
from uuid import uuid4

import pytest
from starlette.testclient import TestClient

from coach.engine.api.people import accounts, setup
from coach.model.machine.secrets import Secret
from coach.model.people.access import AccessScope
from coach.server.doors.doors import Doors
from coach.server.doors.first_run import set_up_link
from tests.integration.server.doors.conftest import PASSWORD, Building
from tests.integration.server.doors.provider import HERE

STATEMENT = (
    "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    "2026-03-02T10:00:00Z,BTC-USD,buy,1,100,0,USD,a\n"
)


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


def imported(client: TestClient) -> int:
    files = {"file": ("fills.csv", STATEMENT.encode())}
    return client.post(
        "/api/imports", files=files, data={"account": "main"}, headers=key()
    ).status_code


def noted(client: TestClient) -> int:
    body = {"day": "2026-03-02", "text": "slept badly"}
    return client.post("/api/notes", json=body, headers=key()).status_code


def error_of(client: TestClient, method: str, path: str, **more: object) -> tuple[int, str]:
    answer = client.request(method, path, **more)  # type: ignore[arg-type]
    return answer.status_code, answer.json()["error"]["code"]


def test_without_an_account_the_terminal_s_user_is_served_as_ever(building: Building) -> None:
    browser = building.browser()
    assert browser.get("/api/accounts").status_code == 200
    assert browser.get("/").status_code == 200
    assert browser.get("/account").headers["location"] == "/"
    assert error_of(browser, "GET", "/api/session") == (401, "E_SIGN_IN")


def test_with_one_nobody_is_served_who_has_not_signed_in(inhabited: Building) -> None:
    browser = inhabited.browser()
    for path in ("/api/accounts", "/api/events/stream", "/api/status", "/api/nothing"):
        answer = browser.get(path)
        assert answer.status_code == 401, path
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert noted(browser) == 401
    assert browser.get("/").headers["location"] == "/sign-in"
    assert browser.get("/account").headers["location"] == "/sign-in"
    assert browser.get("/livez").status_code == browser.get("/readyz").status_code == 200


def test_each_has_accounts_notes_events_and_trades_of_their_own(inhabited: Building) -> None:
    local, ann = inhabited.signed_in("local"), inhabited.signed_in("ann")
    assert (imported(local), noted(local)) == (201, 201)
    for path in ("/api/accounts", "/api/notes", "/api/imports", "/api/events"):
        assert len(local.get(path).json()["data"]) > 0, path
        assert ann.get(path).json()["data"] == [], path
    assert ann.get("/api/status").json()["data"]["user"] == "ann"
    assert ann.delete("/api/notes/1", headers=key()).status_code == 404
    assert len(ann.get("/api/audit").json()["data"]) == 2  # a password, and the sign-in
    assert imported(ann) == 201
    [row] = ann.get("/api/accounts").json()["data"]
    assert (row["name"], row["fills"]) == ("main", 1)


@pytest.mark.parametrize(
    ("scope", "may"), [("read", (401, 401)), ("import", (201, 401)), ("admin", (201, 201))]
)
def test_a_token_reaches_as_far_as_its_scope(
    inhabited: Building, scope: AccessScope, may: tuple[int, int]
) -> None:
    program = inhabited.program("ann", scope)
    assert program.get("/api/status").json()["data"]["user"] == "ann"
    refused = tuple(403 if status == 401 else status for status in may)
    assert (imported(program), noted(program)) == refused
    tried = {"kind": "max_trades_per_day", "params": {"limit": 3}}
    assert program.post("/api/rules/dry-run", json=tried).status_code == 200
    for method, path in (("GET", "/api/session"), ("POST", "/api/tokens"), ("DELETE", "/api/totp")):
        assert error_of(program, method, path) == (403, "E_SCOPE")


def test_who_shows_a_token_is_not_known_by_a_cookie(inhabited: Building) -> None:
    browser = inhabited.signed_in("ann")
    assert browser.get("/api/status").status_code == 200
    for wrong in ("Bearer nonsense", "Basic YW5uOng=", "Bearer ", ""):
        assert browser.get("/api/status", headers={"Authorization": wrong}).status_code == 401


def test_a_cookie_is_for_the_server_alone_and_named_for_its_scheme(inhabited: Building) -> None:
    body = {"name": "ann", "password": PASSWORD}
    plain = inhabited.browser().post("/api/session", json=body).headers["set-cookie"]
    assert plain.startswith("coach-session=")
    assert "HttpOnly" in plain
    assert "SameSite=Lax" in plain
    assert "Secure" not in plain
    secure = inhabited.browser()
    secure.base_url = "https://127.0.0.1:8321"
    secure.headers["Origin"] = "https://127.0.0.1:8321"
    kept = secure.post("/api/session", json=body).headers["set-cookie"]
    assert kept.startswith("__Host-coach=")
    assert "; Path=/;" in kept
    assert kept.endswith("; Secure")


def test_two_cookies_of_one_name_are_believed_neither(inhabited: Building) -> None:
    browser = inhabited.signed_in("ann")
    [value] = browser.cookies.values()
    browser.cookies.clear()
    one, two = f"coach-session={value}", f"coach-session={'x' * 43}"
    assert browser.get("/api/status", headers={"Cookie": one}).status_code == 200
    assert browser.get("/api/status", headers={"Cookie": f"{one}; {two}"}).status_code == 401


def test_signing_in_again_changes_the_secret_and_signing_out_ends_it(inhabited: Building) -> None:
    browser = inhabited.signed_in("ann")
    [first] = browser.cookies.values()
    browser.post("/api/session", json={"name": "ann", "password": PASSWORD})
    [second] = browser.cookies.values()
    replayed = inhabited.browser()
    assert first != second
    assert (
        replayed.get("/api/status", headers={"Cookie": f"coach-session={first}"}).status_code == 401
    )
    answer = browser.delete("/api/session")
    assert answer.headers["clear-site-data"] == '"cookies", "storage"'
    assert not browser.cookies
    assert (
        replayed.get("/api/status", headers={"Cookie": f"coach-session={second}"}).status_code
        == 401
    )


@pytest.mark.parametrize(
    ("name", "password"), [("ann", "wrong words all along"), ("bob", PASSWORD), ("", "")]
)
def test_what_is_wrong_is_never_told_apart(inhabited: Building, name: str, password: str) -> None:
    body = {"name": name, "password": password}
    answer = inhabited.browser().post("/api/session", json=body)
    known = inhabited.browser().post("/api/session", json={"name": "local", "password": "other"})
    assert (answer.status_code, answer.json()) == (401, known.json())
    assert "set-cookie" not in answer.headers


def test_guesses_wait_as_long_as_the_limits_say(inhabited: Building) -> None:
    asked: list[tuple[str, str]] = []

    def admit(name: str, address: str) -> float:
        asked.append((name, address))
        return 6.2

    inhabited.doors.admit = admit
    browser = inhabited.browser()
    answer = browser.post("/api/session", json={"name": "ann", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")
    page = browser.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert (page.status_code, page.headers["retry-after"]) == (429, "7")
    assert [name for name, _ in asked] == ["ann", "ann"]


def test_what_is_dangerous_takes_the_password_once_more(
    inhabited: Building, connection: object
) -> None:
    import psycopg

    assert isinstance(connection, psycopg.Connection)
    browser = inhabited.signed_in("ann")
    assert imported(browser) == 201
    [run] = browser.get("/api/imports").json()["data"]
    connection.execute("update user_session set confirmed_at = confirmed_at - interval '1 hour'")
    for method, path, body in (
        ("DELETE", f"/api/imports/{run['run_id']}", None),
        ("PUT", "/api/password", {"password": "another good password"}),
        ("POST", "/api/tokens", {"label": "script"}),
        ("POST", "/api/totp", None),
        ("POST", "/api/connect/coinbase", {"key": "{}"}),
        ("POST", "/api/connect/kraken", {"key": ""}),
        ("POST", "/api/connect/binance", {"key": ""}),
        ("POST", "/api/accounts/main/disconnect", None),
        ("POST", "/api/backups", None),
        ("POST", "/api/backups/one/verify", {"key": "none"}),
    ):
        assert error_of(browser, method, path, json=body, headers=key()) == (403, "E_CONFIRM")
    wrong = browser.post("/api/session/confirmation", json={"password": "wrong words all along"})
    assert wrong.status_code == 401
    [before] = browser.cookies.values()
    assert browser.post("/api/session/confirmation", json={"password": PASSWORD}).is_success
    assert list(browser.cookies.values()) != [before]
    assert browser.post("/api/tokens", json={"label": "script"}).status_code == 201
    assert browser.delete(f"/api/imports/{run['run_id']}", headers=key()).status_code == 200


@pytest.mark.parametrize("broker", ["coinbase", "kraken", "binance"])
@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "https://10.0.0.1", "http://db:5432"])
def test_a_friend_sends_no_request_of_the_server_elsewhere(
    inhabited: Building, address: str, broker: str
) -> None:
    body = {"key": "{}", "base_url": address}
    answer = inhabited.signed_in("ann").post(f"/api/connect/{broker}", json=body, headers=key())
    assert answer.status_code == 400
    assert "base_url is not for you" in answer.json()["error"]["message"]


def test_the_first_account_is_made_on_a_page_and_then_never_again(
    building: Building, tmp_path: Path
) -> None:
    with set_up_link(building.doors, building.parts.settings.home, HERE) as offer:
        assert offer is not None
        assert offer.is_first
        assert offer.link_file.stat().st_mode & 0o777 == 0o600
        assert offer.leading_page.stat().st_mode & 0o777 == 0o600
        link = offer.link_file.read_text().strip()
    assert not offer.link_file.exists()
    assert tmp_path in offer.link_file.parents
    before, _, secret = link.partition("#token=")
    assert before == f"{HERE}/set-up"
    browser = building.browser()
    page = browser.get("/set-up")
    assert (page.status_code, 'src="/set-up.js"' in page.text) == (200, True)
    assert browser.get("/set-up.js").headers["content-type"].startswith("text/javascript")
    wrong = browser.post("/set-up", data={"token": "x" * 43, "password": PASSWORD})
    assert (wrong.status_code, "not the newest" in wrong.text) == (403, True)
    made = browser.post("/set-up", data={"token": secret, "password": PASSWORD})
    assert (made.status_code, made.headers["location"]) == (303, "/")
    assert browser.get("/api/session").json()["data"]["user"] == "local"
    for method, path in (
        ("GET", "/set-up"),
        ("GET", "/set-up.js"),
        ("POST", "/set-up"),
        ("POST", "/api/set-up"),
    ):
        body = {"token": secret, "password": PASSWORD}
        more = {"json": body} if path.startswith("/api") else {"data": body}
        sent = more if method == "POST" else {}
        assert browser.request(method, path, **sent).status_code == 404  # type: ignore[arg-type]
    with set_up_link(building.doors, building.parts.settings.home, HERE) as offer:
        assert offer is None


def test_an_account_made_at_the_terminal_closes_a_server_that_runs(building: Building) -> None:
    browser = building.browser()
    assert browser.get("/api/status").status_code == 200
    building.make("ann")
    assert browser.get("/api/status").status_code == 401
    with building.doors.place(None, "test") as place:
        assert setup.is_done(place.connection)


def test_the_pages_have_no_script_of_their_own_and_hold_no_name_as_markup(
    inhabited: Building,
) -> None:
    inhabited.make("<b>bob</b>")
    browser = inhabited.signed_in("<b>bob</b>")
    page = browser.get("/account")
    assert "&lt;b&gt;bob&lt;/b&gt;" in page.text
    assert "<script" not in page.text
    for path in ("/", "/account"):
        page = browser.get(path)
        assert page.status_code == 200
        assert "<b>" not in page.text
        assert "<script>" not in page.text
        assert "style=" not in page.text
    assert inhabited.browser().get("/sign-in").status_code == 200


def test_a_page_does_all_that_an_account_is_for(inhabited: Building) -> None:
    import pyotp

    browser = inhabited.browser()
    page = browser.post("/sign-in", data={"name": "ann", "password": PASSWORD})
    assert (page.status_code, page.headers["location"]) == (303, "/")
    made = browser.post("/account/tokens", data={"label": "backup", "scope": "import"})
    assert "coach_pat_" in made.text
    device = browser.post("/account/totp")
    secret = device.text.partition("<p><code>")[2].partition("</code>")[0]
    wrong = browser.post("/account/totp/confirm", data={"code": "000"})
    assert (wrong.status_code, 'role="alert"' in wrong.text) == (422, True)
    codes = browser.post("/account/totp/confirm", data={"code": pyotp.TOTP(secret).now()})
    assert codes.text.count("<li><code>") == 10
    recovery = codes.text.partition("<li><code>")[2].partition("</code>")[0]
    other = inhabited.browser()
    fields = {"name": "ann", "password": PASSWORD}
    assert other.post("/sign-in", data=fields).status_code == 401
    assert other.post("/sign-in", data=fields | {"code": recovery}).status_code == 303
    assert other.post("/account/totp/remove").status_code == 303
    [token] = [
        one["id"] for one in browser.get("/api/tokens").json()["data"] if one["label"] == "backup"
    ]
    assert browser.post(f"/account/tokens/{token}").status_code == 303
    assert browser.post("/account/end-others").status_code == 303
    assert other.get("/api/session").status_code == 401
    assert browser.post("/account/password", data={"password": "short"}).status_code == 400
    new = {"password": "another good password"}
    assert browser.post("/account/password", data=new).status_code == 303
    assert browser.post("/sign-out").headers["location"] == "/sign-in"
    assert browser.post("/account/end-others").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    "content",
    [b"name=ann&name=ann&password=x", b"\xff", b"name", b"name=a%00&password=x", b"a=1" * 9_000],
)
def test_a_form_that_is_none_is_refused(inhabited: Building, content: bytes) -> None:
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = inhabited.browser().post("/sign-in", content=content, headers=kind)
    assert answer.status_code == 400
    other = inhabited.browser().post("/sign-in", json={"name": "ann", "password": PASSWORD})
    assert other.status_code == 415


def test_a_password_is_quoted_in_no_error(inhabited: Building) -> None:
    for body in ({"name": "ann", "password": 7391}, {"name": "ann", "password": "7391", "x": 1}):
        answer = inhabited.browser().post("/api/session", json=body)
        assert answer.status_code == 400
        assert "7391" not in answer.text


def test_a_user_who_was_removed_and_made_anew_is_another(inhabited: Building) -> None:
    from coach.engine.api import users

    browser, program = inhabited.signed_in("ann"), inhabited.program("ann", "admin")
    with inhabited.doors.place(None, "test") as place:
        users.remove(place.connection, "ann", place.clock())
    inhabited.make("ann")
    assert browser.get("/api/status").status_code == 401
    assert program.get("/api/status").status_code == 401


def test_what_is_done_at_the_doors_is_audited_with_where_it_came_from(
    inhabited: Building,
) -> None:
    browser = inhabited.browser()
    browser.headers["User-Agent"] = "Firefox\t1"
    browser.post("/api/session", json={"name": "ann", "password": "wrong words all along"})
    browser.post("/api/session", json={"name": "ann", "password": PASSWORD})
    rows = browser.get("/api/audit").json()["data"]
    assert [one["kind"] for one in rows] == [
        "session.started",
        "session.refused",
        "password.changed",
    ]
    assert [one["origin"] for one in rows[:2]] == ["127.0.0.1 Firefox1"] * 2


def test_a_disabled_user_is_out_in_every_server(inhabited: Building) -> None:
    other = Doors(inhabited.doors.settings, inhabited.doors.lend, inhabited.doors.hashing)
    browser = inhabited.signed_in("ann")
    with other.place(None, "test") as place:
        accounts.disable(place, "ann")
    assert browser.get("/api/status").status_code == 401
    with other.place(None, "test") as place:
        accounts.enable(place, "ann")
        accounts.change_password(place, "ann", Secret(PASSWORD))
    assert browser.get("/api/status").status_code == 401
