"""supa-deploy: the release of a Supabase database, done by the official CLI and proven through PostgREST."""

__version__ = "0.1.0"
