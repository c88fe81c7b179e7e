"""A password that is easy to guess is refused at every door, and nothing is changed by it."""

import pytest

from coach.engine.api.people import accounts, setup
from coach.errors import Invalid
from coach.model.machine.secrets import Secret
from tests.integration.server.doors.conftest import PASSWORD, Building

COMMON, NAMED = "password1234", "ann-ann-2026"
EASY = pytest.mark.parametrize("easy", [COMMON, NAMED])
FREE = "hard to guess and easy to remember"


@EASY
@pytest.mark.parametrize("path", ["/api/set-up", "/set-up"])
def test_the_first_account_gets_none(building: Building, path: str, easy: str) -> None:
    with building.doors.place(None, "test") as place:
        secret = setup.make_link(place)
    assert secret is not None
    browser = building.browser()
    fields = {"token": secret.reveal(), "name": "ann"}

    def claim(password: str) -> tuple[int, str]:
        body = {**fields, "password": password}
        sent = {"json": body} if path.startswith("/api") else {"data": body}
        answer = browser.post(path, **sent)  # type: ignore[arg-type]
        return answer.status_code, answer.text

    status, said = claim(easy)
    assert (status, FREE in said, easy in said) == (400, True, False)
    assert browser.get("/api/status").status_code == 200
    assert claim(PASSWORD)[0] < 400
    assert browser.get("/api/session").json()["data"]["user"] == "ann"


@EASY
def test_nobody_changes_theirs_to_one(inhabited: Building, easy: str) -> None:
    browser = inhabited.signed_in("ann")
    by_program = browser.put("/api/password", json={"password": easy})
    by_page = browser.post("/account/password", data={"password": easy})
    assert (by_program.status_code, by_page.status_code) == (400, 400)
    assert FREE in by_program.json()["error"]["hint"]
    assert FREE in by_page.text
    assert inhabited.signed_in("ann").get("/api/session").status_code == 200


@EASY
def test_whoever_runs_coach_gives_nobody_one(inhabited: Building, easy: str) -> None:
    with inhabited.doors.place(None, "test") as place:
        with pytest.raises(Invalid, match="password takes"):
            accounts.change_password(place, "ann", Secret(easy))
        with pytest.raises(Invalid, match="password takes"):
            accounts.make(place, accounts.NewAccount("ann-ann", Secret(easy), "UTC"))
    assert inhabited.signed_in("ann").get("/api/session").status_code == 200
