"""Orders: what was promised to whom, how far it is, what came back."""
