"""What others call the habits, said in our words."""

import re

from coach.engine.biases.habits.catalogue import HABITS

ALSO = {
    "disposition_effect": "disposition",
    "loss_aversion": "disposition",
    "revenge_trading": "revenge",
    "loss_chasing": "revenge",
    "sizeup_after_loss": "size_after_loss",
    "size_up_after_loss": "size_after_loss",
    "sizing_after_loss": "size_after_loss",
    "martingale": "size_after_loss",
    "sizeup_after_win": "size_after_win",
    "size_up_after_win": "size_after_win",
    "sizing_after_win": "size_after_win",
    "house_money": "size_after_win",
    "chasing": "fomo",
    "fomo_chasing": "fomo",
    "return_chasing": "fomo",
    "overtrade": "overtrading",
    "over_trading": "overtrading",
    "avgdown": "averaging_down",
    "avg_down": "averaging_down",
    "averagingdown": "averaging_down",
    "average_down": "averaging_down",
    "panic": "panic_selling",
    "panic_sell": "panic_selling",
    "panicselling": "panic_selling",
    "late_night": "fatigue",
    "tired": "fatigue",
    "lottery_preference": "lottery",
    "repurchase": "regret_repurchase",
    "regret": "regret_repurchase",
    "under_diversification": "concentration",
    "rule_breaches": "rule_breach",
    "payoff": "payoff_asymmetry",
}
NOBODY = frozenset({"", "none", "rational", "null", "nan", "na", "-", "0", "no_bias"})


def split(text: str) -> list[str]:
    """Return the parts of a list joined by +, ; , or |, as they stand."""
    return [part.strip() for part in re.split(r"[+;,|]", text)]


def habit(text: str) -> str:
    """Return our name of a habit, another's name in plain form, or nothing for no habit."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")
    if plain in NOBODY or text.strip() in NOBODY:
        return ""
    return plain if plain in HABITS else ALSO.get(plain, plain)
