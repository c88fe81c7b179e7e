"""Who may sign in, how, and what came of it: before it is known whose session a request is."""
