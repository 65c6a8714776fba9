"""What a database holds outside the files: the files replayed on a shadow, held against the database."""
