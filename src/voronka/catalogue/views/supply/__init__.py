"""Pages of suppliers' price lists: files, columns, progress, results, lines in doubt."""
