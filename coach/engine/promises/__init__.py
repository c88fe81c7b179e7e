"""Promises: judged against the history, revised, calibrated, and put to the test."""
