"""An answer is judged by its status first, whatever its body looks like."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from httpx2 import Headers, Response

from coach.brokers.coinbase.answers import judge, wait_asked_for
from coach.brokers.net.client import HttpAnswer
from coach.brokers.net.patience import Trouble
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def heard(response: Response) -> HttpAnswer:
    return HttpAnswer(response.status_code, response.headers, response.content)


HTML = "<html><body>502 Bad Gateway</body></html>"


@pytest.mark.parametrize("body", ["", "Unauthorized\n", HTML, '{"error": 5}', '{"errors": []}'])
@pytest.mark.parametrize(
    ("status", "error"),
    [(401, AuthenticationFailed), (429, TryLater), (500, TryLater), (503, TryLater)],
)
def test_trouble_that_may_pass_is_named_by_its_status(
    status: int, error: type[Exception], body: str
) -> None:
    trouble = judge(heard(Response(status, text=body)), NOW)
    assert isinstance(trouble, Trouble)
    assert isinstance(trouble.error, error)
    assert f"HTTP {status}" in str(trouble.error)


@pytest.mark.parametrize("body", ['{"a": ', "", HTML, "[]", '{"a": NaN}', "[" * 100_000])
def test_a_good_status_with_a_bad_body_is_the_brokers_trouble(body: str) -> None:
    trouble = judge(heard(Response(200, text=body)), NOW)
    assert isinstance(trouble, Trouble)
    assert isinstance(trouble.error, BrokerTrouble)


def test_a_redirect_is_not_followed_but_told() -> None:
    with pytest.raises(BrokerTrouble, match="HTTP 302"):
        judge(heard(Response(302, headers={"location": "https://elsewhere.example"})), NOW)


def test_the_words_of_real_error_bodies_are_passed_on(samples: Path) -> None:
    """403 PERMISSION_DENIED, 403 unknown, then v2's list of errors with 429 and 401."""
    told = []
    for sample in json.loads((samples / "error_bodies.json").read_text())["coinbase"][:4]:
        try:
            trouble = judge(heard(Response(sample["status"], json=sample["body"])), NOW)
        except AuthenticationFailed as error:
            told.append(str(error))
        else:
            assert isinstance(trouble, Trouble)
            told.append(str(trouble.error))
    assert told == [
        "coinbase does not let coach in: HTTP 403: User does not have access to portfolio",
        "coinbase does not let coach in: HTTP 403: Missing required scopes",
        "coinbase cannot be reached just now: HTTP 429: Too many requests",
        "coinbase does not let coach in: HTTP 401: request timestamp expired",
    ]


def test_a_message_cannot_write_to_the_terminal() -> None:
    with pytest.raises(BrokerTrouble) as error:
        judge(heard(Response(400, json={"message": "\x1b[2J" + "a" * 5000})), NOW)
    assert "\x1b" not in str(error.value)
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Sun, 15 Mar 2026 12:00:09 GMT", "x-ratelimit-reset": "3"}, 9.0),
        ({"retry-after": "Sun, 15 Mar 2026 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon", "x-ratelimit-reset": "3"}, 3.0),
        ({"x-ratelimit-reset": "1773576004"}, 4.0),
        ({"x-ratelimit-reset": "-1"}, None),
        ({}, None),
    ],
)
def test_the_wait_is_read_from_whichever_header_says_it(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert wait_asked_for(Headers(headers), NOW) == seconds


def test_numbers_without_quotes_stay_exact() -> None:
    answer = judge(heard(Response(200, text='{"size": 0.1000000000000000055}')), NOW)
    assert isinstance(answer, dict)
    assert str(answer["size"]) == "0.1000000000000000055"
