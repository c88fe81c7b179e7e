"""The page of a rule says all that holds of it, at the times of the user's own clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from coach.advice.rule_page import page, params_text
from coach.cli.rules.answers import answer, one, removed, setting_hints, shown
from coach.cli.rules.runs import status_answer
from coach.engine.api.promises.rules import Badge, RuleView
from coach.engine.api.promises.running_experiments import RunningExperiment
from coach.model.rules import Breach, PendingChange, PendingSetting, Rule, RuleId
from coach.model.trades import TradeId

if TYPE_CHECKING:
    from coach.model.events import Json

ZONE = "Europe/Berlin"
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
RULE = Rule(
    RuleId("pause"),
    "cooldown_after_loss",
    {"minutes": 45},
    active=True,
    note="Walk first.",
    expires_at=NOON + timedelta(days=30),
    lock_s=259_200,
    revision=2,
)
BADGE = Badge({"minutes": 30}, {"minutes": 45}, NOON, "user", "30 was too short", 2)
WAITING = PendingChange(
    replace(RULE, params={"minutes": 15}, lock_s=0, note="", expires_at=None),
    "active",
    "edited",
    NOON,
    NOON + timedelta(hours=72),
)
VIEW = RuleView(RULE, "No new trades within 45 min of a losing trade", 7, NOON, BADGE, WAITING)
WAITS = (
    '  waits       minutes=15; note ""; no expiry; no lock, until 2026-04-04 14:00 (Europe/Berlin)'
)
BREACH = Breach(
    RuleId("pause"),
    "cooldown_after_loss",
    TradeId("01AB"),
    NOON,
    (),
    {
        "minutes_since": 5.0,
        "minutes": 45.0,
        "margin": 40.0,
        "loss_trade": "01AA",
        "loss": "-10",
        "quote": "USD",
    },
)


def test_a_page_says_every_term_what_waits_and_what_was_broken_last() -> None:
    assert list(page(VIEW, [BREACH], ZONE)) == [
        "pause: No new trades within 45 min of a losing trade.",
        "  state       active",
        '  note        "Walk first."',
        "  kind        cooldown_after_loss",
        "  parameters  minutes=45",
        "  lock        72 h: what loosens the rule waits so long",
        "  expires     2026-05-01 14:00 (Europe/Berlin)",
        WAITS,
        "  changed     minutes 30 to 45 by you, 2026-04-01 14:00 (Europe/Berlin): 30 was too short",
        "  revision    2",
        "  broken      7 times, the last 1:",
        "  2026-04-01 14:00  01AB  entered 5 min after a loss of 10.00 USD (minimum 45 min)",
    ]


def test_a_rule_that_says_little_has_a_short_page() -> None:
    rule = Rule(RuleId("calm"), "no_averaging_down", {"below": 0}, active=False, revision=1)
    assert list(page(RuleView(rule, "No averaging down", 0, None), [], "UTC")) == [
        "calm: No averaging down.",
        "  state       paused",
        "  kind        no_averaging_down",
        "  parameters  below=0",
        "  revision    1",
        "  broken      never",
    ]


def test_what_has_expired_says_so_on_every_page() -> None:
    gone = replace(VIEW, expired=True)
    assert "  expired     since 2026-05-01 14:00 (Europe/Berlin)" in page(gone, [], ZONE)
    assert "  state       expired" in shown(gone, [], ZONE).lines
    table = answer([gone]).for_people
    assert table is not None
    assert [row["state"] for row in table.rows] == ["expired"]
    status = status_answer([gone]).table
    assert status is not None
    assert [row["state"] for row in status.rows] == ["expired"]


def test_a_pause_that_waits_is_named() -> None:
    waiting = replace(WAITING, rule=replace(RULE, active=False), state="paused")
    lines = page(replace(VIEW, waiting=waiting), [], ZONE)
    assert "  waits       paused, until 2026-04-04 14:00 (Europe/Berlin)" in lines


def test_settings_that_wait_stand_beside_the_change_that_does() -> None:
    until = WAITING.due_at
    zone = PendingSetting("zone", "", "Asia/Tokyo", until, until, (RULE.id,), "UTC")
    money = PendingSetting("equity", "main", "9000.50", until, until, (RULE.id,), "5000")
    view = replace(VIEW, waiting_settings=(zone, money))
    waits = [line for line in page(view, [], ZONE) if line.startswith("  waits")]
    moment = "until 2026-04-04 14:00 (Europe/Berlin)"
    assert waits == [
        WAITS,
        f"  waits       zone Asia/Tokyo, {moment}",
        f"  waits       equity 9,000.50 of account main, {moment}",
    ]
    assert shown(view, [], ZONE).hints == ("coach rules resume pause drops what waits",)
    assert len(answer([view], zone=ZONE).below) == 3
    assert setting_hints(zone, ZONE)[0] == (
        "the rule pause is locked: the change to zone Asia/Tokyo waits until"
        " 2026-04-04 14:00 (Europe/Berlin)"
    )


def test_parameters_read_as_they_are_typed() -> None:
    inside: Json = {"kind": "no_averaging_down", "params": {"below": 0}}
    assert params_text({"days": ["mon", "tue"], "from": "09:00"}) == "days=mon,tue, from=09:00"
    assert params_text({"ratio": 2.5, "rules": [inside]}) == "ratio=2.5, rules=1 rule"


def test_the_page_and_every_change_name_the_experiment_that_runs() -> None:
    view = replace(VIEW, experiment=RunningExperiment("abc", "2026-W20"))
    assert "  experiment  abc, until 2026-W20" in page(view, [], ZONE)
    said = (
        "experiment abc runs on pause until 2026-W20: what you change now stands in its result"
        " (coach experiments stop abc ends it)"
    )
    assert one("rules edit", view).warnings == (said,)
    assert removed(view, ZONE).warnings == (said,)
    assert one("rules edit", VIEW).warnings == ()
