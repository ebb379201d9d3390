"""Pages of the planner, of tasks, reminders and hours."""
