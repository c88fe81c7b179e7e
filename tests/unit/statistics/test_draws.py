import numpy as np

from coach.engine.statistics.draws import seed_of, uniforms

FIRST_OF_SEVEN = [0.625095466605, 0.89721380097, 0.775685690245, 0.225207189991]


def test_a_seed_gives_the_same_numbers_for_ever() -> None:
    drawn = uniforms(7, (2, 2))
    assert drawn.ravel().tolist() == uniforms(7, (4,)).tolist()
    assert [round(number, 12) for number in drawn.ravel().tolist()] == FIRST_OF_SEVEN


def test_another_stream_of_one_seed_is_another_stream() -> None:
    assert uniforms(7, (4,)).tolist() != uniforms(7, (4,), stream=1).tolist()


def test_draws_fill_the_unit_interval_evenly() -> None:
    drawn = uniforms(1, (100_000,))
    assert drawn.min() >= 0
    assert drawn.max() < 1
    shares = np.bincount((drawn * 10).astype(np.int64)) / len(drawn)
    assert np.abs(shares - 0.1).max() < 0.005


def test_a_seed_knows_where_its_parts_end() -> None:
    assert seed_of(b"ab", b"c") != seed_of(b"a", b"bc")


def test_a_seed_fits_every_json_reader() -> None:
    assert 0 <= seed_of(b"anything") < 2**48
