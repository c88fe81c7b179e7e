"""Balances: where what is stated parts from the books, why, and transfers between accounts."""
