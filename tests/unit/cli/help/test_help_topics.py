"""Every topic has its page, and a word that has none is answered with those like it."""

import json
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest

from coach.cli.catalogue import COMMANDS
from coach.cli.help import pages
from coach.cli.help.topics import TOPICS
from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.rules.kinds.catalogue import KINDS
from coach.files import documents

Coach = Callable[..., CompletedProcess[str]]
NAMES = sorted({*TOPICS, *HABITS, *KINDS})


@pytest.mark.parametrize("name", NAMES)
def test_a_topic_has_a_page_that_fits_80_columns_where_its_words_do(name: str) -> None:
    page = pages.find(name)
    assert page is not None
    assert page.topic == name
    assert " ".join(page.lines(80)).startswith(page.title)
    long = [line for line in page.lines(80) if len(line) > 80]
    assert all(len(line.split()) == 1 for line in long)


def test_every_page_is_a_topic_and_no_word_means_two() -> None:
    shown = {topic.page for topic in TOPICS.values()} | {"index.md"}
    assert {file.name for file in documents().glob("*.md")} == shown
    words = [pages.same_word(w) for name, topic in TOPICS.items() for w in (name, *topic.also)]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("exit codes", "exit codes"),
        ("Exit-Code", "exit codes"),
        ("biases", "habits"),
        ("MAE", "excursions"),
        ("dry_run", "dry run"),
        ("averaging down", "averaging_down"),
        ("fifo", "FIFO"),
        ("counter-evidence", "evidence, counter-evidence"),
        ("effective number of positions", "effective number of positions"),
    ],
)
def test_a_topic_is_found_by_its_words_however_they_are_written(words: str, topic: str) -> None:
    page = pages.find(words)
    assert page is not None
    assert page.topic == topic


def test_every_term_of_the_glossary_is_found() -> None:
    found = list(pages.terms())
    assert len(found) > 50
    assert all(pages.find(page.topic) for page in found)


def test_the_list_names_every_topic(real: Coach) -> None:
    listed = json.loads(real("help", "--json").stdout)["data"]
    assert [one["topic"] for one in listed] == list(TOPICS)


@pytest.mark.parametrize("line", ["rules add", "import csv", "why", "note", "help"])
def test_the_page_of_a_command_is_the_one_of_its_help_option(real: Coach, line: str) -> None:
    page = real(*line.split(), "--help").stdout.rstrip("\n")
    assert real("help", *line.split()).stdout.startswith(page)


def test_a_word_that_is_a_command_and_a_topic_shows_both(real: Coach) -> None:
    shown = real("help", "rules").stdout
    assert shown.startswith("Usage: coach rules ")
    assert "\n\n\nRules\n\n" in shown


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("evidnce", "evidence"),
        ("exit kodes", "exit codes"),
        ("simulat", "simulate"),
        ("draw", "max_drawdown"),
    ],
)
def test_an_unknown_topic_is_answered_with_those_like_it(
    real: Coach, wrong: str, meant: str
) -> None:
    ended = real("help", wrong)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert f"no topic '{wrong}'" in ended.stderr
    assert meant in ended.stderr.partition("did you mean")[2]


def test_a_word_like_no_other_is_answered_with_the_list(real: Coach) -> None:
    assert "hint: coach help lists the topics" in real("help", "qqqq").stderr


def test_every_command_has_a_page(real: Coach) -> None:
    assert all(real("help", name).returncode == 0 for name in COMMANDS)


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("binance-exports", "Binance exports"),
        ("Bybit-Spot", "Bybit spot trade history of a unified account (bybit-spot)"),
        ("okx-bills", "OKX spot bills, before 2025 (okx-bills)"),
    ],
)
def test_exports_are_found_by_their_broker_and_each_format_by_its_name(
    words: str, title: str
) -> None:
    page = pages.find(words)
    assert page is not None
    assert page.title == title
    assert "in the file" in " ".join(page.lines(80))
