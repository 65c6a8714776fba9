"""The throwaway platform: a Supabase project on this machine, made of real parts and two small stand-ins."""
