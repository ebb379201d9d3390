"""Rules of messages: plain Python."""
