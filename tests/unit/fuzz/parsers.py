"""Every parser of what comes from outside, as a function of bytes that may only refuse.

A refusal is one of coach's own errors, or a ValueError where the caller is told of it. Anything
else is a fault. What a parser is fed with begins as a file of `corpus`.
"""

import io
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from coach.advice.trade_search import read_search
from coach.brokers.binance import auth as binance
from coach.brokers.binance.markets import read_pair
from coach.brokers.coinbase import auth as coinbase
from coach.brokers.coinbase.user_channel import UserChannel
from coach.brokers.kraken import auth as kraken
from coach.brokers.market.files import symbol_of, time_us
from coach.brokers.net.parsing import parse_json, seconds_from
from coach.brokers.sandbox.keys import new_key
from coach.brokers.statements.mapping.toml_text import read_mapping
from coach.brokers.statements.sniffer import open_statement
from coach.engine.api.keys.audit import parse_head
from coach.engine.backup import manifest as backups
from coach.engine.backup.header import read_header
from coach.engine.exports import manifest as exports
from coach.engine.outbox import ids
from coach.engine.vault.ring import ring_in
from coach.errors import CoachError
from coach.model.machine import strict_json
from coach.server.streams.query import parse_message
from coach.settings.file import read_file
from coach.sops import formats
from coach.sops.age import read_age_keys
from coach.sops.creation_rules import recipients_for
from coach.tui.keys.keymap import load_keymap
from coach.wording import moments

Parser = Callable[[bytes], object]
CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


def refuses(parser: Parser, *expected: type[Exception]) -> Parser:
    """Return the parser with its refusals taken for answers."""

    refusals: tuple[type[Exception], ...] = (CoachError, *expected)

    def parse(content: bytes) -> object:
        try:
            return parser(content)
        except refusals as refusal:
            return refusal

    return parse


def statement(content: bytes) -> object:
    """Read a statement to its end, whatever its name says."""
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        return [*open_statement(Path(file.name)).rows()]


def settings_file(content: bytes) -> object:
    """Read the file of settings."""
    with tempfile.NamedTemporaryFile(suffix=".toml") as file:
        file.write(content)
        file.flush()
        return read_file(Path(file.name))


def beside(name: str, read: Callable[[Path], object]) -> Parser:
    """Return a parser of a file of that name in a folder, which is read by the folder."""

    def parse(content: bytes) -> object:
        with tempfile.TemporaryDirectory() as folder:
            (Path(folder) / name).write_bytes(content)
            return read(Path(folder))

    return parse


def broker_message(content: bytes) -> object:
    """Read a message of a broker's live channel."""
    key, _ = new_key("EdDSA", can_trade=False, can_transfer=False)
    channel = UserChannel(coinbase.read_key(key), "http://here", "http://there", lambda: NOW)
    return channel.read(text(content))


def text(content: bytes) -> str:
    """Return bytes as a parser of texts gets them."""
    return content.decode("utf-8", "replace")


PARSERS: dict[str, Parser] = {
    "statement": refuses(statement),
    "candle-cells": lambda content: (symbol_of(text(content)), time_us(text(content))),
    "mapping": refuses(lambda content: read_mapping(text(content))),
    "settings": refuses(settings_file),
    "sops-env": refuses(lambda content: formats.read_document(text(content), "a.env")),
    "sops-yaml": refuses(lambda content: formats.read_document(text(content), "a.yaml")),
    "sops-json": refuses(lambda content: formats.read_document(text(content), "a.json")),
    "age-keys": refuses(lambda content: read_age_keys(text(content), "keys.txt")),
    "backup": refuses(lambda content: read_header(io.BytesIO(content), "a.backup")),
    "moment": refuses(lambda content: moments.since(text(content), "Europe/Berlin", NOW)),
    "event-id": lambda content: ids.place(text(content)),
    "answer": parse_json,
    "retry-after": lambda content: seconds_from(text(content), NOW),
    "strict-json": refuses(lambda content: strict_json.parse_json(text(content)), ValueError),
    "backup-manifest": refuses(lambda content: backups.manifest_of(content, b"", "a.backup")),
    "export-manifest": refuses(lambda content: exports.manifest_of(content, "manifest.json")),
    "ring": refuses(lambda content: ring_in(content, "the ring")),
    "coinbase-key": refuses(lambda content: coinbase.read_key(text(content))),
    "kraken-key": refuses(lambda content: kraken.read_key(text(content))),
    "binance-key": refuses(lambda content: binance.read_key(text(content))),
    "broker-message": refuses(broker_message),
    "pair": refuses(lambda content: read_pair(text(content))),
    "audit-head": refuses(lambda content: parse_head(text(content))),
    "search": refuses(lambda content: read_search(text(content), "Europe/Berlin", NOW)),
    "keymap": refuses(beside("tui-keys.toml", load_keymap)),
    "sops-rules": refuses(beside(".sops.yaml", lambda folder: recipients_for(folder / "a.env"))),
    "message": refuses(lambda content: parse_message(text(content)), ValueError),
}
