"""Pages of loading clients from files: file, columns, check, progress, result, questions."""
