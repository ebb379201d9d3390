"""Plain rules of surveys."""
