"""A plain file, sealed: new, after a change, or for other recipients."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from secrets import token_bytes

from coach.errors import Conflict, TamperedSecrets, UnsupportedSecrets
from coach.sops.age import wrap
from coach.sops.cipher import BEGINNING, IV_BYTES, KEY_BYTES, context_of, seal_text
from coach.sops.document import Document, KeyPath, Layout, Leaf, line_at, malformed, refuse_faults
from coach.sops.formats import FORMATS, read_document
from coach.sops.metadata import Metadata
from coach.sops.opening import OpenedFile, mac_of, reopen

Known = Mapping[tuple[KeyPath, str, bool], str]
"""Tokens of values that stay as they were: by path, text, and whether the value is a string."""


def random_iv() -> bytes:
    """Return an IV that was never used."""
    return token_bytes(IV_BYTES)


@dataclass(frozen=True, slots=True)
class SealingOrder:
    """How to seal: the metadata (its MAC is made), the data key, where IVs come from.

    IVs are taken in the order of the values, one for each that is sealed anew, the last for the
    MAC. A token of `known` is used again where path and text are the same, so that a change of
    one value changes one line.
    """

    metadata: Metadata
    key: bytes = field(repr=False)
    layout: Layout
    new_iv: Callable[[], bytes] = random_iv
    known: Known = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SealedText:
    """A sealed file as text, and as it was opened again."""

    text: str
    opened: OpenedFile


def seal_new(document: Document, recipients: Sequence[str], now: datetime) -> SealedText:
    """Return a plain file, sealed for recipients under a new data key."""
    key = token_bytes(KEY_BYTES)
    metadata = Metadata(wrap(key, recipients, document.label), stamp(now))
    return sealed_text(document, SealingOrder(metadata, key, document.layout))


def seal_changed(opened: OpenedFile, plain: str, now: datetime) -> SealedText:
    """Return an opened file with another plain text; what did not change keeps its token."""
    _refuse_services(opened)
    document = read_document(plain, opened.document.label, opened.document.format)
    order = SealingOrder(
        replace(opened.metadata, modified=stamp(now), mac=""),
        opened.key,
        opened.document.layout,
        known=_known(opened),
    )
    return sealed_text(document, order)


def seal_for_others(opened: OpenedFile, recipients: Sequence[str], now: datetime) -> SealedText:
    """Return an opened file for other recipients, under a new data key.

    Those who could open it before know its old data key, so no value keeps its token.
    """
    _refuse_services(opened)
    label, key = opened.document.label, token_bytes(KEY_BYTES)
    keys = wrap(key, recipients, label)
    metadata = replace(opened.metadata, keys=keys, modified=stamp(now), mac="")
    document = read_document(opened.plain_text(), label, opened.document.format)
    return sealed_text(document, SealingOrder(metadata, key, opened.document.layout))


def sealed_text(document: Document, order: SealingOrder) -> SealedText:
    """Return a sealed file, which was opened once more and compared with what went in."""
    if document.metadata is not None:
        thing = ("file", document.label)
        raise Conflict(thing, f"{document.label} is sealed already, or has a sops entry of its own")
    refuse_faults(document)
    _refuse_unsealable(document)
    metadata = order.metadata
    sealed = [metadata.seals(leaf.path) for leaf in document.leaves]
    if not any(
        is_sealed and leaf.kind != "comment"
        for leaf, is_sealed in zip(document.leaves, sealed, strict=True)
    ):
        malformed(document.label, "there is no value to seal", None)
    tokens = [
        _token(leaf, order) if is_sealed else document.body[leaf.start : leaf.end]
        for leaf, is_sealed in zip(document.leaves, sealed, strict=True)
    ]
    pairs = zip(document.leaves, sealed, strict=True)
    mac = mac_of(pairs, only_encrypted=metadata.mac_only_encrypted)
    token = seal_text(mac, "str", order.key, order.new_iv(), metadata.modified)
    form = FORMATS[document.format]
    body = document.with_tokens(
        [
            form.write_value(one, "str") if is_sealed and leaf.kind != "comment" else one
            for one, leaf, is_sealed in zip(tokens, document.leaves, sealed, strict=True)
        ]
    )
    text = form.with_metadata(body, replace(metadata, mac=token).raw(), order.layout)
    return SealedText(text, _reopened(document, text, order.key))


def stamp(now: datetime) -> str:
    """Return a time as sops writes it: UTC, whole seconds."""
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _token(leaf: Leaf, order: SealingOrder) -> str:
    known = order.known.get(_identity(leaf))
    if known is not None:
        return known
    return seal_text(leaf.text, leaf.kind, order.key, order.new_iv(), context_of(leaf.path))


def _identity(leaf: Leaf) -> tuple[KeyPath, str, bool]:
    return leaf.path, leaf.text, leaf.kind == "str"


def _known(opened: OpenedFile) -> Known:
    """Return the tokens of an opened file by what they hold."""
    before = zip(opened.document.leaves, opened.leaves, opened.sealed, strict=True)
    return {_identity(plain): leaf.text for leaf, plain, sealed in before if sealed}


def _refuse_services(opened: OpenedFile) -> None:
    if services := opened.metadata.services:
        what = f"changing a file that {' and '.join(services)} can open, too"
        raise UnsupportedSecrets(file=opened.document.label, what=what)


def _refuse_unsealable(document: Document) -> None:
    for leaf in document.leaves:
        if leaf.text.startswith(BEGINNING):
            reason = f"{leaf.name or 'a comment'!r} begins with {BEGINNING}, as sealed values do"
            malformed(document.label, reason, line_at(document.body, leaf.start))


def _reopened(document: Document, text: str, key: bytes) -> OpenedFile:
    """Open the sealed text, and see that it holds what the plain one held."""
    again = reopen(read_document(text, document.label, document.format), key)
    before = [(leaf.path, leaf.text) for leaf in document.leaves]
    if [(leaf.path, leaf.text) for leaf in again.leaves] != before:
        raise TamperedSecrets(file=document.label, what="what was sealed reads otherwise")
    return again
