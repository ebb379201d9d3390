"""Pipelines, deals, the buttons that move them and the feed that chooses the next client."""
