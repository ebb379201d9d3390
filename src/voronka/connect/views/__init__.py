"""Pages of keys, webhooks and the documentation."""
