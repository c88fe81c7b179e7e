"""What exports call the fields of a trade, in the languages that people hold files in.

Best first: a file with both `avg fill price` and `price` states its limit in the second.
"""

from collections.abc import Mapping

SYNONYMS: Mapping[str, str] = {
    "time": "fill time|filled time|exec time|execution time|executed at|execution_time|trade time"
    "|transaction time|transacttime|time executed|order_execution_time|datetime|date/time"
    "|date time|date & time|timestamp|time|created at|create time|createdat|created_at|closed at"
    "|close time|when|trade date|tradedate|trade_date|transaction date|date|datum|fecha|data|zeit"
    "|datum/uhrzeit|date et heure|fecha y hora|orario|čas|дата|时间|日時|날짜",
    "symbol": "symbol|pair|market|trading pair|currency pair|instrument|ticker|product|contract"
    "|coin pair|asset pair|spot pairs|contracts|pairs|security|asset|coin|symbole|symbool|símbolo"
    "|wertpapier|aktie|titel|activo|ativo|título|titre|valor|paire|par|coppia|pár|пара|币对|交易对|銘柄",
    "base": "base asset|base currency|base|base coin",
    "quote": "quote asset|quote currency|price currency|currency|ccy|quote|quote coin"
    "|currencyprimary|währung|devise|divisa|valuta|moneda",
    "side": "side|buy/sell|b/s|direction|action|type|trade type|transaction type|order side|way"
    "|transaction|seite|richtung|kauf/verkauf|sens|lado|tipo|richting|strana|сторона|方向|売買",
    "quantity": "filled qty|filled quantity|fill qty|filledqty|executed qty|executed quantity"
    "|executed amount|filled amount|filled|executed|quantity|qty|size|shares|no. of shares|units"
    "|volume|lots|amount|vol|menge|stück|anzahl|quantité|cantidad|quantidade|quantità|aantal"
    "|množství|количество|数量|수량",
    "price": "avg fill price|average fill price|avg. filled price|average filled price|avg price"
    "|average price|avgprice|filled price|fill price|execution price|exec price|executed price"
    "|trade price|traded price|tradeprice|deal price|unit price|unit_price|price per share"
    "|price/share|price / share|price per unit|price|rate|entry price|unit cost|at|kurs|preis|prix"
    "|precio|preço|prezzo|prijs|cena|цена|价格|価格|가격",
    "total": "total|value|proceeds|gross amount|gross proceeds|notional|notional value|funds|cost"
    "|trade value|filled value|filled volume|subtotal|turnover|total amount|net total"
    "|net amount|amount|wert|gesamt|montant"
    "|importe|totale|totaal|celkem|сумма|总额|約定代金",
    "fee": "fee|fees|commission|commissions|comm|comm/fee|trading fee|trading fees|fees paid"
    "|fee amount|transaction fee|ibcommission|fees & comm|costs|charges|gebühr|gebühren|provision"
    "|frais|comisión|comissão|commissioni|kosten|poplatek|комиссия|手续费|手数料|수수료",
    "fee_currency": "fee currency|fee coin|fee asset|feecoin|feecurrency|fee_currency|fee unit"
    "|commission currency|ibcommissioncurrency|fee token|commission asset",
    "id": "trade id|tradeid|trade_id|execution id|exec id|execid|fill id|transaction id|txid|tid"
    "|id|uuid|reference|trade no|deal|no|trade #|ref",
    "order": "order id|orderid|order_id|order no|order no.|order number|order|order #",
    "account": "account|account name|account id|account number|konto|compte|cuenta|portfolio",
    "profit": "realized profit|realised profit|realized pnl|realised pnl|realized p&l|realised p&l"
    "|realized p/l|realised p/l|closed pnl|closedpnl",
    "zone": "timezone|time zone",
    "contract_size": "multiplier|contract size|contract multiplier|point value|lot size",
}
CLOSED_SYNONYMS: Mapping[str, str] = {
    "time": "entry time|entry date|entry datetime|open time|open date|opened at|opened|entered at"
    "|enteredat|open datetime|opening time|date opened|bought timestamp|entry_time|entry_date"
    "|time open|date open|entrydateutc|opendate|open|entry",
    "exit_time": "exit time|exit date|exit datetime|close time|close date|closed at|closed"
    "|exited at|exitedat|close datetime|closing time|date closed|sold timestamp|exit_time"
    "|exit_date|time close|date close|exitdateutc|closedate|close|exit",
    "price": "entry price|entry_price|entryprice|open price|avg entry price|average entry price"
    "|opening price|open rate|openprice|buy price|entry|open",
    "exit_price": "exit price|exit_price|exitprice|close price|avg exit price|average exit price"
    "|closing price|close rate|closeprice|avg. close price|sell price|exit|close",
    "profit": "pnl|p&l|p/l|profit|gross p&l|realized pnl|realized p&l|realised p&l|profit_loss"
    "|net p&l|net pnl|gain|net profit",
}
SWAP_SYNONYMS: Mapping[str, str] = {
    "received": "received amount|received quantity|amount received|receive amount|buy amount"
    "|buy quantity|bought quantity|to amount|incoming amount|in amount|received",
    "sent": "sent amount|sent quantity|amount sent|send amount|spend amount|sell amount"
    "|sell quantity|sold quantity|from amount|outgoing amount|out amount|sent",
    "received_currency": "received currency|received asset|asset received|receive currency"
    "|buy currency|buy asset|bought currency|to currency|incoming asset|incoming currency",
    "sent_currency": "sent currency|sent asset|asset sent|send currency|spend currency"
    "|sell currency|sell asset|sold currency|from currency|outgoing asset|outgoing currency",
}
"""An exchange of two coins in a row: what came and what left."""
