"""What pages and operations ask of keys, webhooks and the log."""
