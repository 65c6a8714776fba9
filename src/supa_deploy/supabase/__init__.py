"""The official Supabase CLI as an object: found, spoken to in its own generation's words, watched, understood."""
