"""What each route that changes something does and answers, noun by noun."""
