"""The sandbox as a server of tokens: OAuth 2.0 as Coinbase does it, and what can go wrong."""
