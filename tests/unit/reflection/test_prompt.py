"""A prompt holds summaries and the question, and no word that somebody else chose."""

from coach.engine.reflection.persona import future_self
from coach.engine.reflection.prompt import write_prompt
from coach.engine.reflection.shape import EvidencePack
from coach.model.reflections.words import TONES

FEW_TOKENS = 3_000
LETTERS_OF_A_TOKEN = 3
"""Fewer letters than a token has in English: the count errs upwards."""


def test_the_system_says_coach_and_no_financial_advice(pack: EvidencePack) -> None:
    for tone in TONES:
        system = write_prompt(pack, future_self(tone), "").system
        assert "behavioural coach" in system
        assert "not financial advice" in system


def test_no_name_note_symbol_or_number_of_the_trader_is_in_it(pack: EvidencePack) -> None:
    made = write_prompt(pack, future_self("strict"), "am I tired")
    text = made.system + made.user
    for secret in ("IGNORE", "42", "dip", "DOGE", "USD", "3,460", "340", "46"):
        assert secret not in text
    assert not [sign for sign in made.user if sign.isdigit() and sign != "1"]  # rule.1, money.1


def test_the_question_stands_in_it_as_it_was_typed(pack: EvidencePack) -> None:
    made = write_prompt(pack, future_self("strict"), "am I tired at night?")
    assert made.user.endswith("<question>\nam I tired at night?\n</question>")


def test_it_is_short_enough_for_a_small_context(pack: EvidencePack) -> None:
    made = write_prompt(pack, future_self("strict"), "?" * 500)
    assert len(made.system + made.user) < FEW_TOKENS * LETTERS_OF_A_TOKEN
