"""coach: a self-hosted trading-behaviour coach in the terminal.

Nothing is imported here: `coach --version` must not pay for the engine.
"""
