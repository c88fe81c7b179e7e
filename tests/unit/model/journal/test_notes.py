"""How the text of a note is kept, and how it is searched."""

import pytest

from coach.model.journal.notes import search_form, tidy


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  sold too early \n", "sold too early"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("one  \n\n\ttwo\t", "one\n\n\ttwo"),
        (" \n\t\r\n", ""),
    ],
)
def test_lines_end_in_a_line_feed_and_no_blanks_stand_around_them(typed: str, kept: str) -> None:
    assert tidy(typed) == kept


@pytest.mark.parametrize(
    ("noted", "sought"),
    [
        ("Übermütig", "ubermutig"),
        ("Café", "CAFE\u0301"),
        ("STRASSE", "straße"),
        ("ﬁrst  \n entry", "first entry"),
        ("\uff12\uff32", "2r"),
        ("İstanbul", "istanbul"),
    ],
)
def test_case_accents_and_blanks_make_no_difference(noted: str, sought: str) -> None:
    assert search_form(noted) == search_form(sought)


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("ø", "o"), ("-5", "5")])
def test_what_another_letter_is_stays_another(one: str, other: str) -> None:
    assert search_form(one) != search_form(other)
