"""The reasons that a trader may have for what looks like a habit, recognised from the orders."""
