"""Telegram by its Bot API: transport, what updates say, errors, and a stand-in that behaves as the documents say."""
