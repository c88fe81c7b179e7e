"""Coinbase Advanced Trade, read with a key that can do nothing but view."""
