"""What a broker tells at once: that something was filled, and never what; that is read by REST."""
