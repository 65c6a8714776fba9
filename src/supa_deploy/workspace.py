"""Project folders made for one call of the CLI: the files it is to see, and nothing else."""
