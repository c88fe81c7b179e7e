"""What the screens of the browser show: rows beside their words, a route for each question."""
