"""Each type of event has one sentence, which holds what its payload says."""

from datetime import UTC, datetime
from typing import Any

import pytest

from coach.model.accounts import UserId
from coach.model.event_types import EVENT_TYPES
from coach.model.events import Event, EventId
from coach.wording.events import SENTENCES, describe_event

RUN = "3f2a9c1d" + "0" * 56
MOVE = {"rule_id": "cooldown_after_loss", "param": "minutes", "was": 30, "now": 45}
CASES: list[tuple[str, dict[str, Any], str]] = [
    (
        "import.progress",
        {"run_id": RUN, "rows": 12_000, "of": 30_000},
        "Import 3f2a9c1d: 12,000 rows of 30,000 read",
    ),
    ("import.progress", {"run_id": RUN, "rows": 1, "of": None}, "Import 3f2a9c1d: 1 row read"),
    (
        "import.done",
        {"account": "main", "source": "generic", "fetched": 1_204}
        | {"new": 1_200, "known": 3, "changed": 0, "skipped": 1},
        "Import into main from generic, 1,204 rows read: 1,200 new, 3 known, 1 skipped",
    ),
    (
        "import.done",
        {"account": "main", "source": "coinbase", "fetched": 0}
        | {"new": 0, "known": 0, "changed": 0, "skipped": 0},
        "Import into main from coinbase, 0 rows read",
    ),
    (
        "import.undone",
        {"run_id": RUN, "account": "main", "removed": 1},
        "Import 3f2a9c1d into main undone, 1 fill removed",
    ),
    ("bias.tagged", {"bias": "revenge", "count": 2}, "2 trades tagged with revenge"),
    (
        "trait.announced",
        {"bias": "revenge", "level": "likely", "n": 46},
        "Habit revenge announced, evidence likely, n = 46",
    ),
    (
        "trait.withdrawn",
        {"bias": "revenge", "reason": "fading for six weeks"},
        "Habit revenge withdrawn: fading for six weeks",
    ),
    ("channel.changed", {"channel": "phone", "what": "added"}, "Channel phone added"),
    (
        "digest.sent",
        {"week": "2026-W14", "channel": "phone", "tries": 1, "fault": None},
        "Digest 2026-W14 sent by phone",
    ),
    (
        "digest.sent",
        {"week": "2026-W14", "channel": "phone", "tries": 2, "fault": "down"},
        "Digest 2026-W14 not sent by phone, 2 tries",
    ),
    ("coach.reflect", {"refused": False, "sentences": ["One.", "Two."]}, "Reflection: One. Two."),
    ("coach.reflect", {"refused": True, "sentences": ["No."]}, "Trade call refused: No."),
    (
        "rule.breached",
        {"rule_id": "symbol_lock", "count": 2, "commitments": ["Walk first.", "Small."]},
        'Rule symbol_lock broken by 2 trades. You signed: "Walk first."; "Small."',
    ),
    (
        "check.asked",
        {"side": "buy", "quantity": "2", "symbol": "BTC-USD", "broken": ["symbol_lock"]},
        "Check: buy 2 BTC-USD would break symbol_lock",
    ),
    (
        "check.asked",
        {"side": "sell", "quantity": "0.5", "symbol": "BTC-USD", "broken": []},
        "Check: sell 0.5 BTC-USD would break no rule",
    ),
    (
        "confidence.given",
        {"trade_id": "3fa9", "confidence": 70},
        "Confidence of 70 % in trade 3fa9",
    ),
    (
        "fill.left_out",
        {
            "fill_id": "5c01d2aa77",
            "side": "buy",
            "quantity": "1",
            "symbol": "BTC-USD",
            "reason": "a test",
        },
        "Fill 5c01d2aa, buy 1 BTC-USD, left out: a test",
    ),
    (
        "fill.taken_back",
        {
            "fill_id": "5c01d2aa77",
            "side": "sell",
            "quantity": "1",
            "symbol": "BTC-USD",
            "reason": "a test",
        },
        "Fill 5c01d2aa, sell 1 BTC-USD, taken back: a test",
    ),
    ("commitment.signed", {"commitment_id": 2, "rule_id": None}, "Commitment 2 signed"),
    (
        "commitment.removed",
        {"commitment_id": 2, "rule_id": "symbol_lock"},
        "Commitment 2 for rule symbol_lock removed",
    ),
    ("commitment.restored", {"commitment_id": 2, "rule_id": None}, "Commitment 2 restored"),
    ("note.added", {"note_id": 3, "trade_id": "3fa9", "day": None}, "Note 3 on trade 3fa9 added"),
    ("note.edited", {"note_id": 3, "day": "2026-03-04"}, "Note 3 on 2026-03-04 edited"),
    ("note.removed", {"note_id": 3, "day": "2026-03-04"}, "Note 3 on 2026-03-04 removed"),
    ("note.restored", {"note_id": 3, "day": "2026-03-04"}, "Note 3 on 2026-03-04 restored"),
    ("rule.changed", {"rule_id": "symbol_lock", "what": "paused"}, "Rule symbol_lock paused"),
    (
        "rule.waiting",
        {"rule_id": "symbol_lock", "until": "2026-04-02T12:00:00Z"},
        "Rule symbol_lock: a change waits for its lock until 2026-04-02 12:00 UTC",
    ),
    (
        "setting.waiting",
        {"setting": "zone", "account": "", "until": "2026-04-02T12:00:00Z"},
        "A change of your time zone waits for locked rules until 2026-04-02 12:00 UTC",
    ),
    (
        "setting.waiting",
        {"setting": "equity", "account": "main", "until": None},
        "A change of what account main began with no longer waits",
    ),
    (
        "rule.breached",
        {"rule_id": "symbol_lock", "count": 1},
        "Rule symbol_lock broken by 1 trade",
    ),
    (
        "rule.proposed",
        MOVE | {"sentence": "45 minutes would have been right more often"},
        "Proposed for rule cooldown_after_loss: 45 minutes would have been right more often",
    ),
    (
        "rule.moved",
        MOVE | {"actor": "user"},
        "Rule cooldown_after_loss: minutes from 30 to 45, by you",
    ),
    (
        "rule.moved",
        MOVE | {"actor": "system"},
        "Rule cooldown_after_loss: minutes from 30 to 45, by coach",
    ),
    ("rule.muted", MOVE, "Rule cooldown_after_loss paused, as your answers proposed"),
    (
        "rule.rolled_back",
        MOVE | {"was": 45, "now": 30},
        "Rule cooldown_after_loss: minutes from 45 to 30, because newer answers spoke against it",
    ),
    (
        "question.asked",
        {"question_id": "machine", "sentence": "Orders come round the clock. Is it a bot?"},
        "Question machine: Orders come round the clock. Is it a bot?",
    ),
    (
        "question.answered",
        {"question_id": "machine", "answer": "unsure"},
        "Question machine answered unsure",
    ),
    (
        "question.answered",
        {"question_id": "machine", "answer": "undone"},
        "Answer to question machine taken back",
    ),
    (
        "account.changed",
        {"account": "main", "what": "sync_hours"},
        "Account main is read at other times: that was declared",
    ),
    ("account.changed", {"account": "main", "what": "removed"}, "Account main removed"),
    (
        "account.changed",
        {"account": "main", "what": "disconnected"},
        "Account main disconnected from its broker",
    ),
    (
        "account.changed",
        {"account": "main", "what": "reauth_required"},
        "Account main is not read any more: its broker does not let coach in",
    ),
    (
        "account.changed",
        {"account": "main", "what": "equity"},
        "Account main has another beginning, as you declared",
    ),
    ("candles.stored", {}, "Candles came, and all conclusions were drawn again"),
    (
        "rule.dismissed",
        {"rule_id": "cooldown_after_loss", "proposal_id": "p1"},
        "Rule cooldown_after_loss left as it is, against the proposal p1",
    ),
    (
        "experiment.changed",
        {"experiment_id": "e1", "rule_id": "symbol_lock", "what": "week"},
        "Experiment e1 with rule symbol_lock went on to another week",
    ),
    (
        "experiment.changed",
        {"experiment_id": "e1", "rule_id": "symbol_lock", "what": "stopped"},
        "Experiment e1 with rule symbol_lock stopped",
    ),
    (
        "label.given",
        {"trade_id": "3fa9", "bias": "revenge", "answer": "no"},
        "Trade 3fa9 labelled no for revenge",
    ),
    (
        "label.removed",
        {"trade_id": "3fa9", "bias": "revenge"},
        "Trade 3fa9 no longer labelled for revenge",
    ),
    ("plan.changed", {"plan_id": "stop", "what": "added"}, "Plan stop added"),
    ("digest.ready", {"week": "2026-W14"}, "Digest of 2026-W14 ready"),
    (
        "zone.changed",
        {"was": "UTC", "now": "Europe/Madrid"},
        "Time zone changed from UTC to Europe/Madrid",
    ),
]


def event(type_: str, payload: dict[str, Any]) -> Event:
    return Event(
        EventId("01ARZ3NDEKTSV4RRFFQ69G5FAV"),
        UserId("local"),
        1,
        type_,
        1,
        datetime(2026, 4, 1, 9, tzinfo=UTC),
        payload,
    )


@pytest.mark.parametrize(("type_", "payload", "sentence"), CASES)
def test_an_event_is_one_sentence(type_: str, payload: dict[str, Any], sentence: str) -> None:
    assert describe_event(event(type_, payload)) == sentence


def test_every_type_has_a_sentence_and_a_case() -> None:
    assert SENTENCES.keys() == EVENT_TYPES.keys() == {type_ for type_, _, _ in CASES}


def test_a_type_of_a_newer_coach_is_named() -> None:
    assert describe_event(event("style.recognised", {})) == "style.recognised"
