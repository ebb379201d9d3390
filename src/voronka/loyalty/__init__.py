"""Promo codes: what sales they take off, for whom, how often, and who used them."""
