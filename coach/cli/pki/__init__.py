"""`coach pki`: certificates by which coach's services know each other."""
