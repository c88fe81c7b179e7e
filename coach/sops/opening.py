"""A sealed file, opened: each value by its tag, all of them together by the MAC."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256, sha512
from typing import Final

from coach.errors import NotASecretsFile, TamperedSecrets
from coach.sops.age import AgeKeys, unwrap
from coach.sops.cipher import BEGINNING, CIPHER, BrokenToken, context_of, open_token
from coach.sops.document import Document, Leaf, refuse_faults
from coach.sops.formats import FORMATS
from coach.sops.metadata import DEFAULT_RULE, Metadata, read_metadata

ONLY_ENCRYPTED: Final = sha256(b"sops").digest()
"""With this begins the MAC of a file that authenticates its sealed values alone."""


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file whose every value was authenticated.

    `leaves` are those of the sealed document, with their plain text; `sealed` says of each whether
    it was sealed in the file.
    """

    document: Document
    metadata: Metadata
    key: bytes = field(repr=False)
    leaves: tuple[Leaf, ...]
    sealed: tuple[bool, ...]

    def plain_text(self) -> str:
        """Return the file as its owner wrote it, without the metadata."""
        write = FORMATS[self.document.format].write_value
        pairs = zip(self.leaves, self.sealed, strict=True)
        return self.document.with_tokens(
            [
                write(leaf.text, leaf.kind) if was_sealed else _token_of(self.document, leaf)
                for leaf, was_sealed in pairs
            ]
        )

    def values(self) -> tuple[tuple[Leaf, bool], ...]:
        """Return the values, comments left out, and whether each was sealed."""
        pairs = zip(self.leaves, self.sealed, strict=True)
        return tuple((leaf, sealed) for leaf, sealed in pairs if leaf.kind != "comment")


def open_sealed(document: Document, keys: AgeKeys) -> OpenedFile:
    """Open a file, or say why it cannot be trusted."""
    metadata = metadata_of(document)
    return _opened(document, metadata, unwrap(metadata, keys, document.label))


def reopen(document: Document, key: bytes) -> OpenedFile:
    """Open a file whose data key is known."""
    return _opened(document, metadata_of(document), key)


def metadata_of(document: Document) -> Metadata:
    """Return the metadata; NotASecretsFile where there is none."""
    if document.metadata is None:
        raise NotASecretsFile(file=document.label, reason="it has no sops metadata")
    metadata = read_metadata(document.metadata, document.label)
    refuse_faults(document)
    _refuse_idle_rule(document, metadata)
    return metadata


def mac_of(leaves: Iterable[tuple[Leaf, bool]], *, only_encrypted: bool) -> str:
    """Return the MAC of values in the order of the file; comments do not count."""
    digest = sha512(ONLY_ENCRYPTED if only_encrypted else b"")
    for leaf, sealed in leaves:
        if leaf.kind != "comment" and (sealed or not only_encrypted):
            digest.update(leaf.text.encode())
    return digest.hexdigest().upper()


def _opened(document: Document, metadata: Metadata, key: bytes) -> OpenedFile:
    sealed = tuple(_is_sealed(leaf, metadata) for leaf in document.leaves)
    leaves = tuple(
        _open_leaf(document, leaf, key) if was_sealed else leaf
        for leaf, was_sealed in zip(document.leaves, sealed, strict=True)
    )
    opened = OpenedFile(document, metadata, key, leaves, sealed)
    if not any(sealed):
        raise TamperedSecrets(file=document.label, what="no value in it is sealed")
    _check_mac(opened)
    return opened


def _is_sealed(leaf: Leaf, metadata: Metadata) -> bool:
    if leaf.kind == "comment":  # sops leaves those of its older versions as they are
        return leaf.text.startswith(BEGINNING) or CIPHER in leaf.text
    return metadata.seals(leaf.path)


def _open_leaf(document: Document, leaf: Leaf, key: bytes) -> Leaf:
    trouble = ""
    for path in (leaf.path, *leaf.other_paths):
        try:
            text, kind = open_token(leaf.text, key, context_of(path))
        except BrokenToken as broken:
            trouble = trouble or str(broken)
            continue
        if (kind == "comment") == (leaf.kind == "comment"):
            return replace(leaf, path=path, text=text, kind=kind)
        trouble = "stands where sops puts no such value"
    name = repr(leaf.name) if leaf.kind != "comment" else "a comment"
    raise TamperedSecrets(file=document.label, what=f"{name} {trouble}")


def _check_mac(opened: OpenedFile) -> None:
    metadata, label = opened.metadata, opened.document.label
    try:
        stated, _ = open_token(metadata.mac, opened.key, metadata.modified)
    except BrokenToken:
        what = "its MAC, or the time of its last change, was changed"
        raise TamperedSecrets(file=label, what=what) from None
    pairs = zip(opened.leaves, opened.sealed, strict=True)
    found = mac_of(pairs, only_encrypted=metadata.mac_only_encrypted)
    if not hmac.compare_digest(stated.encode(), found.encode()):
        what = "its values are not those that were sealed together (MAC mismatch)"
        raise TamperedSecrets(file=label, what=what)


def _refuse_idle_rule(document: Document, metadata: Metadata) -> None:
    """Refuse a rule that leaves values plain, but none of this file.

    sops protects no rule. One that somebody put there would do nothing yet, and let the next value
    that is added stand in the file unsealed.
    """
    name, pattern = metadata.rule
    leaves = [leaf for leaf in document.leaves if leaf.kind != "comment"]
    leaves_some_plain = any(not metadata.seals(leaf.path) for leaf in leaves)
    if name.startswith("un") and metadata.rule != DEFAULT_RULE and not leaves_some_plain:
        what = f"its rule {name}={pattern!r} fits no value, so it may have been changed"
        raise TamperedSecrets(file=document.label, what=what)


def _token_of(document: Document, leaf: Leaf) -> str:
    return document.body[leaf.start : leaf.end]
