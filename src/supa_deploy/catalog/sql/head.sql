-- What every part reads: the schemas asked for, what belongs to extensions, and the relations.
-- :schemas is an array of names. Names, types and expressions are printed with an empty search path (query.py).
with wanted as materialized (
  select oid, nspname as s from pg_namespace
  where nspname = any (:schemas) and nspname not in ('supabase_migrations', 'information_schema')
),
ext as materialized (
  select classid, objid from pg_depend where deptype = 'e' and refclassid = 'pg_extension'::regclass
),
rel as materialized (
  select c.oid, c.relname, c.relkind, c.relrowsecurity, c.relforcerowsecurity, c.relpersistence, c.relreplident,
    c.reloptions, c.relam, c.relispartition, c.relpartbound, c.relhassubclass, c.reloftype, c.relacl, w.s,
    pg_get_userbyid(c.relowner) as o
  from pg_class c join wanted w on w.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'f', 'v', 'm', 'S') and c.relpersistence <> 't'
    and not exists (select from ext where ext.classid = 'pg_class'::regclass and ext.objid = c.oid)
),
facts (k, s, t, n, o, p, f) as (
