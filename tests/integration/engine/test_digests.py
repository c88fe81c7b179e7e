"""The same inputs give the same bytes, and what came after a week changes nothing in it."""

from collections.abc import Callable

import pytest

from coach.engine.api import digests, events, imports, rules
from coach.engine.api.desk import Desk
from coach.engine.digest import pack
from coach.engine.digest.numerals import unsupported
from coach.engine.digest.shape import Pack
from coach.errors import NotInitialised, UsageError
from coach.model.accounts import Run

Importer = Callable[..., Run]
WEEK = "2026-W10"
EARLY = [
    "09:00 buy BTC-USD 1 @ 100 fee 0.1",
    "09:05 sell BTC-USD 1 @ 90 fee 0.1",
    "09:10 buy BTC-USD 2 @ 90 fee 0.2",
]
LATER = ["23:50 buy BTC-USD 1 @ 95", "23:55 sell BTC-USD 3 @ 99 fee 0.3"]


def test_a_digest_is_made_again_to_the_byte(desk: Desk, imported: Importer) -> None:
    imported(*EARLY)
    made = digests.digest(desk, WEEK)
    assert digests.digest(desk, WEEK).sha256 == made.sha256
    assert digests.verify(desk, WEEK).ok


def test_fills_after_the_week_leave_its_digest_as_it_was(desk: Desk, imported: Importer) -> None:
    """The trade that is open when the week ends is closed, larger than it was, weeks later."""
    imported(*EARLY)
    before = digests.digest(desk, WEEK)
    imported(*LATER, day="2026-03-20")
    assert digests.digest(desk, WEEK).sha256 == before.sha256


def test_a_fill_that_arrives_late_is_named_as_the_difference(
    desk: Desk, imported: Importer
) -> None:
    imported(*EARLY)
    digests.digest(desk, WEEK)
    imported("11:00 buy ETH-USD 1 @ 10")
    found = digests.verify(desk, WEEK)
    assert not found.ok
    assert "trades" in found.reason


def put_in_its_place(desk: Desk, told: Pack) -> None:
    """Store a digest as an earlier coach would have made it."""
    desk.connection.execute(
        "update digest set pack = %s, pack_sha256 = %s",
        [pack.canonical(told).decode(), pack.sha256(told)],
    )


def test_a_digest_of_an_earlier_formula_is_verified_by_its_inputs(
    desk: Desk, imported: Importer
) -> None:
    imported(*EARLY)
    made = digests.digest(desk, WEEK).pack
    earlier = pack.read(pack.canonical(made))
    earlier["engine_version"]["digest"] = ["digest@1"]
    earlier["changes"]["rows"][1]["now"]["shown"] = "0 % of 40 (0 to 6)"
    put_in_its_place(desk, earlier)
    found = digests.verify(desk, WEEK)
    assert found.ok
    assert found.stored != found.recomputed
    assert "digest@1, now" in found.reason
    imported("11:00 buy ETH-USD 1 @ 10")
    assert not digests.verify(desk, WEEK).ok


def test_a_digest_whose_bytes_were_changed_is_accused_whatever_its_formula(
    desk: Desk, imported: Importer
) -> None:
    imported(*EARLY)
    digests.digest(desk, WEEK)
    desk.connection.execute("update digest set pack = replace(pack, 'digest@', 'digest@0')")
    found = digests.verify(desk, WEEK)
    assert (found.ok, found.reason) == (
        False,
        "the kept digest is not what was hashed when it was made",
    )


def test_two_homes_with_the_same_fills_make_the_same_bytes(desk: Desk, imported: Importer) -> None:
    """In the second life the fills come in two pieces and in another order."""
    whole = imported(*EARLY)
    first = digests.digest(desk, WEEK).sha256
    desk.connection.execute("delete from digest")
    imports.undo(desk, whole.id)
    imported(*reversed(EARLY[1:]))
    imported(*EARLY[:2])
    assert digests.digest(desk, WEEK).sha256 == first


def test_a_digest_is_told_once_for_its_bytes(desk: Desk, imported: Importer) -> None:
    imported(*EARLY)
    digests.digest(desk, WEEK)
    digests.digest(desk, WEEK)
    ready = [event for event in events.since(desk) if event.type == "digest.ready"]
    assert len(ready) == 1


def test_every_numeral_of_the_text_stands_in_the_pack(desk: Desk, imported: Importer) -> None:
    rules.add(desk, "cooldown_after_loss", {"minutes": 30})
    imported(*EARLY)
    made = digests.digest(desk, WEEK)
    assert "broken" in made.text
    assert unsupported(made.text, made.pack) == []


def test_without_a_week_the_newest_that_is_over_is_told(desk: Desk, imported: Importer) -> None:
    imported(*EARLY)
    assert digests.newest_week(desk) == WEEK


def test_there_is_no_digest_of_nothing(desk: Desk) -> None:
    with pytest.raises(NotInitialised):
        digests.digest(desk)


def test_another_number_of_the_account_changes_no_byte(desk: Desk, imported: Importer) -> None:
    """A dry run takes a number from the database and gives none back."""
    first = imported(*EARLY)
    made = digests.digest(desk, WEEK).sha256
    imports.undo(desk, first.id)
    desk.connection.execute("delete from connection; delete from run; delete from account")
    imported("10:00 buy BTC-USD 1 @ 100", dry_run=True)
    imported(*EARLY)
    desk.connection.execute("delete from digest")
    assert digests.digest(desk, WEEK).sha256 == made


def test_a_week_that_has_not_begun_is_refused(desk: Desk, imported: Importer) -> None:
    imported(*EARLY)
    with pytest.raises(UsageError, match="not begun"):
        digests.digest(desk, "2026-W40")
