"""Settings, addresses and assembly: the only room that knows all parts."""
