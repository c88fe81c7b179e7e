"""Streams that are open end with what let their follower in, whichever process ends it."""

import json
from collections.abc import Callable

import pytest
from starlette.testclient import TestClient, WebSocketTestSession
from starlette.websockets import WebSocketDisconnect

from coach.engine.api import users
from coach.engine.api.people import accounts, sessions
from coach.engine.api.people.place import SignInPlace
from coach.model.machine.secrets import Secret
from tests.integration.server.doors.conftest import Building

SOCKET = "ws://127.0.0.1:8321/ws/coach"
SIGNED_OUT = 4401

End = Callable[[SignInPlace], object]


def end_session(place: SignInPlace) -> None:
    user = accounts.named(place, "ann")
    for one in sessions.current(place, user.id):
        sessions.end(place, user.id, one.id)


ENDS: dict[str, End] = {
    "sign out": end_session,
    "disable": lambda place: accounts.disable(place, "ann"),
    "password": lambda place: accounts.change_password(
        place, "ann", Secret("another good password")
    ),
    "remove": lambda place: users.remove(place.connection, "ann", place.clock()),
}


def closing_code(socket: WebSocketTestSession) -> int:
    """Read until the socket is closed, and return the code."""
    while True:
        try:
            socket.receive_text()
        except WebSocketDisconnect as end:
            return end.code


def cookie_of(browser: TestClient) -> dict[str, str]:
    [value] = browser.cookies.values()
    return {"Cookie": f"coach-session={value}"}


@pytest.mark.parametrize("how", ENDS)
def test_a_socket_is_closed_with_the_session(inhabited: Building, how: str) -> None:
    cookie = cookie_of(inhabited.signed_in("ann"))
    with (
        inhabited.browser() as browser,
        browser.websocket_connect(SOCKET, headers=cookie) as socket,
    ):
        assert json.loads(socket.receive_text())["type"] == "hello"
        with inhabited.doors.place(None, "test") as place:
            ENDS[how](place)
        assert closing_code(socket) == SIGNED_OUT


def test_a_socket_of_a_token_is_closed_with_the_token_and_no_other(inhabited: Building) -> None:
    program = inhabited.program("ann", "read")
    token = program.headers["Authorization"]
    cookie = cookie_of(inhabited.signed_in("local"))
    with (
        inhabited.browser() as browser,
        browser.websocket_connect(SOCKET, headers={"Authorization": token}) as of_token,
        browser.websocket_connect(SOCKET, headers=cookie) as of_other,
    ):
        assert json.loads(of_token.receive_text())["type"] == "hello"
        assert json.loads(of_other.receive_text())["type"] == "hello"
        with inhabited.doors.place(None, "test") as place:
            user = accounts.named(place, "ann")
            [made] = sessions.tokens_of(place, user.id)
            sessions.revoke_token(place, user.id, made.id)
        assert closing_code(of_token) == SIGNED_OUT
        of_other.send_text(json.dumps({"type": "ack", "seq": 10**6}))
        assert closing_code(of_other) == 4400  # its own fault, and no other


def test_nobody_follows_who_has_not_signed_in(inhabited: Building) -> None:
    with (
        inhabited.browser() as browser,
        browser.websocket_connect(SOCKET) as socket,
    ):
        assert closing_code(socket) == SIGNED_OUT
