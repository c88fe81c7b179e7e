"""The same inputs give the same bytes, and what came after a week changes nothing in it."""

from collections.abc import Callable

import pytest

from coach.engine.api import digests, events, imports
from coach.engine.api.promises import rules
from coach.engine.api.session import Session
from coach.engine.digest import pack
from coach.engine.digest.shape import Pack
from coach.errors import NotInitialised, UsageError
from coach.model.accounts import Run
from coach.model.canonical import canonical_json
from tests.numerals import unsupported

Importer = Callable[..., Run]
WEEK = "2026-W10"
EARLY = [
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:05 sell BTC-USD 1 @ 90 fee 0.1",
    "09:10 buy BTC-USD 2 @ 90 fee 0.2",
]
LATER = ["23:50 buy BTC-USD 1 @ 95", "23:55 sell BTC-USD 3 @ 99 fee 0.3"]


def test_a_digest_is_made_again_to_the_byte(session: Session, imported: Importer) -> None:
    imported(*EARLY)
    made = digests.digest(session, WEEK)
    assert digests.digest(session, WEEK).sha256 == made.sha256
    assert digests.verify(session, WEEK).ok


def test_fills_after_the_week_leave_its_digest_as_it_was(
    session: Session, imported: Importer
) -> None:
    """The trade that is open when the week ends is closed, larger than it was, weeks later."""
    imported(*EARLY)
    before = digests.digest(session, WEEK)
    imported(*LATER, day="2026-03-20")
    assert digests.digest(session, WEEK).sha256 == before.sha256


def test_a_fill_that_arrives_late_is_named_as_the_difference(
    session: Session, imported: Importer
) -> None:
    imported(*EARLY)
    digests.digest(session, WEEK)
    imported("11:00 buy ETH-USD 1 @ 10")
    found = digests.verify(session, WEEK)
    assert not found.ok
    assert "trades" in found.reason


def put_in_its_place(session: Session, told: Pack) -> None:
    """Store a digest as an earlier coach would have made it."""
    session.connection.execute(
        "update digest set pack = %s, pack_sha256 = %s",
        [canonical_json(told).decode(), pack.sha256(told)],
    )


def test_a_digest_of_an_earlier_formula_is_verified_by_its_inputs(
    session: Session, imported: Importer
) -> None:
    imported(*EARLY)
    made = digests.digest(session, WEEK).pack
    earlier = pack.read(canonical_json(made))
    earlier["engine_version"]["digest"] = ["digest@1"]
    earlier["changes"]["rows"][1]["now"]["shown"] = "0 % of 40 (0 to 6)"
    put_in_its_place(session, earlier)
    found = digests.verify(session, WEEK)
    assert found.ok
    assert found.stored != found.recomputed
    assert "digest@1, now" in found.reason
    imported("11:00 buy ETH-USD 1 @ 10")
    assert not digests.verify(session, WEEK).ok


def test_a_digest_whose_bytes_were_changed_is_accused_whatever_its_formula(
    session: Session, imported: Importer
) -> None:
    imported(*EARLY)
    digests.digest(session, WEEK)
    session.connection.execute("update digest set pack = replace(pack, 'digest@', 'digest@0')")
    found = digests.verify(session, WEEK)
    assert (found.ok, found.reason) == (
        False,
        "the kept digest is not what was hashed when it was made",
    )


def test_two_homes_with_the_same_fills_make_the_same_bytes(
    session: Session, imported: Importer
) -> None:
    """In the second life the fills come in two pieces and in another order."""
    whole = imported(*EARLY)
    first = digests.digest(session, WEEK).sha256
    session.connection.execute("delete from digest")
    imports.undo(session, whole.id)
    imported(*reversed(EARLY[1:]))
    imported(*EARLY[:2])
    assert digests.digest(session, WEEK).sha256 == first


def test_a_digest_is_told_once_for_its_bytes(session: Session, imported: Importer) -> None:
    imported(*EARLY)
    digests.digest(session, WEEK)
    digests.digest(session, WEEK)
    ready = [event for event in events.every(session) if event.type == "digest.ready"]
    assert len(ready) == 1


def test_every_numeral_of_the_text_stands_in_the_pack(session: Session, imported: Importer) -> None:
    rules.add(session, "cooldown_after_loss", {"minutes": 30})
    imported(*EARLY)
    made = digests.digest(session, WEEK)
    assert "broken" in made.text
    assert unsupported(made.text, made.pack) == []


def test_without_a_week_the_newest_that_is_over_is_told(
    session: Session, imported: Importer
) -> None:
    imported(*EARLY)
    assert digests.newest_week(session) == WEEK


def test_there_is_no_digest_of_nothing(session: Session) -> None:
    with pytest.raises(NotInitialised):
        digests.digest(session)


def test_another_number_of_the_account_changes_no_byte(
    session: Session, imported: Importer
) -> None:
    """A dry run takes a number from the database and gives none back."""
    first = imported(*EARLY)
    made = digests.digest(session, WEEK).sha256
    imports.undo(session, first.id)
    session.connection.execute("delete from connection; delete from run; delete from account")
    imported("10:00 buy BTC-USD 1 @ 100", dry_run=True)
    imported(*EARLY)
    session.connection.execute("delete from digest")
    assert digests.digest(session, WEEK).sha256 == made


def test_a_week_that_has_not_begun_is_refused(session: Session, imported: Importer) -> None:
    imported(*EARLY)
    with pytest.raises(UsageError, match="a week that has begun"):
        digests.digest(session, "2026-W40")
