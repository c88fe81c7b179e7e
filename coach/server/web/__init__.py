"""The browser client: its files, and the pages that load them."""
