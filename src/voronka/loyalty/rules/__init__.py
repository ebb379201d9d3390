"""What promo codes are made of and what they take off, in plain values."""
