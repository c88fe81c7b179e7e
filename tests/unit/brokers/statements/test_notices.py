"""Warnings stay few, however long the file."""

from coach.brokers.statements.notices import MOST_SENTENCES, Notices


def test_a_sentence_is_told_once_with_its_first_lines() -> None:
    notices = Notices()
    for line in range(5, 12):
        notices.add("odd", line)
    notices.add("strange", 7)
    assert notices.sentences() == ("lines 5, 6, 7 and 4 more: odd", "line 7: strange")


def test_a_sentence_about_the_file_has_no_line() -> None:
    notices = Notices()
    notices.add("odd")
    assert notices.sentences() == ("odd",)


def test_endless_different_sentences_are_counted() -> None:
    notices = Notices()
    for number in range(MOST_SENTENCES + 7):
        notices.add(f"odd {number}", 1)
    assert len(notices.sentences()) == MOST_SENTENCES + 1
    assert notices.sentences()[-1] == "7 further warnings are not shown"
