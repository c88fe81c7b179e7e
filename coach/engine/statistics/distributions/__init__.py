"""Distributions: probabilities, quantiles and draws of the normal, Student, beta and their like."""
