"""A broker that lets coach in by OAuth 2.0: its page, its tokens, and what renews them."""
