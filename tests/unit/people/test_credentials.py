"""How what lets somebody in is written."""

import re
from base64 import urlsafe_b64decode

import pytest

from coach.engine.api.people.credentials import is_session, is_token, new_secret, new_token
from coach.engine.api.people.password_hashes import PasswordHashing
from coach.errors import Invalid
from coach.model.machine.secrets import Secret
from coach.model.people.access import check_token_days, scope_named

LEAST_BITS = 128


def test_a_token_names_what_it_is_and_carries_its_checksum() -> None:
    token_id, secret = new_token()
    text = secret.reveal()
    assert re.fullmatch(r"coach_pat_[0-9a-f]{8}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}", text)
    assert token_id in text
    assert is_token(text)


@pytest.mark.parametrize("at", [12, 25, 40, 65])
def test_a_mistyped_token_is_none(at: int) -> None:
    text = new_token()[1].reveal()
    other = "0" if text[at] != "0" else "1"
    assert not is_token(text[:at] + other + text[at + 1 :])


def test_secrets_differ_and_fit_into_a_cookie() -> None:
    made = {new_secret().reveal() for _ in range(100)}
    assert len(made) == 100
    assert all(len(urlsafe_b64decode(f"{one}=")) * 8 >= LEAST_BITS for one in made)
    assert all(map(is_session, made))
    assert not is_session(f"{made.pop()};")


def test_a_password_is_the_same_however_a_keyboard_composes_it() -> None:
    from argon2 import PasswordHasher

    hashing = PasswordHashing(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    stored = hashing.hash(Secret("caf\u00e9 caf\u00e9 caf\u00e9"))
    assert hashing.matches(stored, Secret("cafe\u0301 cafe\u0301 cafe\u0301"))
    assert not hashing.matches(stored, Secret("cafe cafe cafe"))
    assert not hashing.matches(None, Secret("cafe cafe cafe"))
    assert not hashing.matches("no hash", Secret("cafe cafe cafe"))


def test_the_hash_is_argon2id_by_the_profile_of_rfc_9106() -> None:
    hasher = PasswordHashing().hasher
    found = (hasher.type.name, hasher.time_cost, hasher.memory_cost, hasher.parallelism)
    assert found == ("ID", 3, 65536, 4)


def test_there_are_three_scopes_and_no_life_of_a_token_is_odd() -> None:
    assert [scope_named(one) for one in ("read", "import", "admin")]
    for wrong in ("", "all", "READ"):
        with pytest.raises(Invalid):
            scope_named(wrong)
    for days in (-1, 3651):
        with pytest.raises(Invalid):
            check_token_days(days)
