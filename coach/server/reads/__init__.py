"""What each route that only reads answers, noun by noun."""
