"""Which passwords are too easy."""

import pytest

from coach.engine.api.people.password_strength import check_password
from coach.errors import Invalid
from coach.model.machine.secrets import Secret

LONG_NAME = "wolfeschlegel"


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", "not 0"),
        ("short", "not 5"),
        ("zk7-Qw3!vTx", "not 11"),
        ("x" * 257, "not 257"),
        ("aaaaaaaaaaaaaaaa", "repeats itself"),
        ("ababababababab", "repeats itself"),
        ("x" * 256, "repeats itself"),
        ("password1234", "many people use"),
        ("P@ssw0rd2026", "many people use"),
        ("drowssap1234", "many people use"),
        ("qwertyuiop12", "many people use"),
        ("1qaz2wsx3edc", "many people use"),
        ("iloveyou1234", "many people use"),
        ("unbelievable", "among its first"),
        ("abcdefghijkl", "among its first"),
        ("annannannannann", "its user's name"),
        ("11ann2026!!!!", "its user's name"),
        ("Ann-Ann-Ann-1999", "its user's name"),
        ("coach-1234567", "of coach's"),
        ("coach@ann#ann_82", "its user's name"),
    ],
)
def test_a_password_that_is_easy_to_guess_is_refused(password: str, reason: str) -> None:
    with pytest.raises(Invalid, match="password takes 12 to 256 characters") as refused:
        check_password(Secret(password), "ann")
    assert reason in str(refused.value)
    assert len(password) < 6 or password not in str(refused.value)


@pytest.mark.parametrize(
    "password",
    [
        "four plain words here",
        "x7Kp!qLm92Zv",
        "日本語のパスワードです。長い",
        "ann has four plain words here",
        " ".join(["purple lamp under forty rivers"] * 8),
    ],
)
def test_any_other_password_of_twelve_characters_will_do(password: str) -> None:
    check_password(Secret(password), "ann")


@pytest.mark.parametrize("name", [LONG_NAME, "Wolfeschlegel", "hubert.wolfeschlegel@example.org"])
def test_a_name_is_easy_for_its_user_alone(name: str) -> None:
    password = Secret(f"{LONG_NAME}77")
    check_password(password, "ann")
    with pytest.raises(Invalid, match="user's name"):
        check_password(password, name)
    check_password(password, "ann")
