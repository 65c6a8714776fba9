"""The command line: flags in, one story run, its report rendered, the exit code out."""
