"""What is sent is the same to the byte whenever it is sent, and safe whatever it holds."""

import hmac
from datetime import UTC, datetime, time
from email import message_from_bytes, policy
from hashlib import sha256

import pytest

from coach.engine.api.notify import channels
from coach.engine.api.notify.channels import quiet_hours
from coach.engine.notify import apprise_channel
from coach.engine.notify.hooks import signature, webhook_body
from coach.engine.notify.letter import Letter, trial_letter
from coach.engine.notify.mail import mail_of, may_carry_password, message_id
from coach.errors import ConfigError, Invalid
from coach.model.notifications.channels import QuietHours

NOW = datetime(2026, 4, 6, 8, 30, tzinfo=UTC)
ID = "ab" * 32
LETTER = Letter(
    id=ID,
    kind="digest",
    week="2026-W14",
    date=NOW,
    title="Trading digest 2026-W14",
    summary="Fees came to 3.00 €.",
    text="Fees came to 3.00 €.\n",
    html="<!DOCTYPE html><p>Fees came to 3.00 €.</p>",
    picture=b"\x89PNG",
    pack='{"week":"2026-W14"}',
)


def test_a_mail_is_the_same_to_the_byte() -> None:
    first, second = (mail_of(LETTER, "a@example.org", "b@example.org") for _ in range(2))
    assert bytes(first) == bytes(second)
    assert first["Message-ID"] == f"<{ID}@example.org>"
    assert first["Date"] == "Mon, 06 Apr 2026 08:30:00 +0000"


def test_a_mail_carries_its_page_and_its_picture() -> None:
    mail = message_from_bytes(bytes(mail_of(LETTER, "a@b.org", "c@d.org")), policy=policy.default)
    kinds = [part.get_content_type() for part in mail.walk()]
    assert kinds == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert [part["Content-ID"] for part in mail.walk()][-1] == "<days>"


def test_a_test_is_plain_text() -> None:
    mail = mail_of(trial_letter(ID, NOW), "a@b.org", "c@d.org")
    assert mail.get_content_type() == "text/plain"


@pytest.mark.parametrize("sender", ["a@b.org\r\nBcc: c@d.org", "a@b.org\nx"])
def test_no_address_adds_a_header(sender: str) -> None:
    with pytest.raises(ValueError, match="may not contain"):
        mail_of(LETTER, sender, "c@d.org")


def test_an_id_of_a_message_has_the_domain_of_its_sender() -> None:
    assert message_id(LETTER, "Ann <ann@example.org>") == f"<{ID}@example.org>"


def test_a_password_goes_in_the_clear_to_this_machine_alone() -> None:
    def may(host: str, security: str) -> bool:
        return may_carry_password({"host": host, "security": security})

    assert may("smtp.example.org", "tls")
    assert may("127.0.0.1", "none")
    assert not may("smtp.example.org", "none")


def test_a_signature_is_hmac_of_time_and_body() -> None:
    body = webhook_body(LETTER)
    assert body == webhook_body(LETTER)
    expected = hmac.new(b"key", b"1775464200." + body, sha256).hexdigest()
    assert signature("key", 1775464200, body) == expected
    assert signature("key", 1775464201, body) != expected


@pytest.mark.parametrize(
    ("begins", "ends", "quiet", "loud"),
    [
        (time(22), time(7), [(22, 0), (23, 59), (0, 0), (6, 59)], [(7, 0), (12, 0), (21, 59)]),
        (time(11), time(13), [(11, 0), (12, 59)], [(10, 59), (13, 0), (0, 0)]),
    ],
)
def test_quiet_hours_hold_from_the_first_to_before_the_last(
    begins: time, ends: time, quiet: list[tuple[int, int]], loud: list[tuple[int, int]]
) -> None:
    hours = QuietHours(begins, ends)
    assert all(hours.hold(NOW.replace(hour=hour, minute=minute)) for hour, minute in quiet)
    assert not any(hours.hold(NOW.replace(hour=hour, minute=minute)) for hour, minute in loud)


def test_quiet_hours_are_read_as_a_person_writes_them() -> None:
    assert quiet_hours("22:00-7:30") == QuietHours(time(22), time(7, 30))
    assert quiet_hours("none") is None
    for wrong in ("", "22-7", "24:00-07:00", "22:00-22:00", "22:60-07:00"):
        with pytest.raises(Invalid, match="takes a span or none"):
            quiet_hours(wrong)


def test_without_its_package_a_channel_of_apprise_is_refused_with_what_to_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apprise_channel, "PACKAGE", "no_such_package")
    with pytest.raises(ConfigError, match="not installed") as refused:
        channels._apprise("json://example.org")
    assert refused.value.hint == "pip install 'coach[apprise]'"
    failure = apprise_channel.send_by_apprise(LETTER, "json://example.org")
    assert failure is not None
    assert failure.fault == "absent"
