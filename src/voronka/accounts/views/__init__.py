"""Pages of signing in, of the profile and of settings."""
