"""A/B tests: who was shown which arm, what he brought, and what may be said of it on any day."""
