"""Channels: where a digest is sent. What opens them is sealed; names and hosts are not."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import time
from email.headerregistry import Address
from secrets import token_urlsafe
from typing import TYPE_CHECKING, get_args
from urllib.parse import urlsplit

from coach.brokers.address import safe_address
from coach.engine.api import sight
from coach.engine.keyring.secrets import seal_secret
from coach.engine.notify.apprise_channel import is_installed, is_known
from coach.engine.notify.mail import may_carry_password
from coach.engine.store.notifications import channels as store
from coach.engine.store.vault import sealed_secrets
from coach.errors import ConfigError, Invalid, Missing, NotFound
from coach.model.machine.audit import AuditEntry
from coach.model.machine.secrets import Secret
from coach.model.notifications.channels import (
    LONGEST_NAME,
    ChannelKind,
    NotifyChannel,
    QuietHours,
    SmtpSecurity,
)
from coach.model.notifications.events import ChannelChanged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.engine.api.session import Session
    from coach.remedies import Field

NAME = re.compile(rf"[a-z0-9][a-z0-9_-]{{0,{LONGEST_NAME - 1}}}")
QUIET = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])-([01]?[0-9]|2[0-3]):([0-5][0-9])")
USUAL_QUIET = "22:00-07:00"
NO_QUIET = "none"
LARGEST_PORT = 65_535
TLS_PORT, USUAL_PORT = 465, 587
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class MailServer:
    """What a person says of a mail server; empty where it is left to coach."""

    host: str = ""
    port: int = 0
    security: str = ""
    username: str = ""
    sender: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class ChannelRequest:
    """A channel as a person describes it.

    `secret` is a password for mail; else an address, and on a second line the token of a topic or a
    webhook's key. `quiet` is as `22:00-07:00`, or `none`.
    """

    name: str
    kind: str
    secret: Secret
    mail: MailServer = MailServer()
    quiet: str = USUAL_QUIET


@dataclass(frozen=True, slots=True)
class AddedChannel:
    """A channel that was added; `signing_key` is a webhook's new key, shown once."""

    channel: NotifyChannel
    signing_key: str = ""


@dataclass(frozen=True, slots=True)
class _Described:
    """What is public of a channel, and what is sealed."""

    target: str
    settings: Mapping[str, str]
    private: Mapping[str, str]
    made_key: str = ""


def add(session: Session, asked: ChannelRequest) -> AddedChannel:
    """Add a channel in place of one of the same name; nothing is sent yet.

    Invalid and Missing where something makes no sense or is not there, ConfigError for an address
    that is not https, or of this machine.
    """
    if not NAME.fullmatch(asked.name):
        allowed = f"at most {LONGEST_NAME} small letters, digits, - and _"
        raise Invalid("channel", f"not {asked.name!r}", allowed, example="phone")
    kind = _kind(asked.kind)
    found = _mail(asked) if kind == "smtp" else _address(kind, asked.secret)
    made = NotifyChannel(
        name=asked.name,
        kind=kind,
        target=found.target,
        settings=found.settings,
        quiet=quiet_hours(asked.quiet),
        created_at=session.clock(),
    )
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        _forget(session, asked.name)
        store.put(connection, user_id, made)
        secret = Secret(json.dumps(dict(found.private)))
        seal_secret(sight.keyring(session), connection, store.secret_of(user_id, made), secret)
        events.append(ChannelChanged(channel=made.name, kind=kind, what="added"))
        sight.audit(session, AuditEntry("channel.added", made.name, {"kind": kind}))
    return AddedChannel(made, found.made_key)


def channels(session: Session) -> list[NotifyChannel]:
    """Return the channels by name."""
    return store.channels(session.connection, session.user.id)


def channel_named(session: Session, name: str) -> NotifyChannel:
    """Return the channel of that name; NotFound where there is none."""
    found = store.find(session.connection, session.user.id, name)
    if found is None:
        raise NotFound(kind="channel", name=name)
    return found


def set_quiet(session: Session, name: str, words: str) -> NotifyChannel:
    """Change when nothing is sent by a channel; what it was sent and its secret stay.

    NotFound where there is no such channel, Invalid where the words are no quiet hours.
    """
    quiet = quiet_hours(words)
    found = channel_named(session, name)
    if found.quiet == quiet:
        return found
    with sight.change(session) as events:
        store.set_quiet(session.connection, session.user.id, name, quiet)
        events.append(ChannelChanged(channel=name, kind=found.kind, what="changed"))
        sight.audit(session, AuditEntry("channel.changed", name, {"kind": found.kind}))
    return replace(found, quiet=quiet)


def remove(session: Session, name: str) -> NotifyChannel:
    """Forget a channel and its secret; the log keeps what was sent by it."""
    found = channel_named(session, name)
    with sight.change(session) as events:
        _forget(session, name)
        events.append(ChannelChanged(channel=name, kind=found.kind, what="removed"))
        sight.audit(session, AuditEntry("channel.removed", name, {"kind": found.kind}))
    return found


def quiet_hours(words: str) -> QuietHours | None:
    """Return quiet hours as a person writes them; Invalid where they are none."""
    if words == NO_QUIET:
        return None
    found = QUIET.fullmatch(words)
    if found is None or found.group(1, 2) == found.group(3, 4):
        raise Invalid("quiet", f"not {words!r}", f"a span or {NO_QUIET}", example=USUAL_QUIET)
    begin, begin_minute, end, end_minute = map(int, found.groups())
    return QuietHours(time(begin, begin_minute), time(end, end_minute))


def _forget(session: Session, name: str) -> None:
    connection, user_id = session.connection, session.user.id
    before = store.find(connection, user_id, name)
    if before is not None:
        sealed_secrets.remove(connection, user_id, store.secret_of(user_id, before).owner)
        store.remove(connection, user_id, name)


def _kind(name: str) -> ChannelKind:
    kinds: tuple[ChannelKind, ...] = get_args(ChannelKind)
    for kind in kinds:
        if kind == name:
            return kind
    raise Invalid("kind", f"not {name!r}", f"one of {', '.join(kinds)}")


def _mail(asked: ChannelRequest) -> _Described:
    mail, password = asked.mail, asked.secret.reveal().strip()
    if not mail.host:
        raise Missing("mail", "host")
    port = mail.port or USUAL_PORT
    if not 0 < port <= LARGEST_PORT:
        raise Invalid("port", f"not {port}", f"1 to {LARGEST_PORT}")
    security = mail.security or ("tls" if port == TLS_PORT else "starttls")
    if security not in get_args(SmtpSecurity):
        allowed = ", ".join(get_args(SmtpSecurity))
        raise Invalid("security", f"not {security!r}", f"one of {allowed}")
    recipient = mail_address("recipient_of_mail", mail.recipient)
    settings = {
        "host": mail.host,
        "port": str(port),
        "security": security,
        "username": mail.username,
        "sender": mail_address("sender", mail.sender or mail.recipient),
        "recipient": recipient,
    }
    if password and not may_carry_password(settings):
        raise Invalid("security", "not none with a password", "tls or starttls")
    if mail.username and not password:
        raise Missing("a user name", "password")
    return _Described(f"{recipient} by {mail.host}", settings, {"password": password})


def mail_address(field: Field, words: str) -> str:
    """Return one address of mail, as `ann@example.org`; Invalid for anything else."""
    try:
        found = Address(addr_spec=words)
    except (ValueError, IndexError):
        found = None
    if found is None or not found.username or not found.domain or not words.isascii():
        raise Invalid(field, f"not {words!r}", "one address", example="ann@example.org")
    return words


def _address(kind: ChannelKind, secret: Secret) -> _Described:
    url, _, second = (part.strip() for part in secret.reveal().strip().partition("\n"))
    if not url:
        raise Missing(f"a channel of the kind {kind}", "secret_file")
    if kind == "apprise":
        return _apprise(url)
    parts = urlsplit(url)
    if parts.fragment or "\\" in url or any(letter.isspace() for letter in url):
        raise ConfigError(name="channel url", what="this is no URL of a channel")
    host = safe_address(f"{parts.scheme}://{parts.netloc}", "channel url").netloc.decode()
    if kind == "ntfy":
        if not parts.path.strip("/"):
            raise ConfigError(name="channel url", what="a topic is missing at its end")
        return _Described(f"a topic at {host}", {"host": host}, {"url": url, "token": second})
    key = second or token_urlsafe(KEY_BYTES)
    private = {"url": url, "key": key}
    return _Described(f"a webhook at {host}", {"host": host}, private, "" if second else key)


def _apprise(url: str) -> _Described:
    if not is_installed():
        raise ConfigError(
            "pip install 'coach[apprise]'",
            name="channel",
            what="the package apprise is not installed",
        )
    if not is_known(url):
        raise ConfigError(name="channel url", what="Apprise does not know this address")
    return _Described(f"Apprise, {urlsplit(url).scheme}", {}, {"url": url})
