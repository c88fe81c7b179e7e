"""The capacity model on its page is what its constants give."""

from bench.scale.model import MEASURED, PAGE, limits, need, page_with


def test_the_page_is_what_the_constants_give() -> None:
    text = PAGE.read_text("utf-8")
    assert page_with(text) == text


def test_what_a_user_needs_grows_with_the_users() -> None:
    one, thousand = need(1), need(1_000)
    assert round(thousand.disk / one.disk) == 1_000
    assert round(thousand.importing / one.importing) == 1_000


def test_what_breaks_first_is_named_first() -> None:
    users = list(limits().values())
    assert users == sorted(users)
    assert 1_000 < users[0] < 1_000_000
    assert min(MEASURED.values()) > 0
