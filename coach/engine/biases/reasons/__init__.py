"""The reasons that a trader may have for what looks like a habit, recognised from the orders.

A rule acts at the first moment at which its condition holds; a habit only leans. "Leaving depends
on profit" is no bias by itself: a habit is what remains where no rule explains it.
"""

FORMULA = "reasons@1"
