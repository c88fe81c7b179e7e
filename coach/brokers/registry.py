"""Which brokers coach can read; an adapter is imported when its broker is asked for."""

from importlib import import_module

from coach.brokers.adapter import BrokerAdapter
from coach.errors import NotFound

ADAPTERS = {
    "binance": "coach.brokers.binance.adapter",
    "coinbase": "coach.brokers.coinbase.adapter",
    "kraken": "coach.brokers.kraken.adapter",
}
"""The module of each broker; its `ADAPTER` is the adapter."""


def adapter_of(broker: str) -> BrokerAdapter:
    """Return the adapter of a broker; NotFound where coach has none."""
    if broker not in ADAPTERS:
        raise NotFound(kind="broker", name=broker)
    adapter: BrokerAdapter = import_module(ADAPTERS[broker]).ADAPTER
    return adapter
