"""Surveys: whom they ask after what, what clients answer, and the task that a bad answer makes."""
