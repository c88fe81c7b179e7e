"""`coach schedule`: what cron or systemd runs for coach."""
