"""Reports: what came of the work, held against the period before."""
