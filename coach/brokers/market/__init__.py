"""Candles as their sources tell them: one file per source, one checker for all."""
