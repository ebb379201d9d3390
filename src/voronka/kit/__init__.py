"""What every part stands on, without a domain of its own: money, time, ids, events, tenancy, screens."""
