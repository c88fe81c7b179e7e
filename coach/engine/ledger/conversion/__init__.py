"""Money of several currencies in one: the rates of stored candles, and sums by them."""
