"""SMS through MTS Exolve."""
