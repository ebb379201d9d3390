"""What holds of A/B tests, from plain values."""
