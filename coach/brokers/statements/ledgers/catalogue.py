"""Every format whose trades are put together from several rows, by its name."""

from coach.brokers.statements.ledgers import (
    binance,
    bybit,
    coinbase_pro,
    entries,
    interactive_brokers,
    interactive_brokers_actions,
    interactive_brokers_cash,
    kraken,
    kraken_futures,
    okx,
    okx_bills,
    tradovate,
)

LEDGERS = {
    format_.info.name: format_
    for format_ in (
        binance.FORMAT,
        bybit.FORMAT,
        coinbase_pro.FORMAT,
        entries.FORMAT,
        interactive_brokers.FORMAT,
        interactive_brokers_actions.FORMAT,
        interactive_brokers_cash.FORMAT,
        kraken.FORMAT,
        kraken_futures.FORMAT,
        okx.FORMAT,
        okx_bills.FORMAT,
        tradovate.FORMAT,
    )
}
