"""SMS by SMPP 3.4: the session is our own (docs/adr/0042)."""
