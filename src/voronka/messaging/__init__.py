"""What is said to clients: letter templates and letters."""
