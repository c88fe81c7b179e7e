"""Measurements of what concerns entries of the ledger and balances."""
