"""Where goods lie, what is promised of them, and how they move."""
