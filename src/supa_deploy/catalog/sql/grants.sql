-- Privileges as PostgreSQL keeps them (aclitem's text), read apart in acl.py. `n` says what they are on.
select 'acl', r.s, r.relname, case r.relkind when 'S' then 'sequence' when 'v' then 'view'
    when 'm' then 'view' else 'table' end, r.o, 0, to_json(r.relacl::text[])
from rel r where r.relacl is not null
union all
select 'acl', r.s, r.relname || '.' || a.attname, 'column', r.o, 0, to_json(a.attacl::text[])
from rel r join pg_attribute a on a.attrelid = r.oid and a.attacl is not null and not a.attisdropped
union all
select 'acl', w.s, p.proname || '(' || oidvectortypes(p.proargtypes) || ')', 'function',
  pg_get_userbyid(p.proowner), 0, to_json(coalesce(p.proacl, acldefault('f', p.proowner))::text[])
from pg_proc p join wanted w on w.oid = p.pronamespace
where not exists (select from ext where ext.classid = 'pg_proc'::regclass and ext.objid = p.oid)
  and not exists (select from pg_depend g where g.classid = 'pg_proc'::regclass and g.objid = p.oid
    and g.deptype = 'i' and g.refclassid = 'pg_type'::regclass)
union all
select 'acl', w.s, t.typname, 'type', pg_get_userbyid(t.typowner), 0,
  to_json(coalesce(t.typacl, acldefault('T', t.typowner))::text[])
from pg_type t join wanted w on w.oid = t.typnamespace left join pg_class c on c.oid = t.typrelid
where (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c' or t.typtype = 'b' and t.typcategory <> 'A')
  and not exists (select from ext where ext.classid = 'pg_type'::regclass and ext.objid = t.oid)
union all
select 'acl', n.nspname, null, 'schema', pg_get_userbyid(n.nspowner), 0, to_json(n.nspacl::text[])
from pg_namespace n
where n.nspacl is not null and n.nspname !~ '^pg_'
  and n.nspname not in ('information_schema', 'supabase_migrations')
  and not exists (select from ext where ext.classid = 'pg_namespace'::regclass and ext.objid = n.oid)
union all
select 'default', coalesce(n.nspname, ''), pg_get_userbyid(d.defaclrole), case d.defaclobjtype when 'r' then 'tables'
    when 'S' then 'sequences' when 'f' then 'functions' when 'T' then 'types' else 'schemas' end,
  pg_get_userbyid(d.defaclrole), 0, to_json(d.defaclacl::text[])
from pg_default_acl d left join pg_namespace n on n.oid = d.defaclnamespace
