"""What Kraken's rows of Earn are called; loads nothing, because statements read them, too."""


def of_earn(kind: str, subtype: str) -> str:
    """Return what a row is called: an `earn` may be a reward, or coins that are put elsewhere."""
    return f"{kind} {subtype.strip().lower()}".strip() if kind == "earn" else kind
