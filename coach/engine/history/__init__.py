"""What is known up to a moment: trades, their orders, candles, and what the trader declared."""
