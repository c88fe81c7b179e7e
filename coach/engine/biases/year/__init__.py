"""The evidence of a trading year: a test that may be looked at every week."""
