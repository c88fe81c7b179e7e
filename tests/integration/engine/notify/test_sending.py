"""A digest on real wires: once by each channel, the same id whenever it comes again."""

import hmac
import json
import ssl
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from hashlib import sha256
from typing import Any

import pytest
import trustme

from coach.engine.api import digests, events
from coach.engine.api.keys import audit
from coach.engine.api.notify import channels, deliveries
from coach.engine.api.notify.channels import ChannelRequest
from coach.engine.api.notify.channels import MailServer as MailWishes
from coach.engine.api.session import Session
from coach.engine.notify.letter import trial_letter
from coach.engine.notify.mail import send_mail
from coach.engine.outbox import partitions
from coach.engine.store import users
from coach.engine.store.vault import sealed_secrets
from coach.engine.store.vault.purge import purge
from coach.errors import AuthenticationFailed, BrokerTrouble, NotFound, TryLater
from coach.model.machine.secrets import Secret
from tests.hooks import HookServer, MailServer, mail_server
from tests.integration.engine.notify.conftest import KEY, WEEK, to_hook
from tests.numerals import unsupported

TO = "ann@example.org"
SENT_IN_THE_CLEAR = pytest.mark.filterwarnings("ignore:Requiring AUTH:UserWarning")
"""The server of the test takes a password without TLS, too."""


def to_mail(session: Session, port: int, password: str = "", **more: str) -> None:
    wishes = MailWishes("127.0.0.1", port, "none", recipient=TO, **more)
    channels.add(session, ChannelRequest("mail", "smtp", Secret(password), wishes, "none"))


def to_topic(session: Session, hook: HookServer) -> None:
    secret = Secret(f"{hook.url}/a-topic\ntk_secret")
    channels.add(session, ChannelRequest("phone", "ntfy", secret, quiet="none"))


def at(session: Session, **later: float) -> Session:
    """Return the session some time later."""
    now = session.clock() + timedelta(**later)
    partitions.ensure(session.connection, now)
    return replace(session, clock=lambda: now)


def parts(mail: EmailMessage) -> dict[str, Any]:
    return {
        part.get_content_type(): part.get_content()
        for part in mail.walk()
        if not part.is_multipart()
    }


def test_each_channel_has_it_once_whoever_asks_again(
    made: Session, hook: HookServer, mailbox: MailServer
) -> None:
    to_hook(made, hook)
    to_topic(made, hook)
    to_mail(made, mailbox.port)
    first = deliveries.send_digest(made, WEEK)
    assert [(one.channel, one.standing) for one in first] == [
        ("hook", "due"),
        ("mail", "due"),
        ("phone", "due"),
    ]
    again = deliveries.send_digest(at(made, days=1), WEEK)
    assert {one.standing for one in again} == {"sent"}
    assert len(hook.posts) == 2
    assert len(mailbox.mails) == 1


def test_a_webhook_is_signed_and_has_the_whole_digest(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    deliveries.send_digest(made, WEEK)
    [post] = hook.posts
    told = json.loads(post.body)
    assert post.path == "/in?of=coach"
    assert told["digest"] == digests.digest(made, WEEK).pack
    assert told["id"] == post.headers["idempotency-key"]
    assert unsupported(told["summary"], told["digest"]) == []
    moment, signed = post.headers["x-coach-signature"].removeprefix("t=").split(",v1=")
    assert int(moment) == int(made.clock().timestamp())
    expected = hmac.new(KEY.encode(), f"{moment}.".encode() + post.body, sha256)
    assert signed == expected.hexdigest()


def test_a_topic_gets_the_first_lines_and_its_token(made: Session, hook: HookServer) -> None:
    to_topic(made, hook)
    deliveries.send_digest(made, WEEK)
    [post] = hook.posts
    assert post.path == "/a-topic"
    assert post.headers["authorization"] == "Bearer tk_secret"
    assert post.headers["title"] == f"Trading digest {WEEK}"
    assert unsupported(post.body.decode(), digests.digest(made, WEEK).pack) == []


def test_a_mail_says_in_all_its_parts_what_the_digest_says(
    made: Session, mailbox: MailServer
) -> None:
    to_mail(made, mailbox.port)
    deliveries.send_digest(made, WEEK)
    [mail] = mailbox.mails
    view, found = digests.digest(made, WEEK), parts(mail)
    assert found["text/plain"].replace("\r\n", "\n") == view.text
    page = found["text/html"]
    assert unsupported(page.partition("</style>")[2], view.pack) == []
    assert 'src="cid:days"' in page
    assert "http" not in page
    assert found["image/png"] == view.png()
    assert (mail["To"], mail["Auto-Submitted"]) == (TO, "auto-generated")


def test_what_is_sent_again_is_the_same_mail(made: Session, mailbox: MailServer) -> None:
    to_mail(made, mailbox.port)
    deliveries.send_digest(made, WEEK)
    [kept] = deliveries.log(made)
    deliveries.send_again(at(made, hours=3), kept.id[:8])
    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"] == f"<{kept.id}@example.org>"
    assert mailbox.raw[0].partition(b"X-Peer")[0] == mailbox.raw[1].partition(b"X-Peer")[0]
    [kept] = deliveries.log(made)
    assert kept.tries == 2


@pytest.mark.parametrize(
    ("status", "fault", "trouble"),
    [
        (503, "down", TryLater),
        (403, "login", AuthenticationFailed),
        (404, "rejected", BrokerTrouble),
    ],
)
def test_a_failure_is_kept_with_its_fault_and_stops_no_other_channel(
    made: Session,
    hook: HookServer,
    mailbox: MailServer,
    status: int,
    fault: str,
    trouble: type[Exception],
) -> None:
    to_hook(made, hook, "a-hook")
    to_mail(made, mailbox.port)
    hook.status = status
    found = deliveries.send_digest(made, WEEK)
    assert [one.delivery.fault for one in found if one.delivery] == [fault, None]
    assert len(mailbox.mails) == 1
    with pytest.raises(trouble, match=f"it answers {status}"):
        deliveries.send_test(made, "a-hook")
    hook.status = 200
    later = deliveries.send_digest(made, WEEK)
    assert [one.delivery.state for one in later if one.delivery] == ["sent", "sent"]
    digest_posts = [one for one in hook.posts if b'"kind":"digest"' in one.body]
    assert len({one.headers["idempotency-key"] for one in digest_posts}) == 1
    assert len({one.body for one in digest_posts}) == 1


def test_after_five_failures_it_is_left_to_a_person(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    hook.status = 500
    for _ in range(7):
        found = deliveries.send_digest(made, WEEK)
    assert [one.standing for one in found] == ["given_up"]
    assert len(hook.posts) == 5
    hook.status = 200
    [kept] = deliveries.log(made)
    assert deliveries.send_again(made, kept.id).state == "sent"


def test_nothing_is_sent_in_quiet_hours_of_the_users_zone(made: Session, hook: HookServer) -> None:
    """It is noon in UTC."""
    to_hook(made, hook, quiet="11:00-13:00")
    [found] = deliveries.send_digest(made, WEEK)
    assert found.standing == "quiet"
    tokyo = replace(made, user=replace(made.user, zone="Asia/Tokyo"))
    [found] = deliveries.send_digest(tokyo, WEEK)
    assert found.standing == "due"
    assert len(hook.posts) == 1


def test_a_channel_has_one_digest_a_day(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    digests.digest(made, "2026-W11")
    deliveries.send_digest(made, WEEK)
    [found] = deliveries.send_digest(made, "2026-W11")
    assert found.standing == "today"
    [found] = deliveries.send_digest(at(made, days=1), "2026-W11")
    assert found.standing == "due"
    assert len(hook.posts) == 2


@SENT_IN_THE_CLEAR
def test_a_password_that_is_not_taken_is_no_broken_wire(made: Session) -> None:
    with mail_server(login=("ann", "right")) as mailbox:
        to_mail(made, mailbox.port, "wrong", username="ann")
        with pytest.raises(AuthenticationFailed):
            deliveries.send_test(made, "mail")
        to_mail(made, mailbox.port, "right", username="ann")
        assert deliveries.send_test(made, "mail").state == "sent"
        assert len(mailbox.mails) == 1


def test_a_mail_that_the_server_refuses_is_told_in_its_words(
    made: Session, mailbox: MailServer
) -> None:
    to_mail(made, mailbox.port)
    mailbox.answer = "554 no such mail\x1b[31m here"
    with pytest.raises(BrokerTrouble, match="554 no such mail"):
        deliveries.send_test(made, "mail")
    [kept] = deliveries.log(made)
    assert (kept.fault, "\x1b" in kept.reason) == ("rejected", False)


@SENT_IN_THE_CLEAR
def test_mail_is_encrypted_and_a_strangers_certificate_is_refused(made: Session) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    with mail_server(login=("ann", "right"), tls=tls) as mailbox:
        settings = {
            "host": "127.0.0.1",
            "port": str(mailbox.port),
            "security": "starttls",
            "username": "ann",
            "sender": TO,
            "recipient": TO,
        }
        letter = trial_letter("ab" * 32, made.clock())
        outcomes = []
        for known in (stranger, authority):
            context = ssl.create_default_context()
            known.configure_trust(context)
            outcomes.append(send_mail(letter, settings, "right", context))
        refused, sent = outcomes
        assert refused is not None
        assert refused.fault == "down"
        assert sent is None
        assert len(mailbox.mails) == 1


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the package imports imghdr
def test_apprise_sends_the_first_lines(made: Session, hook: HookServer) -> None:
    url = hook.url.replace("http://", "json://") + "/in"
    channels.add(made, ChannelRequest("other", "apprise", Secret(url), quiet="none"))
    deliveries.send_digest(made, WEEK)
    [post] = hook.posts
    assert json.loads(post.body)["title"] == f"Trading digest {WEEK}"


def test_a_digest_that_was_sent_is_still_reproduced(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    before = digests.digest(made, WEEK).sha256
    [found] = deliveries.send_digest(made, WEEK)
    assert found.delivery is not None
    assert found.delivery.sha256 == before == digests.digest(made, WEEK).sha256
    assert digests.verify(made, WEEK).ok


def test_a_secret_stands_nowhere_but_under_its_seal(made: Session, hook: HookServer) -> None:
    to_topic(made, hook)
    hook.status = 500
    deliveries.send_digest(made, WEEK)
    for table in ("notify_channel", "notify_delivery", "event_outbox", "run", "audit_event"):
        rows = made.connection.execute(f"select row_to_json(t)::text from {table} t").fetchall()  # noqa: S608 -- constant names
        text = "\n".join(row for (row,) in rows)
        assert "a-topic" not in text
        assert "tk_secret" not in text


def test_a_removed_channel_leaves_its_log_and_no_secret(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    deliveries.send_digest(made, WEEK)
    channels.remove(made, "hook")
    assert channels.channels(made) == []
    assert sealed_secrets.every(made.connection, made.user.id) == []
    [kept] = deliveries.log(made)
    with pytest.raises(NotFound, match="no channel 'hook'"):
        deliveries.send_again(made, kept.id)
    told = [one.type for one in events.every(made)]
    assert told.count("channel.changed") == 2
    assert told.count("digest.sent") == 1
    kinds = [one.kind for one in audit.events(made)]
    assert {"channel.added", "channel.removed"} <= set(kinds)


def test_a_secret_that_does_not_open_is_a_fault_of_that_channel(
    made: Session, hook: HookServer
) -> None:
    to_hook(made, hook)
    made.connection.execute("update sealed_secret set version = version + 1")
    [found] = deliveries.send_digest(made, WEEK)
    assert found.delivery is not None
    assert found.delivery.fault == "sealed"
    assert hook.posts == []


def test_a_digest_that_was_never_made_is_not_sent(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    with pytest.raises(NotFound, match="no digest '2026-W09'"):
        deliveries.send_by(made, "hook", "2026-W09")


def test_channels_and_the_log_are_their_users_alone(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    deliveries.send_digest(made, WEEK)
    [kept] = deliveries.log(made)
    other = users.add(made.connection, "other", "UTC")
    assert other is not None
    theirs = replace(made, user=other)
    assert channels.channels(theirs) == []
    assert deliveries.log(theirs) == []
    for ask in (
        lambda: deliveries.send_again(theirs, kept.id),
        lambda: deliveries.send_test(theirs, "hook"),
        lambda: channels.remove(theirs, "hook"),
    ):
        with pytest.raises(NotFound):
            ask()
    assert len(hook.posts) == 1


def test_who_leaves_takes_channels_and_log_along(made: Session, hook: HookServer) -> None:
    to_hook(made, hook)
    deliveries.send_digest(made, WEEK)
    with made.connection.transaction():
        purge(made.connection, made.user.id, made.clock())
    for table in ("notify_channel", "notify_delivery", "sealed_secret"):
        assert made.connection.execute(f"select from {table}").fetchall() == []
