"""Two who use the application, and everything that one of them has."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from httpx2 import Response
from starlette.testclient import TestClient

from tests.integration.engine.test_state_equals_events import RULE, statement

ACCOUNT, NOTE = "hidden-account", "a note of nobody else"
SIGNED, SYMBOL = "a letter to nobody else", "SECRET-USD"
ASKED = {"symbol": SYMBOL, "side": "buy", "quantity": "1", "confidence": 70}


@dataclass(frozen=True, slots=True)
class User:
    """A user's way to ask the application."""

    name: str
    client: TestClient

    def get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        """Return the data of an answer."""
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def send(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 -- JSON
        """Change something; return the data of the answer."""
        answer = self.ask(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json()["data"]

    def ask(self, method: str, path: str, body: object = None) -> Response:
        """Return the answer to a request, whatever it is."""
        key = {"Idempotency-Key": str(uuid4())}
        return self.client.request(method, path, headers=key, json={} if body is None else body)


def live(user: User, folder: Path) -> dict[str, str]:
    """Let a user do everything once; return what is theirs, by the name of a path's part."""
    file = statement(folder, 0, 40).read_bytes()
    key, form = {"Idempotency-Key": str(uuid4())}, {"file": ("fills.csv", file, "text/csv")}
    sent = user.client.post("/api/imports", headers=key, files=form, data={"account": ACCOUNT})
    assert sent.status_code == 201, sent.text
    trade = user.get("/api/trades")[0]["id"]
    user.send("POST", "/api/rules", [{"kind": RULE, "params": {"ratio": 2}}])
    user.send("POST", "/api/checks", ASKED)
    return {
        "what": trade,
        "rule_id": user.get("/api/rules")[0]["id"],
        "number": str(user.send("POST", "/api/notes", {"trade": trade, "text": NOTE})["id"]),
        "commitment": str(user.send("POST", "/api/commitments", {"text": SIGNED})["id"]),
        "fill": user.get("/api/fills")[0]["id"],
        "plan": user.send("POST", "/api/plans", {"kind": "stop", "percent": "2"})["id"],
        "experiment_id": user.send("POST", "/api/experiments", {"rule": RULE, "weeks": 8})["id"],
        "run": user.get("/api/imports")[0]["run_id"],
        "name": ACCOUNT,
        "trade": trade,
        "bias": "revenge",
        "reflection": trade,
        "device": trade,
        "channel": trade,
        "delivery": trade,
        "backup": trade,
        "question": trade,
        "proposal": trade,
    }
