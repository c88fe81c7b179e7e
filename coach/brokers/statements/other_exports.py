"""Exports of other products, by the columns that tell them apart, so that each is called by name.

`a, b, c` are columns that stand together, tidied and without their clocks, and `=a, b, c` are all
the columns there are; `|` separates the versions of a product's export.
"""

OTHER_EXPORTS = {
    "Binance USD-M futures trades": "symbol, side, price, quantity, amount, fee, realized profit"
    "|symbol, side, position side, price, quantity, realized profit",
    "Binance futures positions": "entry price, avg. close price, closing pnl",
    "Binance futures income": "=date, type, amount, asset, symbol, transaction id",
    "Binance converts": "pair, type, sell, buy, price, inverse price",
    "Binance Auto-Invest": "holding coin, amount per period, units",
    "Binance P2P orders": "order number, order type, asset type, fiat type",
    "Binance.US": "user id, category, operation, primary asset|user_id, category, primary_asset",
    "Coinbase Prime orders": "market, side, filled base quantity, average fill price",
    "CoinList": "=date, description, asset, amount, balance",
    "CoinList Pro": "portfolio, type, time, amount, balance, amount/balance unit, transaction_id",
    "Kraken Futures log": "contract, change, new average entry price, realized funding",
    "CoinTracking": "type, buy, cur., sell|typ, kauf, verkauf"
    "|type, buy amount, buy currency, sell amount",
    "FTX": "market, side, size, price, fee, fee currency|market, side, size, price, feecurrency",
    "KuCoin": "tradecreatedat, symbol, side, price, size, funds"
    "|oid, symbol, dealprice, dealvalue"
    "|symbol, side, order type, avg. filled price, filled amount"
    "|pair, side, filledprice, filledpricecoin"
    "|uid, symbol, order_type, price, direction, funds|uid, symbol, direction, deal_price"
    "|uid, account type, symbol, close type, realized pnl"
    "|uid, account type, payment account, sell"
    "|uid, account type, currency, side, amount, fee, remark",
    "MEXC": "pairs, side, filled price, executed amount|pairs, direction, average filled price"
    "|futures trading pair, direction, filled qty (crypto)",
    "Bybit": "contract, direction, filled price, cash flow, wallet balance"
    "|spot pairs, direction, filled price|contracts, direction, filled qty, trasaction id"
    "|market, filled type, filled quantity, filled price|contracts, closing direction, qty"
    "|coin, qty, type, account balance, description"
    "|market, entry price, closing fee, trade type",
    "OKX": "order id, trade type, symbol, action, trading unit, filled price"
    "|order id, trade id, pairs, taker/maker, fee"
    "|order id, trade type, instrument, balance change"
    "|position update time, instrument name, average open price",
    "Bitstamp": "type, subtype, amount currency, value currency, rate currency"
    "|type, datetime, account, amount, value, rate, fee, sub type",
    "Bitfinex": "#, pair, amount, price, fee, order id"
    "|description, currency, amount, balance, wallet",
    "Gate": "trade type, role, market, deal price, deal amount|action_desc, action_data, amount",
    "Bitget": "trading pair, base asset, quote asset, direction, average price, trading volume"
    "|futures, order source, average price, netprofits"
    "|order, coin, futures, margin mode, amount"
    "|order, coin, type, amount, fee, available",
    "HTX (Huobi)": "deal_type, account_type, price, volume, fee_amount"
    "|=time, type, pair, side, price, amount, total, fee"
    "|時間, 通貨ペア, 価格, 数量, 約定額, 手数料",
    "Crypto.com": "transaction description, native currency, transaction kind"
    "|symbol, side, traded_price, traded_quantity",
    "Revolut": "=symbol, type, quantity, price, value, fees, date"
    "|ticker, type, quantity, price per share, total amount",
    "Gemini": "type, symbol, specification, liquidity indicator",
    "Bitvavo": "type, currency, quote currency, quote price, received / paid currency",
    "Bittrex": "market, price, quantity (base), fees (quote)"
    "|exchange, type, limit, commissionpaid"
    "|exchange, ordertype, limit, quantityremaining"
    "|exchange, time in force, bid/ask, remaining",
    "Poloniex": "market, category, order number, base total less fee"
    "|trade_id, buyer_wallet, fee_total",
    "Deribit": "instrument, type, side, position, mark price, cash flow",
    "Hyperliquid": "coin, dir, px, sz, ntl|coin, execution price, size tokens, start position",
    "BitMEX": "transacttime, symbol, exectype, lastqty, lastpx|transacttime, transacttype, amount",
    "HitBTC": "instrument, trade id, side, quantity, volume, rebate",
    "BloFin": "underlying asset, side, filled, fee, status"
    "|underlying asset, side, order_time, status"
    "|underlying asset, order options, status",
    "LBank": "method, type, pair, direction, average price, turnover",
    "WhiteBIT": "market, type, side, trigger market, trigger condition",
    "Liquid": "quote currency, base currency, execution id, open qty",
    "Coinmate": "amount currency, price currency, fee currency, total currency"
    "|type detail, currency amount, currency price, currency fee",
    "Bitpanda Pro": "order id, trade id, type, market, amount currency, price currency",
    "bitFlyer": "product, trade type, traded price, currency 1",
    "Coinsquare": "action, currency, base_currency, price, amount, base_amount"
    "|date, from_currency, from_amount, to_currency, to_amount",
    "Kinesis": "transactions_id, currency_pair, trade_price",
    "Jupiter": "owner, symbol, action, deposit/withdrawal (usd), size (usd)",
    "Bisq": "trade id, market, deviation, amount in btc",
    "General Bytes": "terminal sn, server time, cash amount, crypto amount",
    "Koinly": "type, sending wallet, sent amount, receiving wallet, received amount"
    "|from wallet id, from amount, to wallet id, to amount|koinly date, pair, side, amount"
    "|sent amount, sent currency, received amount, received currency",
    "CoinLedger": "asset sent, amount sent, asset received, amount received"
    "|asset sent, asset received, type, description (optional)"
    "|internal id, platform, record type",
    "CoinTracker": "received quantity, received currency, sent quantity, sent currency",
    "Accointing": "timeexecuted, type, boughtquantity, boughtcurrency",
    "Blockpit": "blockpit id, transaction type, outgoing asset, incoming asset",
    "Delta": "way, base amount, base currency (name), quote amount",
    "BittyTax": "buy quantity, buy asset, sell quantity, sell asset",
    "Everytrade": "uid, date, symbol, action, quantity|uid, date, symbol, action, quanty",
    "BitcoinTaxes": "action, symbol, volume, currency, feecurrency, cost/proceeds",
    "rotki": "spend currency, receive currency, receive amount, spend amount"
    "|location, base asset, quote asset, amount, rate",
    "Interactive Brokers": "datadiscriminator, asset category, symbol, quantity, t. price"
    "|symbol, quantity, tradeprice, ibcommission|header, field name, field value"
    "|clientaccountid, symbol, buy/sell, quantity|transaction history, header, transaction type"
    "|symbol, buy/sell, quantity, price, levelofdetail",
    "Interactive Investor": "symbol, sedol, quantity, price, debit, credit, running balance",
    "Schwab": "date, action, symbol, description, quantity, price, fees & comm, amount"
    "|symbol, opened date, closed date, gain/loss ($), cost per share",
    "thinkorswim": "exec time, spread, side, qty, pos effect|date, time, type, ref #, misc fees",
    "TradeStation or TradeZero": "t/d, s/d, side, symbol, qty, price, exec time",
    "Tradovate": "buyfillid, sellfillid, qty, buyprice, sellprice"
    "|pair id, buy fill id, sell fill id"
    "|orderid, b/s, contract, avgprice, filledqty",
    "NinjaTrader": "instrument, action, quantity, price, time, e/x"
    "|market pos., entry price, exit price",
    "MetaTrader": "time, deal, symbol, direction, volume|position, symbol, volume, s / l, t / p"
    "|ticket, open time, type, size, item|ora, posizione, simbolo, s / l",
    "cTrader": "symbol, opening direction, entry price, closing price, closing quantity",
    "Robinhood": "activity date, instrument, trans code, quantity"
    "|uuid, symbol, side, quantity, entered price, average price",
    "Webull": "symbol, side, status, filled, total qty, avg price"
    "|symbol, buy/sell, quantity, trade price, comm/fee/tax"
    "|option level, symbol, filled avg price"
    "|buy/sell, quantity, traded price, comm/fee/tax",
    "tastytrade": "type, action, symbol, instrument type, average price, commissions",
    "Trading 212": "action, isin, ticker, no. of shares, price / share",
    "DEGIRO": "product, isin, quantity, price, local value"
    "|product, isin, description, fx, change"
    "|produkt, isin, anzahl, kurs|product, isin, aantal, koers|produit, isin, quantité, cours",
    "eToro": "position id, action, units, open rate, close rate"
    "|type, details, realized equity change",
    "XTB": "=id, type, time, symbol, comment, amount|position, symbol, open price, gross p/l",
    "Fidelity": "run date, action, symbol, quantity, amount ($)",
    "E*Trade": "transactiondate, transactiontype, securitytype, symbol"
    "|activity/trade date, activity type, symbol, quantity #",
    "Firstrade": "symbol, quantity, price, action, tradedate, recordtype",
    "Lightspeed": "trade number, execution time, symbol, side, qty",
    "Questrade": "symbol, action, fill qty, fill price, exec time",
    "TopstepX": "contractname, enteredat, exitedat, entryprice",
    "TradingView": "symbol, side, type, fill price, placing time, closing time"
    "|symbol, side, type, fill price, commission, placing time",
    "Rithmic": "buy/sell, qty filled, symbol, avg fill price",
    "Sierra Chart": "activitytype, symbol, quantity, buysell, fillprice",
    "Zerodha": "symbol, isin, trade_type, quantity, price, trade_id",
    "Trade Republic": "account_type, category, asset_class, shares, transaction_id",
    "Scalable": "reference, assettype, isin, shares, price",
    "Swissquote": "order #, transaction, symbol, unit price, costs",
    "Freetrade": "title, account currency, buy / sell, ticker, price per share",
    "Parqet": "datetime, date, time, price, shares",
    "Tradervue": "open datetime, close datetime, symbol, side, volume, entry price",
    "TradeZella": "adjusted cost, adjusted proceeds, avg buy price, instrument",
    "TraderSync": "setups, mistakes, entry price, exit price, return $",
    "TradeJourney": "importname, accountname, symbol, opendate, closedate",
}
"""Facts of each product's headers, from its files and from the parsers of other programs."""

AGGREGATORS = frozenset(
    (
        *("CoinTracking", "Koinly", "CoinLedger", "CoinTracker", "Accointing", "Blockpit", "Delta"),
        *("BittyTax", "Everytrade", "BitcoinTaxes", "rotki", "Parqet", "Tradervue"),
        *("TradeZella", "TraderSync", "TradeJourney"),
    )
)
"""Products that gather what others traded: the exchange itself has the fills."""


def product_of(names: frozenset[str]) -> str:
    """Return the product whose export has these tidied columns, or nothing."""
    found = [
        (len(version), product)
        for product, versions in OTHER_EXPORTS.items()
        for version in versions.split("|")
        if _has(names, version)
    ]
    return max(found, default=(0, ""))[1]


def _has(names: frozenset[str], version: str) -> bool:
    columns = frozenset(version.removeprefix("=").split(", "))
    return columns == names if version.startswith("=") else columns <= names
