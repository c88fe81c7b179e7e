"""`coach biases` on a terminal: by what is known of each habit."""

from dataclasses import replace
from io import StringIO

from coach.advice.habit_groups import grouped
from coach.cli.commands.insights import by_what_is_known, findings_answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.habits import OURS
from coach.model.insights import Cost, Evidence, Finding
from coach.model.reasons import Reason

WINDOW = {"window_start": "2026-01-01T00:00:00Z", "window_end": "2026-04-01T00:00:00Z"}
LOOKED_BACK = Evidence("revenge@3:a", "revenge@3", {**WINDOW}, (), ())
COST = Cost("USD", 120.0, (20.0, 220.0), "12.5", measurable=True)
REVENGE = Finding(
    *("revenge", "likely", 90, 0, 97.0, 0.2, (0.1, 0.3)),
    costs=(COST,),
    evidence=(LOOKED_BACK,),
    standing="told",
)
SIZES = replace(REVENGE, bias="size_after_loss", level="strong", effect=1.3, interval=(1.1, 1.5))
WATCHED = replace(REVENGE, bias="fatigue", level="possible", costs=(), standing="untold")
CLEAR = Finding("fomo", "none", 246, 0, 3.0, 0.01, (-0.02, 0.04))
FEW = Finding("averaging_down", "insufficient", 0, 80)
BLIND = Finding("lottery", "insufficient", 9, 0, kind="fact", lacks=("candles of ETH-USD",))
COUNTED = Finding("concentration", "none", 246, 0, effect=0.5, kind="fact")
MACHINE = Reason("machine", 900, 0.9)
STOP = Reason("stop", 40, 0.9, typical=0.02, quartiles=(0.019, 0.021), unit="percent")


def lines(*findings: Finding) -> list[str]:
    return list(grouped(findings, OURS, {}, "UTC"))


def test_habits_that_were_found_come_first_the_surest_before_others() -> None:
    assert lines(CLEAR, REVENGE, SIZES)[:4] == [
        "Found on trades opened from 2026-01-01 to 2026-03-31",
        "  size_after_loss: strong",
        "    entries were 130 % larger after losses than after wins (likely 110 to 150)",
        "    cost about 120.00 USD (20.00 to 220.00), fees 12.50 USD",
    ]


def test_what_was_not_found_is_one_line_of_names() -> None:
    assert lines(CLEAR, replace(CLEAR, bias="disposition")) == [
        *("Found: no habit", ""),
        *("Not found: fomo, disposition", ""),
    ]


def test_what_is_missing_is_told_once_and_next_to_what_was_not_found() -> None:
    blind = [replace(BLIND, bias=bias, kind="test") for bias in ("fomo", "disposition")]
    assert lines(CLEAR, FEW, *blind)[2:-1] == [
        "Not found: fomo",
        "Not enough evidence",
        "  averaging_down: 80 more trades needed",
        "  fomo, disposition: needs candles of ETH-USD: coach candles fetch",
    ]


def test_what_is_only_possible_is_not_among_the_found() -> None:
    text = "\n".join(lines(WATCHED))
    assert text.index("Found: no habit") < text.index("Possible, and not confirmed\n  fatigue")


def test_what_is_missing_is_said_with_what_brings_it() -> None:
    assert lines(FEW, BLIND)[2:-1] == [
        "Not enough evidence",
        "  averaging_down: 80 more trades needed",
        "  lottery: needs candles of ETH-USD: coach candles fetch",
    ]


def test_facts_are_the_last_group() -> None:
    assert lines(COUNTED, CLEAR)[-3:-1] == [
        "Facts, counted and not tested",
        "  concentration: the effective number of positions was 2",
    ]


def test_a_question_is_one_line_with_the_command_that_answers_it() -> None:
    asked = replace(REVENGE, bias="disposition", standing="asked", reasons=(STOP,))
    told = lines(asked)
    at = told.index("Asked: a rule of yours may explain it")
    assert told[at + 1].startswith("  disposition: You close losses")
    assert told[at + 1].endswith("? coach plans answer disposition-stop yes|no|unsure")
    assert told[at + 2] == ""


def test_a_question_about_the_account_is_asked_once_for_all_its_habits() -> None:
    asked = [replace(one, standing="asked", reasons=(MACHINE,)) for one in (REVENGE, SIZES)]
    told = [line for line in lines(*asked) if "bot" in line]
    assert len(told) == 1
    assert told[0].startswith("  revenge, size_after_loss: ")


def test_what_a_rule_explains_is_a_group_of_its_own() -> None:
    style = replace(REVENGE, bias="disposition", standing="style", reasons=(STOP,))
    text = "\n".join(lines(style))
    assert "Explained by a rule of yours\n  disposition: You close" in text
    assert "cost" not in text


def test_a_confirmed_bot_is_named_once_for_all_its_habits() -> None:
    styles = [replace(one, standing="style", reasons=(MACHINE,)) for one in (REVENGE, SIZES)]
    told = [line for line in lines(*styles) if "bot" in line]
    assert told == [
        "  revenge, size_after_loss: This account is run by a bot, or copied from another trader."
    ]


def test_answers_about_tags_stand_with_the_habit() -> None:
    told = list(grouped([REVENGE], OURS, {"revenge": ("by your answers 75 %",)}, "UTC"))
    assert told[-2] == "    by your answers 75 %"


def test_pipes_and_json_are_the_same_as_before() -> None:
    answer = findings_answer([REVENGE, CLEAR], OURS)
    shown = by_what_is_known(answer, [REVENGE, CLEAR], OURS, {}, "UTC")
    for as_json in (True, False):
        before, after = StringIO(), StringIO()
        Output(before, json=as_json).show(answer, Screen(80, color=False))
        Output(after, json=as_json).show(shown, Screen(80, color=False))
        assert before.getvalue() == after.getvalue()


def test_the_next_command_is_the_evidence_of_a_habit_that_was_found() -> None:
    answer = findings_answer([REVENGE], OURS)
    assert by_what_is_known(answer, [REVENGE], OURS, {}, "UTC").hints == (
        "next: coach why revenge",
    )
    assert by_what_is_known(answer, [CLEAR], OURS, {}, "UTC").hints == ()
