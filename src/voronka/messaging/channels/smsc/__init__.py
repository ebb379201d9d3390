"""SMS through SMSC.ru and those that speak as it does."""
