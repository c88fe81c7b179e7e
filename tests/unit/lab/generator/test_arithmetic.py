"""The lab's own arithmetic is right, to the accuracy it promises."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.lab.generator import arithmetic
from coach.engine.lab.generator.chance import Stream, seed_of


@given(st.floats(-50.0, 50.0))
def test_exponentials_agree_with_the_library(value: float) -> None:
    assert arithmetic.exp(np.array([value]))[0] == pytest.approx(math.exp(value), rel=1e-14)


@given(st.floats(1e-300, 1e300))
def test_logarithms_agree_with_the_library(value: float) -> None:
    found = arithmetic.log(np.array([value]))[0]
    assert found == pytest.approx(math.log(value), rel=1e-14, abs=1e-15)


@given(st.floats(1e-10, 1.0 - 1e-10))
def test_normal_quantiles_agree_with_the_library(share: float) -> None:
    found = arithmetic.normal_quantile(np.array([share]))[0]
    assert found == pytest.approx(NormalDist().inv_cdf(share), abs=2e-8)


@given(st.floats(1e-6, 1e9))
def test_rounding_keeps_eight_digits(value: float) -> None:
    assert arithmetic.to_digits(np.array([value]))[0] == pytest.approx(
        float(f"{value:.8g}"), rel=1.01e-8
    )


@given(st.integers(10_000_000, 99_999_999), st.integers(-6, 4))
def test_eight_digits_stay_as_they_are(digits: int, power: int) -> None:
    value = float(f"{digits}e{power - 7}")
    assert arithmetic.to_digits(np.array([value]))[0] == value


def test_a_name_is_a_stream_of_its_own() -> None:
    assert Stream("a", 1).uniforms(3).tolist() == Stream("a", 1).uniforms(3).tolist()
    assert Stream("a", 1).uniforms(3).tolist() != Stream("a", 2).uniforms(3).tolist()
    assert seed_of("a", "b") != seed_of("ab")


def test_draws_have_the_moments_they_should() -> None:
    normals, waits = Stream("n").normals(200_000), Stream("e").exponentials(200_000)
    assert abs(float(normals.mean())) < 0.01
    assert float(normals.std()) == pytest.approx(1.0, abs=0.01)
    assert float((normals**4).mean()) == pytest.approx(3.0, abs=0.1)
    assert float(waits.mean()) == pytest.approx(1.0, abs=0.01)


def test_uniforms_never_touch_their_ends() -> None:
    found = Stream("u").uniforms(100_000)
    assert 0.0 < found.min() < found.max() < 1.0
