"""The verbs of keys, kept answers and webhooks."""
