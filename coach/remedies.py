"""What errors and notices name without the words of a face.

A face has one table for each of these types: fields become its flags or labels, remedies its
commands or buttons, notices its sentences.
"""

from typing import Literal

Field = Literal[
    "cap_size",
    "compounding",
    "days",
    "delay",
    "end",
    "equity",
    "granularity",
    "method",
    "no_trade_after",
    "percent",
    "price",
    "quantity",
    "quote",
    "side",
    "skip_after_loss",
    "split",
    "start",
    "stop",
    "stop_after_losses",
    "symbol",
    "symbols",
    "target",
    "weeks",
    "zone",
]
"""Something that a person fills in; an error says which one makes no sense."""

Remedy = Literal[
    "bring_candles",
    "add_user",
    "calibrate_again",
    "check_server",
    "choose_event",
    "choose_folder",
    "choose_population",
    "compare_sources",
    "connect_again",
    "correct_clock",
    "extend_rule",
    "fetch_candles",
    "import_as_downloaded",
    "import_statement",
    "leave_format_out",
    "list_every_proposal",
    "list_history",
    "list_imports",
    "list_plans",
    "list_proposals",
    "list_sources",
    "list_trades",
    "list_users",
    "look_closer",
    "make_utf8_database",
    "name_account",
    "name_bias_once",
    "name_format",
    "name_quote",
    "name_symbol",
    "open_months",
    "pair_intensities",
    "release_events",
    "remove_rule",
    "report_trouble",
    "resume_rule",
    "say_since",
    "set_zone",
    "shorten_span",
    "shorten_sync",
    "show_history",
    "show_result",
    "show_rule",
    "start_here",
    "stop_experiment",
    "take_newest_week",
    "try_again",
    "undo_imports",
    "use_more_weeks",
]
"""What a person can do next with coach; the error's facts fill the face's words for it."""

NoticeKind = Literal[
    "account_counts_as_spot",
    "fees_without_value",
    "fills_like_another_account",
    "read_as_short",
    "read_as_spot",
    "sales_without_purchase",
]
"""Something to know about an answer, to which a face adds what to do."""
