"""A what-if as a person sees it: samples side by side, and a fan of luck in eighty columns."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest

from coach.advice.trials import fan
from coach.advice.trials.fan import FanWeek
from coach.cli.commands import simulate
from coach.cli.show.output import Output, for_a_person, tsv
from coach.cli.show.screen import Screen
from coach.engine.api.simulate import Simulation

SAMPLE: dict[str, Any] = {
    "sample": "all",
    "weeks": [1, 3],
    "scenario": "given",
    "quote": "USD",
    "entries": 12,
    "judged": 12,
    "changed": 4,
    "actual": "-1234.567",
    "actual_gross": "-1200",
    "actual_fees": "34.567",
    "replay": "10",
    "replay_gross": "20",
    "replay_fees": "10",
    "fees_saved": "24.567",
    "attributable": 12.5,
    "interval": [-3.0, 28.0],
    "p_better": 0.9,
    "n": 4,
    "placebo": 81.4,
    "draws": 500,
    "verdict": "cannot tell from luck",
    "gaps": [],
}
BLIND: dict[str, Any] = {
    **SAMPLE,
    "judged": 0,
    "changed": 0,
    "replay": "-1234.567",
    "fees_saved": "0",
    **dict.fromkeys(("attributable", "interval", "p_better", "placebo")),
    "n": 0,
    "verdict": "cannot be said",
    "gaps": [
        {
            "what": "candles",
            "symbol": "BTC-USD",
            "since": "2026-03-02",
            "until": "2026-03-20",
            "entries": 12,
            "by": ["stop"],
        }
    ],
}
MISSING = (
    "candles of BTC-USD from 2026-03-02 to 2026-03-20 (12 entries): coach candles fetch"
    " --symbol BTC-USD --since 2026-03-02 --until 2026-03-21"
)
LEFT = {"infeasible": 0, "unreliable": 2, "unpriced": 0, "dropped": 0, "exits_forbidden": 0}
WEEKS = [FanWeek(f"2026-03-{n + 1:02d}", n - 2.0, (-3.0, -1.0, 0.0, 1.0, 3.0)) for n in range(6)]


def simulation(*samples: dict[str, Any], learned: object = None) -> Simulation:
    told = [{"week": w.name, "gain": w.gain, "luck": list(w.luck)} for w in WEEKS]
    result: dict[str, Any] = {
        "samples": list(samples),
        "learned": learned,
        "fan": [{"quote": "USD", "moved": True, "band": [], "weeks": told}] if samples else [],
        "left_alone": LEFT,
        "lacks": {"spikes": ["candles of SOL-USD"]},
        "refused": [{"symbol": "ETH-USD", "reason": "no candles", "entries": 3}],
        "assumes": "all else is the same",
    }
    return Simulation("ab" * 32, {}, result, datetime(2026, 4, 1, tzinfo=UTC), known=False)


def screen(found: Simulation) -> list[str]:
    return list(for_a_person(simulate.answer(found), Screen(80, color=False)))


def test_a_person_sees_the_four_numbers_and_the_verdict() -> None:
    lines = screen(simulation(SAMPLE))
    assert "actual           -1,234.57" in lines
    assert "replay              +10.00" in lines
    assert "fees saved          +24.57" in lines
    assert "attributable        +12.50" in lines
    assert "placebo         above 81 %" in lines
    assert "weeks 1-3, USD: cannot tell from luck" in lines


def test_with_a_split_the_halves_stand_side_by_side() -> None:
    halves = [
        {**SAMPLE, "sample": sample, "scenario": scenario}
        for scenario in ("given", "learned")
        for sample in ("in_sample", "out_of_sample")
    ]
    learned = {"rules": [{"id": "pause", "params": {"minutes": 15}}], "cap_size": "2"}
    lines = screen(simulation(SAMPLE, *halves, learned=learned))
    assert lines[0].split() == [
        "in-sample",
        "out-of-sample",
        "learned",
        "on",
        "it",
        "out-of-sample",
    ]
    assert "learned: pause minutes=15, cap-size 2" in lines
    assert max(map(len, lines)) <= 80


def test_without_candles_nothing_can_be_said_and_a_line_says_what_is_missing() -> None:
    lines = screen(simulation(BLIND))
    place = lines.index("weeks 1-3, USD: cannot be said")
    assert " ".join(" ".join(lines[place + 1 : place + 4]).split()) == f"missing: {MISSING}"
    assert "replay                  -" in lines


def test_a_pipe_and_json_say_the_same_of_what_is_missing() -> None:
    answer = simulate.answer(simulation(BLIND))
    assert answer.table is not None
    head, row = tsv(answer.table)
    cells = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert (cells["verdict"], cells["missing"], cells["judged"]) == ("cannot be said", MISSING, "0")
    data: Any = answer.data
    assert data["samples"][0]["missing"] == MISSING


def test_a_verdict_on_a_part_of_the_entries_says_on_how_many() -> None:
    lines = screen(simulation({**SAMPLE, "judged": 9, "gaps": BLIND["gaps"]}))
    assert "weeks 1-3, USD: cannot tell from luck (9 of 12 entries judged)" in lines


def test_many_symbols_without_candles_are_one_line() -> None:
    gaps = [{**BLIND["gaps"][0], "symbol": f"C{n}-USD"} for n in range(20)]
    table = simulate.answer(simulation({**BLIND, "gaps": gaps})).table
    assert table is not None
    assert table.rows[0]["missing"] == (
        "candles of C0-USD, C1-USD, C2-USD and 17 more symbols from 2026-03-02 to 2026-03-20"
        " (240 entries): coach candles fetch --since 2026-03-02 --until 2026-03-21"
    )


def test_a_percent_limit_without_equity_names_the_command_that_declares_it() -> None:
    gaps = [{**BLIND["gaps"][0], "what": "equity", "symbol": None}]
    table = simulate.answer(simulation({**BLIND, "gaps": gaps})).table
    assert table is not None
    assert table.rows[0]["missing"] == (
        "the equity at the start (12 entries): coach accounts set NAME --equity AMOUNT"
    )


def test_nothing_to_simulate_is_said() -> None:
    assert screen(simulation())[0] == "no entries to simulate"


def test_a_pipe_gets_a_row_per_sample() -> None:
    table = simulate.answer(simulation(SAMPLE)).table
    assert table is not None
    head, row = tsv(table)
    told = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert (told["replay"], told["verdict"]) == ("10", "cannot tell from luck")
    stream = StringIO()
    Output(stream, json=True).show(simulate.answer(simulation(SAMPLE)), Screen(80, color=False))
    assert '"samples":[{"sample":"all"' in stream.getvalue()


def test_what_could_not_be_done_well_is_warned_of() -> None:
    assert simulate.answer(simulation(SAMPLE)).warnings == (
        "2 trades took more than a hundredth of a bar's volume: their prices are unreliable",
    )


@pytest.mark.parametrize("count", [2, 3, 13, 52, 67, 300])
def test_a_fan_fits_eighty_columns(count: int) -> None:
    weeks = [FanWeek("2026-03-02", 1e6 * n, (-1.0, -0.5, 0.0, 0.5, 1e6)) for n in range(count)]
    lines = fan.drawn(weeks, "USD")
    assert max(map(len, lines)) <= 80
    assert len(lines) == 14


def test_the_line_of_the_replay_is_drawn_in_every_week() -> None:
    lines = fan.drawn(WEEKS, "USD")[1:12]
    columns = [{line[12 + 4 * n : 13 + 4 * n] for line in lines} for n in range(6)]
    assert all("●" in column for column in columns)


def test_one_week_has_no_fan() -> None:
    assert fan.drawn(WEEKS[:1], "USD") == []


def test_a_fan_without_any_move_is_flat() -> None:
    still = [FanWeek("2026-03-02", 0.0, (0.0, 0.0, 0.0, 0.0, 0.0))] * 3
    assert "●●●●" in fan.drawn(still, "USD")[1]
