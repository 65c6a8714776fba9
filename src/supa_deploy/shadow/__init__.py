"""A scratch PostgreSQL: its programs, a server of our own, what a Supabase database holds before the first
migration."""
