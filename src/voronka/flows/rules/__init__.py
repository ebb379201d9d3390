"""Maps of automations and how they are walked: plain Python."""
