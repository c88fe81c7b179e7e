"""`coach help`: topics from the pages that come with coach, and the pages of commands."""
