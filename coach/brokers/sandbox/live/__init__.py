"""What happens at the sandbox while it runs: fills on order, and a channel that tells of them."""
