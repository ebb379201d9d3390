"""Pages of deals: the desk of a manager, the list, the editor of buttons."""
