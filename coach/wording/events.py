"""One sentence for each type of event: what happened, without the time."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from coach.model.events import Event
from coach.wording import numbers

LETTERS_OF_A_RUN: Final = 8
LETTERS_OF_A_TIME: Final = len("00:00")

Payload = Mapping[str, Any]


def describe_event(event: Event) -> str:
    """Say what happened; of a type that only a newer coach knows, its name."""
    describe = SENTENCES.get(event.type)
    return event.type if describe is None else describe(event.payload)


def _describe_progress(payload: Payload) -> str:
    read = numbers.counted(payload["rows"], "row")
    known = payload["of"]
    of = "" if known is None else f" of {numbers.limit(known)}"
    return f"Import {_run(payload)}: {read}{of} read"


def _describe_import(payload: Payload) -> str:
    parts = [
        f"{numbers.limit(payload[name])} {name}"
        for name in ("new", "known", "changed", "skipped")
        if payload[name]
    ]
    read = numbers.counted(payload["fetched"], "row")
    became = f": {', '.join(parts)}" if parts else ""
    return f"Import into {payload['account']} from {payload['source']}, {read} read{became}"


def _describe_undoing(payload: Payload) -> str:
    removed = numbers.counted(payload["removed"], "fill")
    return f"Import {_run(payload)} into {payload['account']} undone, {removed} removed"


def _describe_fill(done: str) -> Callable[[Payload], str]:
    def describe(payload: Payload) -> str:
        order = f"{payload['side']} {payload['quantity']} {payload['symbol']}"
        return f"Fill {payload['fill_id'][:LETTERS_OF_A_RUN]}, {order}, {done}: {payload['reason']}"

    return describe


def _describe_tags(payload: Payload) -> str:
    return f"{numbers.counted(payload['count'], 'trade')} tagged with {payload['bias']}"


def _describe_announcement(payload: Payload) -> str:
    return f"Habit {payload['bias']} announced, evidence {payload['level']}, n = {payload['n']}"


def _describe_withdrawal(payload: Payload) -> str:
    return f"Habit {payload['bias']} withdrawn: {payload['reason']}"


def _describe_change(payload: Payload) -> str:
    return f"Rule {payload['rule_id']} {payload['what']}"


def _describe_breaches(payload: Payload) -> str:
    broken = f"Rule {payload['rule_id']} broken by {numbers.counted(payload['count'], 'trade')}"
    signed = "; ".join(f'"{text}"' for text in payload.get("commitments", ()))
    return f"{broken}. You signed: {signed}" if signed else broken


def _describe_check(payload: Payload) -> str:
    order = f"{payload['side']} {payload['quantity']} {payload['symbol']}"
    broken = payload["broken"]
    what = f"would break {', '.join(broken)}" if broken else "would break no rule"
    return f"Check: {order} {what}"


def _describe_confidence(payload: Payload) -> str:
    return f"Confidence of {payload['confidence']} % in trade {payload['trade_id']}"


def _describe_commitment(done: str) -> Callable[[Payload], str]:
    def describe(payload: Payload) -> str:
        rule = payload["rule_id"]
        about = "" if rule is None else f" for rule {rule}"
        return f"Commitment {payload['commitment_id']}{about} {done}"

    return describe


def _describe_proposal(payload: Payload) -> str:
    return f"Proposed for rule {payload['rule_id']}: {payload['sentence']}"


def _describe_move(payload: Payload) -> str:
    by = "you" if payload["actor"] == "user" else "coach"
    return f"Rule {payload['rule_id']}: {_step(payload)}, by {by}"


def _describe_muting(payload: Payload) -> str:
    return f"Rule {payload['rule_id']} paused, as your answers proposed"


def _describe_rollback(payload: Payload) -> str:
    return f"Rule {payload['rule_id']}: {_step(payload)}, because newer answers spoke against it"


def _describe_question(payload: Payload) -> str:
    return f"Question {payload['question_id']}: {payload['sentence']}"


def _describe_answer(payload: Payload) -> str:
    if payload["answer"] == "undone":
        return f"Answer to question {payload['question_id']} taken back"
    return f"Question {payload['question_id']} answered {payload['answer']}"


def _describe_digest(payload: Payload) -> str:
    return f"Digest of {payload['week']} ready"


def _describe_reflection(payload: Payload) -> str:
    kind = "Trade call refused" if payload["refused"] else "Reflection"
    return f"{kind}: {' '.join(payload['sentences'])}"


def _describe_note(done: str) -> Callable[[Payload], str]:
    def describe(payload: Payload) -> str:
        about = payload["day"] or f"trade {payload['trade_id']}"
        return f"Note {payload['note_id']} on {about} {done}"

    return describe


def _describe_account(payload: Payload) -> str:
    what = ACCOUNT_CHANGES.get(payload["what"], "changed")
    return f"Account {payload['account']} {what}"


def _describe_candles(_: Payload) -> str:
    return "Candles came, and all conclusions were drawn again"


def _describe_dismissal(payload: Payload) -> str:
    return f"Rule {payload['rule_id']} left as it is, against the proposal {payload['proposal_id']}"


def _describe_experiment(payload: Payload) -> str:
    what = "went on to another week" if payload["what"] == "week" else payload["what"]
    return f"Experiment {payload['experiment_id']} with rule {payload['rule_id']} {what}"


def _describe_label(payload: Payload) -> str:
    return f"Trade {payload['trade_id']} labelled {payload['answer']} for {payload['bias']}"


def _describe_removed_label(payload: Payload) -> str:
    return f"Trade {payload['trade_id']} no longer labelled for {payload['bias']}"


def _describe_plan(payload: Payload) -> str:
    return f"Plan {payload['plan_id']} {payload['what']}"


def _describe_zone(payload: Payload) -> str:
    return f"Time zone changed from {payload['was']} to {payload['now']}"


def _describe_waiting_rule(payload: Payload) -> str:
    return f"Rule {payload['rule_id']}: a change waits for its lock until {_time(payload)}"


def _describe_waiting_setting(payload: Payload) -> str:
    zone = payload["setting"] == "zone"
    what = "your time zone" if zone else f"what account {payload['account']} began with"
    if payload["until"] is None:
        return f"A change of {what} no longer waits"
    return f"A change of {what} waits for locked rules until {_time(payload)}"


def _time(payload: Payload) -> str:
    day, _, time = str(payload["until"]).partition("T")
    return f"{day} {time[:LETTERS_OF_A_TIME]} UTC"


def _run(payload: Payload) -> str:
    return str(payload["run_id"])[:LETTERS_OF_A_RUN]


def _step(payload: Payload) -> str:
    return f"{payload['param']} from {payload['was']} to {payload['now']}"


def _describe_channel(payload: Payload) -> str:
    return f"Channel {payload['channel']} {payload['what']}"


def _describe_sending(payload: Payload) -> str:
    if payload["fault"] is None:
        return f"Digest {payload['week']} sent by {payload['channel']}"
    tries = numbers.counted(payload["tries"], "try", "tries")
    return f"Digest {payload['week']} not sent by {payload['channel']}, {tries}"


ACCOUNT_CHANGES: Final[Mapping[str, str]] = {
    "connected": "connected",
    "disconnected": "disconnected from its broker",
    "reauth_required": "is not read any more: its broker does not let coach in",
    "removed": "removed",
    "sync_hours": "is read at other times: that was declared",
    "shorts": "read anew: whether it can be short was declared",
    "equity": "has another beginning, as you declared",
}
SENTENCES: Final[Mapping[str, Callable[[Payload], str]]] = {
    "account.changed": _describe_account,
    "channel.changed": _describe_channel,
    "import.progress": _describe_progress,
    "import.done": _describe_import,
    "import.undone": _describe_undoing,
    "fill.left_out": _describe_fill("left out"),
    "fill.taken_back": _describe_fill("taken back"),
    "candles.stored": _describe_candles,
    "bias.tagged": _describe_tags,
    "trait.announced": _describe_announcement,
    "trait.withdrawn": _describe_withdrawal,
    "rule.changed": _describe_change,
    "rule.breached": _describe_breaches,
    "rule.proposed": _describe_proposal,
    "rule.dismissed": _describe_dismissal,
    "rule.moved": _describe_move,
    "rule.muted": _describe_muting,
    "rule.rolled_back": _describe_rollback,
    "rule.waiting": _describe_waiting_rule,
    "check.asked": _describe_check,
    "commitment.signed": _describe_commitment("signed"),
    "commitment.removed": _describe_commitment("removed"),
    "commitment.restored": _describe_commitment("restored"),
    "confidence.given": _describe_confidence,
    "experiment.changed": _describe_experiment,
    "label.given": _describe_label,
    "label.removed": _describe_removed_label,
    "plan.changed": _describe_plan,
    "question.asked": _describe_question,
    "question.answered": _describe_answer,
    "digest.ready": _describe_digest,
    "digest.sent": _describe_sending,
    "coach.reflect": _describe_reflection,
    "note.added": _describe_note("added"),
    "note.edited": _describe_note("edited"),
    "note.removed": _describe_note("removed"),
    "note.restored": _describe_note("restored"),
    "setting.waiting": _describe_waiting_setting,
    "zone.changed": _describe_zone,
}
"""The sentence of each type, made of its payload."""
