"""What the reports read."""
