"""The settings of a provider of sign-ins."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.engine.api.people.open_id import provider_of
from coach.errors import ConfigError
from coach.settings.reading import read
from coach.settings.values import Settings

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
ISSUER = "https://login.example.org/realms/home"


def settings(home: Path, **environment: str) -> Settings:
    return read({"COACH_HOME": str(home), "PATH": "/usr/bin:/bin", **environment}, {})


@pytest.mark.parametrize(
    "issuer", [ISSUER, f"{ISSUER}/", "https://login.example.org:8443", "http://127.0.0.1:9000/x"]
)
def test_an_issuer_is_https_or_of_this_machine(tmp_path: Path, issuer: str) -> None:
    assert settings(tmp_path, COACH_OIDC_ISSUER=issuer).oidc.issuer == issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "http://login.example.org",
        "login.example.org",
        "https://",
        "https://me:pw@login.example.org",
        "https://login.example.org/?a=b",
        "https://login.example.org/#a",
        "https://login.example.org:port",
        "file:///etc/passwd",
        "https://login.example.org/\u0430",
    ],
)
def test_any_other_issuer_is_refused(tmp_path: Path, issuer: str) -> None:
    with pytest.raises(ConfigError, match="oidc_issuer"):
        settings(tmp_path, COACH_OIDC_ISSUER=issuer)


def test_without_an_issuer_there_is_no_provider_and_without_a_name_none_begins(
    tmp_path: Path,
) -> None:
    assert provider_of(settings(tmp_path).oidc, lambda: NOW) is None
    nameless = settings(tmp_path, COACH_OIDC_ISSUER=ISSUER).oidc
    with pytest.raises(ConfigError, match="oidc_client_id"):
        provider_of(nameless, lambda: NOW)


def test_the_secret_is_fetched_when_a_server_begins_and_shown_nowhere(tmp_path: Path) -> None:
    witness = tmp_path / "ran"
    found = settings(
        tmp_path,
        COACH_OIDC_ISSUER=ISSUER,
        COACH_OIDC_CLIENT_ID="coach",
        COACH_OIDC_CLIENT_SECRET_COMMAND=f"touch {witness}; echo canary",
    )
    assert not witness.exists()
    provider = provider_of(found.oidc, lambda: NOW)
    assert witness.exists()
    assert provider is not None
    assert provider.wishes.client_secret().reveal() == "canary"
    assert "canary" not in f"{found!r} {provider!r}"
