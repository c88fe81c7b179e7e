"""What the command line says about an error: flags for fields, commands for remedies."""

from typing import get_args

import pytest

from coach.advice.hints import FLAGS, NOTICES, REMEDIES, completed, hint_of, message_of
from coach.errors import (
    AmbiguousId,
    CoachError,
    Conflict,
    FieldsAtOdds,
    Invalid,
    InvalidParams,
    MalformedFile,
    Missing,
    NotFound,
    NotInitialised,
    NotTaken,
    UnknownBeginning,
    UnknownKind,
    UnreadableFile,
    UsageError,
)
from coach.model.notices import Notice
from coach.remedies import Field, NoticeKind, Remedy


def test_every_field_has_a_flag_and_every_remedy_and_notice_has_words() -> None:
    assert set(FLAGS) == set(get_args(Field))
    assert set(REMEDIES) == set(get_args(Remedy))
    assert set(NOTICES) == set(get_args(NoticeKind))


def test_a_notice_is_completed_with_what_to_do_here() -> None:
    notice = Notice("BTC-USD begins with a sale, read as spot", "read_as_spot", account="main")

    assert completed(notice) == (
        "BTC-USD begins with a sale, read as spot. If it opened a short, say --shorts, with"
        " the import or with coach accounts set main; --no-shorts confirms it"
    )
    assert completed("a bar is left out") == "a bar is left out"


def test_a_field_is_a_flag_here_and_plain_words_elsewhere() -> None:
    error = Invalid("stop_after_losses", "not 0", "1 to 10000", example="3")

    assert str(error) == "stop after losses takes 1 to 10000, not 0"
    assert message_of(error) == "--stop-after-losses takes 1 to 10000, not 0"
    assert hint_of(error) == "use --stop-after-losses 3"


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (NotFound(kind="account", name="x"), "no account 'x'", "coach accounts lists them"),
        (
            Missing("a fetch of BTC-USD, which you never traded,", "since", remedy="say_since"),
            "a fetch of BTC-USD, which you never traded, needs --since",
            "say from when with --since",
        ),
        (
            Invalid("weeks", "not 2", "at least 8", remedy="use_more_weeks", least=8),
            "--weeks takes at least 8, not 2",
            "use --weeks 12; 8 find only the largest effects",
        ),
        (
            UnknownKind("cooldwn", "cooldown_after_loss", ["cooldown_after_loss", "max_drawdown"]),
            "no rule kind 'cooldwn'; the nearest is cooldown_after_loss",
            "did you mean cooldown_after_loss? the kinds are cooldown_after_loss, max_drawdown",
        ),
        (
            InvalidParams("max_drawdown", ["percent is missing"], "percent"),
            "rule max_drawdown: percent is missing",
            "max_drawdown takes percent",
        ),
        (
            FieldsAtOdds(("bias", "intensity"), "biases: 2, intensities: 3", "pair_intensities"),
            "biases: 2, intensities: 3",
            "give one --intensity to each --bias, or one to all of them",
        ),
        (
            AmbiguousId("trade", "3fa9"),
            "several trades begin with '3fa9'",
            "give more letters of its id",
        ),
        (
            Conflict(("rule", "r"), "rule r says that already", remedy="show_rule"),
            "rule r says that already",
            "coach rules show RULE shows it",
        ),
        (
            UnreadableFile("fills.csv", "Permission denied"),
            "fills.csv cannot be read: Permission denied",
            "check the path and its permissions",
        ),
        (
            MalformedFile("a.csv", "is empty", "its header is x"),
            "a.csv is empty",
            "its header is x",
        ),
        (
            MalformedFile("a.csv", "it is no number", "write 1.5", line=3, column="price"),
            "a.csv line 3, price: it is no number",
            "write 1.5",
        ),
        (NotFound(kind="unheard of", name="x"), "no unheard of 'x'", ""),
        (NotInitialised(), "there are no fills yet", "coach import csv FILE"),
        (
            NotTaken("a stop plan", "start", ("percent", "symbols")),
            "a stop plan takes no --start",
            "a stop plan takes --percent, --symbol",
        ),
        (
            NotTaken("the outcome entries", "quote"),
            "the outcome entries takes no --quote",
            "leave --quote out",
        ),
        (
            Missing("a stop plan", "percent", ("percent", "symbols")),
            "a stop plan needs --percent",
            "a stop plan takes --percent, --symbol",
        ),
        (
            UnknownBeginning(),
            "--compounding needs to know what the accounts began with, in one currency",
            "coach accounts set NAME --equity AMOUNT says what an account began with",
        ),
        (
            UsageError(remedy="stop_experiment", experiment="3f2a", what="it is under one already"),
            "it is under one already",
            "coach experiments stop 3f2a ends it",
        ),
    ],
)
def test_the_hint_comes_from_the_class_and_its_facts(
    error: CoachError, message: str, hint: str
) -> None:
    assert (message_of(error), hint_of(error)) == (message, hint)


def test_advice_that_holds_on_every_face_goes_before_the_words_of_this_one() -> None:
    error = NotFound("the kinds are dca and stop", kind="plan", name="x")

    assert hint_of(error) == "the kinds are dca and stop"
