"""Rational traders whose exits follow a rule that looks at prices, positions or the clock.

A decision in a bar knows the closes before it. A resting order is filled in a bar that reaches its
price, at that price or at the bar's opening where that is better.
"""
