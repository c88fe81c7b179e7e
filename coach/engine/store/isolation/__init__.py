"""Row-level security: what one user's session may reach, as the database itself holds to it."""
