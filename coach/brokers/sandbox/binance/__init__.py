"""The same books as Binance would tell them: signed queries, ids per symbol, errors with a code."""
