"""The files of the lab, read: fills, labels, traders, candles, orders and prices as CSV."""
