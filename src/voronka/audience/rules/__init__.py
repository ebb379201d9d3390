"""What the reports compute, as plain values: facts of a deal, periods, findings, pictures."""
