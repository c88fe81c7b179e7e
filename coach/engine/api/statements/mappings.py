"""Mappings of a user: kept, shown, shared; and a file as a mapping would read it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.api import sight
from coach.engine.store.imports import mappings as store
from coach.engine.store.imports.mappings import KeptMapping
from coach.errors import CoachError, Invalid, NotFound

if TYPE_CHECKING:
    from coach.brokers.statements.mapping.layout import StatementMapping
    from coach.engine.api.session import Session
    from coach.model.accounts import ContractSize

LONGEST_NAME = 60


class ListedMapping(NamedTuple):
    """A mapping, and whether coach ships it or the user keeps it."""

    mapping: StatementMapping
    is_own: bool


def remembered(session: Session) -> list[StatementMapping]:
    """Return the mappings that the user keeps; one that no longer reads as TOML is left out."""
    from coach.brokers.statements.mapping.toml_text import read_mapping

    found = []
    for kept in store.kept(session.connection, session.user.id):
        with suppress(CoachError):
            found.append(replace(read_mapping(kept.text, kept.name), name=kept.name))
    return found


def every(session: Session) -> list[ListedMapping]:
    """Return the user's mappings, then those that coach ships."""
    from coach.brokers.statements.mapping.shelf import shipped

    own = [ListedMapping(mapping, is_own=True) for mapping in remembered(session)]
    names = {listed.mapping.name for listed in own}
    others = (one for one in shipped() if one.name not in names)
    return own + [ListedMapping(mapping, is_own=False) for mapping in others]


def named(session: Session, name: str) -> ListedMapping:
    """Return one mapping; NotFound where there is none of that name."""
    for listed in every(session):
        if listed.mapping.name == name:
            return listed
    raise NotFound(kind="mapping", name=name)


def keep(session: Session, mapping: StatementMapping) -> None:
    """Keep a mapping under its name."""
    from coach.brokers.statements.mapping.toml_text import write_mapping

    name = mapping.name
    if not name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid("name", f"not {name[:LONGEST_NAME]!r}", f"1 to {LONGEST_NAME} characters")
    kept = KeptMapping(name, write_mapping(mapping), session.clock())
    with sight.change(session):
        store.keep(session.connection, session.user.id, kept)


def text_of(session: Session, name: str) -> str:
    """Return a mapping as TOML; NotFound where there is none of that name."""
    from coach.brokers.statements.mapping.toml_text import write_mapping

    return write_mapping(named(session, name).mapping)


def keep_text(session: Session, text: str, name: str, file: str) -> ListedMapping:
    """Keep a mapping that somebody wrote or shared; MalformedFile where it is none."""
    from coach.brokers.statements.mapping.toml_text import read_mapping

    found = read_mapping(text, file)
    mapping = replace(found, name=name or found.name)
    keep(session, mapping)
    return ListedMapping(mapping, is_own=True)


def remove(session: Session, name: str) -> ListedMapping:
    """Drop a mapping of the user and return it; NotFound where they keep none of that name."""
    found = named(session, name)
    with sight.change(session):
        if not store.forget(session.connection, session.user.id, name):
            raise NotFound(kind="mapping", name=name)
    return found


def contract_sizes(session: Session) -> list[ContractSize]:
    """Return the contract sizes that the user's statements were read with."""
    return store.sizes(session.connection, session.user.id)
