"""Companies, employees, roles, rights, sessions."""
