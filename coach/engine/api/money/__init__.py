"""Money in one currency: what stored candles say that it was worth."""
