"""What orders reckon by, free of the database."""
