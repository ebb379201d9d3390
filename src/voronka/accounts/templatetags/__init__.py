"""Template tags of signing in and of settings."""
