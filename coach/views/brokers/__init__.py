"""How what is read of brokers looks."""
