"""What is said of rules, on every face."""

from coach.model.insights import Cost
from coach.wording import rules


def test_a_check_counts_the_rules_that_would_be_broken() -> None:
    assert rules.describe_check(0, 1, 1) == "none of your 1 rule would be broken"
    assert rules.describe_check(2, 3, 3) == "2 of your 3 rules would be broken"


def test_a_check_counts_no_rule_that_could_not_be_judged() -> None:
    assert rules.describe_check(1, 2, 3) == (
        "1 of the 2 rules that could be judged would be broken; 1 could not"
    )
    assert rules.describe_check(0, 0, 3) == "cannot be said: none of your 3 rules could be judged"
    assert rules.describe_check(0, 0, 0) == "you have no active rules, so nothing was judged"


def test_a_dry_run_says_what_it_would_have_caught() -> None:
    said = rules.describe_caught(2, 1_200, {"won": 0, "lost": 2})
    assert said == "caught 2 of 1,200 entries: 0 won, 2 lost"
    assert rules.describe_caught(0, 1, {"won": 0, "lost": 0}) == "caught 0 of 1 entry"


def test_a_cost_is_written_in_the_decimals_of_its_currency() -> None:
    cost = Cost("USD", 1234.567, (-3.0, 2500.0), "7.5", measurable=False)
    assert rules.describe_cost(cost) == (
        "beside your other entries of the same weeks they cost +1,234.57 USD",
        "(likely -3.00 to +2,500.00 USD: cannot tell from luck)",
        "fees alone 7.50 USD",
    )


def test_a_share_has_its_interval() -> None:
    assert rules.describe_share(0.6, 0.41, 0.774) == "60 % (41-77)"
