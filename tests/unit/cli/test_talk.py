"""stderr: errors always, the rest only to a person."""

from io import StringIO

from coach.cli.show.progress import progress
from coach.cli.show.talk import Talk


def spoken(stream: StringIO, *, quiet: bool = False, json: bool = False) -> str:
    talk = Talk(stream, quiet=quiet, json=json)
    talk.warning("mind the gap")
    talk.hint("next: coach pnl")
    with progress(talk, "importing") as tell:
        if tell is not None:
            tell(1, 2)
    return stream.getvalue()


def test_nobody_is_told_where_nobody_looks_on() -> None:
    assert spoken(StringIO()) == ""


def test_a_person_is_told(terminal: StringIO) -> None:
    said = spoken(terminal)
    assert said.startswith("coach: mind the gap\nnext: coach pnl\n")


def test_quiet_is_quiet_on_a_terminal(terminal: StringIO) -> None:
    assert spoken(terminal, quiet=True) == ""


def test_json_is_for_programs_even_on_a_terminal(terminal: StringIO) -> None:
    assert spoken(terminal, json=True) == ""


def test_errors_are_told_even_when_quiet() -> None:
    stream = StringIO()
    Talk(stream, quiet=True, json=False).error("no", "do so")
    assert stream.getvalue() == "coach: no\nhint: do so\n"


def test_an_error_hides_the_password_of_a_url() -> None:
    stream = StringIO()
    Talk(stream, quiet=False, json=False).error("postgresql://me:p@ss@host/db is gone")
    assert stream.getvalue() == "coach: postgresql://me:***@host/db is gone\n"


def test_talk_folds_between_words_on_a_terminal(terminal: StringIO) -> None:
    Talk(terminal, quiet=False, json=False, width=24).error(
        "there is no file '/home/me/a-long-name'"
    )
    assert terminal.getvalue() == "coach: there is no file\n  '/home/me/a-long-name'\n"


def test_talk_stays_on_its_line_in_a_log() -> None:
    stream = StringIO()
    Talk(stream, quiet=False, json=False, width=10).error("there is no such file")
    assert stream.getvalue() == "coach: there is no such file\n"


def test_a_question_waits_on_its_last_line(terminal: StringIO) -> None:
    Talk(terminal, quiet=False, json=False, width=24).ask("take back the import of mine.csv?")
    assert terminal.getvalue() == "coach: take back the\n  import of mine.csv?\n  [y/N] "


def test_an_error_takes_the_place_of_a_line_that_counts_down(terminal: StringIO) -> None:
    talk = Talk(terminal, quiet=False, json=False)
    talk.rewrite("29:49 left")
    talk.error("the hook failed")
    talk.rewrite("")
    assert terminal.getvalue() == "\r\x1b[K29:49 left\r\x1b[Kcoach: the hook failed\n"
