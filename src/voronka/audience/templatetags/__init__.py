"""Tags of the reports."""
