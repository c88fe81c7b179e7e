"""Who is heard: this machine's names, pages of our own, sockets of our own user."""

from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from coach.model.machine.listening import server_reach
from coach.server.app import ServerParts, application


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8321", "localhost", "LOCALHOST:9000", "[::1]:8321", "127.0.0.2"]
)
def test_a_name_of_this_machine_is_heard(client: TestClient, host: str) -> None:
    assert client.get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.test",
        "localhost.evil.test:8321",
        "127.0.0.1.evil.test",
        "0.0.0.0:8321",
        "192.168.1.5",
        "me@evil.test",
        "[::1",
        "",
    ],
)
def test_a_name_that_was_turned_to_this_machine_is_not(client: TestClient, host: str) -> None:
    refused = client.get("/livez", headers={"Host": host})
    assert (refused.status_code, refused.json()["error"]["code"]) == (421, "E_REFUSED")


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://127.0.0.1:8321"},
        {"Origin": "http://127.0.0.1:8321", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin"},
        {},
    ],
)
def test_a_page_of_our_own_and_a_script_are_heard(
    client: TestClient, headers: dict[str, str]
) -> None:
    assert client.get("/api/nothing", headers=headers).status_code == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "http://127.0.0.1:9612"},
        {"Origin": "http://localhost:8321"},
        {"Origin": "https://127.0.0.1:8321"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
    ],
)
def test_a_page_of_another_site_or_port_is_not(client: TestClient, headers: dict[str, str]) -> None:
    refused = client.get("/api/nothing", headers=headers)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "E_REFUSED")


def test_a_link_on_another_site_may_lead_to_our_first_page(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert client.get("/", headers=link).status_code == 200
    assert client.post("/", headers=link).status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Origin": "http://127.0.0.1:8321"}, 404),
        ({"Sec-Fetch-Site": "same-origin"}, 404),
        ({"Origin": "http://127.0.0.1:9612", "Sec-Fetch-Site": "same-origin"}, 403),
        ({"Origin": "http://127.0.0.1:8321", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "HTTP://127.0.0.1:8321"}, 403),
    ],
)
def test_a_cookie_alone_changes_nothing(
    client: TestClient, headers: dict[str, str], status: int
) -> None:
    sent = {"Cookie": "coach-session=1", **headers}
    assert client.post("/api/nothing", headers=sent).status_code == status


def test_two_origins_are_none(client: TestClient) -> None:
    twice = [("Origin", "http://127.0.0.1:8321"), ("Origin", "http://127.0.0.1:8321")]
    assert client.get("/api/nothing", headers=twice).status_code == 403


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("coach.example.org", 200),
        ("COACH.example.org.", 200),
        ("coach.example.org:8443", 200),
        ("only.example.org:8443", 200),
        ("only.example.org", 421),
        ("other.example.org", 421),
        ("coach.example.org.evil.test", 421),
    ],
)
def test_a_name_that_the_server_was_given_is_heard(
    parts: ServerParts, host: str, status: int
) -> None:
    reach = server_reach(["coach.example.org", "only.example.org:8443"], [])
    with TestClient(application(replace(parts, reach=reach))) as client:
        assert client.get("/livez", headers={"Host": host}).status_code == status


def test_the_address_that_was_connected_to_is_heard(parts: ServerParts) -> None:
    with TestClient(application(parts), "http://192.168.1.5:8321") as client:
        assert client.get("/livez").status_code == 200
        assert client.get("/livez", headers={"Host": "192.168.1.6"}).status_code == 421


def test_an_unexpected_error_has_the_headers_too(parts: ServerParts) -> None:
    app = application(parts)

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError

    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_an_unexpected_error_tells_nothing_of_itself(parts: ServerParts) -> None:
    app = application(parts)

    @app.get("/broken")
    def broken() -> None:
        raise ZeroDivisionError("a word of the inside")

    with TestClient(app, "http://127.0.0.1", raise_server_exceptions=False) as client:
        text = client.get("/broken").text
    assert not app.debug
    assert "unexpected ZeroDivisionError" in text  # its kind, to be asked about, and no more
    assert not [one for one in ("inside", "Traceback", ".py", "line ") if one in text]


@pytest.mark.parametrize(("sent", "read"), [("%2500", "%00"), ("%252541", "%2541"), ("a+b", "a b")])
def test_what_is_asked_is_decoded_once(parts: ServerParts, sent: str, read: str) -> None:
    """A NUL that was encoded twice is the text %00 for the guard and for the route."""
    app = application(parts)

    @app.get("/echo")
    def echo(word: str) -> list[str]:
        return [word]

    with TestClient(app, "http://127.0.0.1") as client:
        assert client.get(f"/echo?word={sent}").json() == [read]


def test_a_socket_of_another_user_of_this_machine_is_not_heard(parts: ServerParts) -> None:
    app = application(replace(parts, may_connect=lambda _client, _server: False))
    refused = TestClient(app, "http://127.0.0.1").get("/livez")
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "E_REFUSED")


@pytest.mark.parametrize("path", ["/api/why/a%00", "/api/pnl?account=%00"])
def test_a_text_that_no_database_keeps_goes_no_further(client: TestClient, path: str) -> None:
    refused = client.get(path)
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "E_USAGE")


def test_every_answer_tells_browsers_to_keep_it_to_ourselves(client: TestClient) -> None:
    for path in ("/sign-in", "/livez", "/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
