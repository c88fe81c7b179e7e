"""An account that its broker lets nobody read any more says what to type."""

from datetime import UTC, datetime
from typing import Any

import pytest

from coach.advice.hints import hint_of
from coach.cli.commands.accounts import answer
from coach.engine.store.accounts import AccountSummary
from coach.errors import AuthenticationFailed

GRANTED = {"view": True, "trade": False, "transfer": False, "credential": "oauth"}
MADE = {"view": True, "trade": False, "transfer": False}


def summary(permissions: dict[str, Any], trouble: str) -> AccountSummary:
    return AccountSummary(
        name="mine",
        broker="coinbase",
        shorts=False,
        shorts_origin="broker",
        fills=3,
        first=None,
        last=None,
        last_import=None,
        connected="coach",
        permissions=permissions,
        trouble_code=trouble,
        trouble="coinbase does not let coach in" if trouble else "",
        tried_at=datetime(2026, 4, 1, tzinfo=UTC),
    )


@pytest.mark.parametrize(
    ("permissions", "way"), [(GRANTED, "--oauth"), (MADE, "--key-file FILE")], ids=["grant", "key"]
)
def test_the_command_is_that_of_the_credential(permissions: dict[str, Any], way: str) -> None:
    shown = answer("accounts", [summary(permissions, "E_AUTH")])
    (warning,) = shown.warnings
    assert warning.endswith(f"coach connect coinbase {way} --account mine")
    assert isinstance(shown.data, list)
    assert isinstance(shown.data[0], dict)
    assert shown.data[0]["health"] == "reauth_required"


@pytest.mark.parametrize(("facts", "name"), [({"account": "mine"}, "mine"), ({}, "NAME")])
def test_a_refused_renewal_names_the_command(facts: dict[str, str], name: str) -> None:
    refused = AuthenticationFailed("", "allow_again", broker="coinbase", reason="over", **facts)
    assert hint_of(refused).endswith(f": coach connect coinbase --oauth --account {name}")


@pytest.mark.parametrize("trouble", ["", "E_TRY_LATER"])
def test_what_passes_by_itself_asks_for_nothing(trouble: str) -> None:
    assert answer("accounts", [summary(GRANTED, trouble)]).warnings == ()
