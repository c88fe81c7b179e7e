"""Binance, read with a key that can do nothing but read, through python-binance."""
