"""A digest by mail: text, a page and its charts, sent over SMTP by the standard library.

The Message-ID and the Date follow from the message, so that a mail that is sent twice is the same
mail twice. A password goes over an encrypted connection alone, or to this very machine.
"""

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from coach.brokers.address import LOOPBACK
from coach.brokers.net.deadline import DeadlineExceeded, run_within
from coach.brokers.net.parsing import printable
from coach.engine.notify.failure import SendFailure
from coach.engine.notify.letter import PICTURE, Letter

SILENCE_S = 20.0
LONGEST_S = 60.0
LONGEST_REASON = 160
PERMANENT = 500
LOGIN_REFUSED = frozenset({530, 534, 535, 538})


def mail_of(letter: Letter, sender: str, recipient: str) -> EmailMessage:
    """Return the mail, to the byte the same for the same letter."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = letter.title
    mail["From"] = sender
    mail["To"] = recipient
    mail["Date"] = format_datetime(letter.date)
    mail["Message-ID"] = message_id(letter, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text)
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
        page = mail.get_body(("html",))
        if letter.picture and page is not None:
            page.add_related(
                letter.picture,
                maintype="image",
                subtype="png",
                cid=f"<{PICTURE}>",
                filename="days.png",
                disposition="inline",
            )
    for depth, part in enumerate(one for one in mail.walk() if one.is_multipart()):
        part.set_boundary(f"coach-{letter.id[:32]}-{depth}")
    return mail


def message_id(letter: Letter, sender: str) -> str:
    """Return the Message-ID, which is the letter's id at the sender's domain."""
    return f"<{letter.id}@{sender.rpartition('@')[2].rstrip('>') or 'localhost'}>"


def send_mail(
    letter: Letter,
    settings: Mapping[str, str],
    password: str,
    context: ssl.SSLContext | None = None,
) -> SendFailure | None:
    """Send a letter over SMTP; `context` says whose certificates are taken."""

    def send() -> None:
        with _connected(settings, context or ssl.create_default_context()) as server:
            if settings.get("username"):
                server.login(settings["username"], password)
            server.send_message(mail_of(letter, settings["sender"], settings["recipient"]))

    try:
        run_within(LONGEST_S, send)
    except DeadlineExceeded:
        return SendFailure("down", f"not sent within {LONGEST_S:g} s (limit)")
    except smtplib.SMTPException as trouble:
        return _refused(trouble)
    except OSError as trouble:
        return SendFailure("down", _reason(trouble.strerror or type(trouble).__name__))
    return None


def _connected(settings: Mapping[str, str], context: ssl.SSLContext) -> smtplib.SMTP:
    host, port, security = settings["host"], int(settings["port"]), settings["security"]
    if security == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=SILENCE_S, context=context)
    server = smtplib.SMTP(host, port, timeout=SILENCE_S)
    if security == "starttls":
        try:
            server.starttls(context=context)
        except BaseException:
            server.close()
            raise
    return server


def _refused(trouble: smtplib.SMTPException) -> SendFailure:
    if isinstance(trouble, smtplib.SMTPRecipientsRefused):
        [(code, said), *_] = trouble.recipients.values()
        return _answered(code, said)
    if isinstance(trouble, smtplib.SMTPResponseException):
        return _answered(trouble.smtp_code, trouble.smtp_error)
    if isinstance(trouble, smtplib.SMTPServerDisconnected):
        return SendFailure("down", "the server ended the connection")
    return SendFailure("rejected", _reason(str(trouble)))


def _answered(code: int, said: bytes | str) -> SendFailure:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    reason = _reason(f"{code} {words}")
    if code in LOGIN_REFUSED:
        return SendFailure("login", reason)
    return SendFailure("rejected" if code >= PERMANENT else "down", reason)


def _reason(words: str) -> str:
    return printable(" ".join(words.split()), LONGEST_REASON)


def may_carry_password(settings: Mapping[str, str]) -> bool:
    """Say whether a password may go to this server as it is reached."""
    return settings["security"] != "none" or settings["host"] in LOOPBACK
