"""Automations: what begins them, their maps, who walks them and what happened on the way."""
