"""Parts of coach that are off until the settings turn them on, and then for invited users alone."""

FEATURES = ("binance", "binance-stream", "kraken-stream", "principles")
