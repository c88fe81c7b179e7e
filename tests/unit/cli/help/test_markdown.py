"""Pages of the docs as plain text."""

import pytest

from coach.cli.help.markdown import plain, rendered, section

PAGE = """\
# Trades

<!-- not for readers -->
Fills make **round
trips**; see [fees](#fees).

## Fees

- one that is long enough to go on below, further in
- two
  goes on

```sh
## no heading
coach pnl                    # a remark that is too long for it
```

## Rest
"""


def test_a_page_is_folded_and_has_no_marks() -> None:
    assert rendered(PAGE, 40) == [
        "Trades",
        "",
        "  Fills make round trips; see fees.",
        "",
        "Fees",
        "",
        "  - one that is long enough to go on",
        "    below, further in",
        "  - two goes on",
        "",
        "    ## no heading",
        "    coach pnl",
        "      # a remark that is too long for it",
        "",
        "Rest",
    ]


def test_a_section_ends_where_the_next_of_its_level_begins() -> None:
    found = section(PAGE, "Fees")
    assert found.startswith("## Fees\n")
    assert found.rstrip().endswith("```")
    assert section(PAGE, "Trades") == PAGE
    with pytest.raises(ValueError, match="no section 'Costs'"):
        section(PAGE, "Costs")


TABLE = """\
| code | what it means |
|---|---|
| `0` | done |
| `130` | interrupted by `a\\|b` |
"""


def test_a_table_has_columns_where_there_is_room_and_rows_where_not() -> None:
    assert rendered(TABLE, 40) == [
        "  code  what it means",
        "  0     done",
        "  130   interrupted by a|b",
    ]
    assert rendered(TABLE, 20) == [
        "  0",
        "      done",
        "  130",
        "      interrupted by",
        "        a|b",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**the `net` is *not* all**", "the net is *not* all"),
        ("`**kept**` and *dropped*", "**kept** and dropped"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (
            "[a page](x.md#y) and [a site](https://a.example)",
            "a page and a site (https://a.example)",
        ),
    ],
)
def test_marks_go_and_what_they_mark_stays(text: str, shown: str) -> None:
    assert plain(text) == shown
