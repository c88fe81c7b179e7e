"""Whose word is taken for who asks: that of named proxies, and of nobody else."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from coach.model.machine.listening import server_reach
from coach.server.app import ServerParts, application

PROXY, OTHER = "10.0.3.7", "10.0.4.7"
NAME = "https://coach.example.org"


class HeardClients:
    """The addresses of those who were heard, as the application saw them."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    def __call__(self, client: tuple[str, int], _server: tuple[str, int]) -> bool:
        """Hear everybody."""
        self.addresses.append(client[0])
        return True


@pytest.fixture
def heard() -> HeardClients:
    return HeardClients()


@pytest.fixture
def behind(parts: ServerParts, heard: HeardClients) -> ServerParts:
    """Return a server with a name, behind the proxies of one network."""
    reach = server_reach(["coach.example.org"], ["10.0.3.0/24", "fd00:3::/64"])
    return replace(parts, may_connect=heard, reach=reach)


def asked(
    parts: ServerParts, peer: str, scheme: str = "http", **headers: str
) -> tuple[int, dict[str, str]]:
    """Ask from a peer; return the status and the headers of the answer."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    url = f"{scheme}://coach.example.org"
    with TestClient(application(parts), url, client=(peer, 50000)) as client:
        answer = client.get("/livez", headers=sent)
        return answer.status_code, dict(answer.headers)


@pytest.mark.parametrize(
    ("said", "asker"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("203.0.113.9, 10.0.3.8", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
    ],
)
def test_a_named_proxy_says_who_asks(
    behind: ServerParts, heard: HeardClients, said: str, asker: str
) -> None:
    assert asked(behind, PROXY, X_Forwarded_For=said)[0] == 200
    assert heard.addresses == [asker]


def test_another_peer_speaks_for_itself(behind: ServerParts, heard: HeardClients) -> None:
    assert asked(behind, OTHER, "https", X_Forwarded_For="203.0.113.9")[0] == 200
    assert heard.addresses == [OTHER]


@pytest.mark.parametrize("said", ["", "unknown", "10.0.3.8", "203.0.113.9, nobody"])
def test_a_proxy_that_does_not_say_who_asks_is_not_heard(behind: ServerParts, said: str) -> None:
    assert asked(behind, PROXY, X_Forwarded_For=said)[0] == 403


def test_a_proxy_that_nobody_named_is_not_taken_for_the_user_of_this_machine(
    parts: ServerParts,
) -> None:
    """nginx on this machine sends the name 127.0.0.1 unless told otherwise."""
    with TestClient(application(parts), "http://127.0.0.1", client=("127.0.0.1", 5)) as client:
        for header in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Forwarded-Host"):
            assert client.get("/livez", headers={header: "203.0.113.9"}).status_code == 403


def test_nobody_comes_around_the_proxy_without_tls(behind: ServerParts) -> None:
    assert asked(behind, OTHER)[0] == 403
    assert asked(behind, OTHER, X_Forwarded_Proto="https")[0] == 403
    assert asked(behind, OTHER, "https")[0] == 200


@pytest.fixture
def page(behind: ServerParts) -> Iterator[TestClient]:
    """Return a client that comes by the proxy."""
    url = "http://coach.example.org"
    with TestClient(application(behind), url, client=(PROXY, 50000)) as client:
        client.headers["X-Forwarded-For"] = "203.0.113.9"
        yield client


@pytest.mark.parametrize(
    ("origin", "over", "status"),
    [
        (NAME, "https", 404),
        (f"{NAME}:443", "https", 404),
        ("http://coach.example.org", "https", 403),
        (NAME, "http", 403),
        (f"{NAME}:8443", "https", 403),
        ("https://evil.test", "https", 403),
    ],
)
def test_the_origin_of_a_page_is_that_of_the_proxy(
    page: TestClient, origin: str, over: str, status: int
) -> None:
    headers = {"Origin": origin, "X-Forwarded-Proto": over, "Cookie": "a=b"}
    assert page.post("/api/nothing", headers=headers).status_code == status
