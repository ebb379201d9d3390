"""What the API takes and gives, as typed documents; programs outside know records by their public ids only."""
