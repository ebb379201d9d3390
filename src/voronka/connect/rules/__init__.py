"""Rules of keys, scopes, cursors and signatures: plain Python."""
