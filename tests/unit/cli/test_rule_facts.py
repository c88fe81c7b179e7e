"""What a broken rule says to a person: what happened, and what was promised."""

import pytest

from coach.cli.facts import told
from coach.model.insights import Fact


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        (
            {"lost": "200.5", "limit": 200, "margin": "0.5", "quote": "USD"},
            "200.50 USD lost, 200 USD promised",
        ),
        (
            {"lost_percent": 2.5, "limit": 2, "margin": 0.5, "quote": "USD"},
            "2.5 % lost, 2 % promised",
        ),
        (
            {"losses_in_a_row": 3, "losses": 3, "margin": 0},
            "after 3 losses in a row, 3 promised",
        ),
        (
            {"z": 4.25, "limit": 3, "margin": 1.25, "horizon_minutes": 60},
            "after 4.25 usual moves in 60 min, 3 promised",
        ),
        (
            {"behind_percent": 2.0, "limit": 0, "margin": 2.0},
            "added 2 % behind, 0 % promised",
        ),
        (
            {"clock": "mon 08:59", "from": "09:00", "until": "17:30", "margin": 1},
            "at mon 08:59, 09:00 to 17:30 promised",
        ),
        ({"symbol": "DOGE-USD", "margin": 1}, "in DOGE-USD"),
        (
            {"open_positions": 3, "limit": 2, "margin": 1},
            "position 3 at once, 2 promised",
        ),
        ({"share": 30.0, "limit": 25, "margin": 5.0}, "30 % of equity, 25 % promised"),
        (
            {"fees": "52", "budget": 50, "margin": "2", "quote": "USD"},
            "fees of 52.00 USD, 50 USD promised",
        ),
        (
            {"held_minutes": 10.0, "limit": 30, "margin": 20.0},
            "held 10 min, 30 min promised",
        ),
        (
            {
                "broken": "symbol_lock, max_open_positions",
                "rules": 2,
                "margin": 2,
                "symbol_lock.symbol": "DOGE-USD",
                "symbol_lock.margin": 1,
                "max_open_positions.open_positions": 3,
                "max_open_positions.limit": 2,
                "max_open_positions.margin": 1,
            },
            "symbol_lock: in DOGE-USD, max_open_positions: position 3 at once, 2 promised",
        ),
    ],
)
def test_a_broken_rule_is_told_in_words(facts: dict[str, Fact], said: str) -> None:
    assert told(facts) == said
