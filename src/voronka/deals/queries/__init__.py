"""What screens and others may ask of deals."""
