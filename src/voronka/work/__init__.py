"""The one queue of tasks: pools, bands, call windows, leases, working hours."""
