-- What no schema holds: the schemas themselves, extensions, event triggers, publications and their members.
select 'schema', n.nspname, null::text, n.nspname::text, pg_get_userbyid(n.nspowner)::text, 0,
  json_strip_nulls(json_build_object('comment', d.description))
from pg_namespace n
left join pg_description d on d.classoid = 'pg_namespace'::regclass and d.objoid = n.oid and d.objsubid = 0
where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'supabase_migrations')
  and not exists (select from ext where ext.classid = 'pg_namespace'::regclass and ext.objid = n.oid)
union all
select 'extension', '', null, e.extname, pg_get_userbyid(e.extowner), 0,
  json_build_object('schema', n.nspname, 'version', e.extversion)
from pg_extension e join pg_namespace n on n.oid = e.extnamespace
union all
select 'event trigger', '', null, e.evtname, pg_get_userbyid(e.evtowner), 0,
  json_strip_nulls(json_build_object(
    'event', e.evtevent, 'tags', array_to_string(e.evttags, ', '), 'executes', e.evtfoid::regprocedure::text,
    'enabled', case e.evtenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end,
    'comment', d.description))
from pg_event_trigger e
left join pg_description d on d.classoid = 'pg_event_trigger'::regclass and d.objoid = e.oid
where not exists (select from ext where ext.classid = 'pg_event_trigger'::regclass and ext.objid = e.oid)
union all
select 'publication', '', null, p.pubname, pg_get_userbyid(p.pubowner), 0,
  json_strip_nulls(json_build_object(
    'tables', case when p.puballtables then 'all' end,
    'publish', concat_ws(', ', case when p.pubinsert then 'insert' end, case when p.pubupdate then 'update' end,
      case when p.pubdelete then 'delete' end, case when p.pubtruncate then 'truncate' end),
    'via_root', case when p.pubviaroot then 'true' end))
from pg_publication p
union all
select 'publication', n.nspname, c.relname, p.pubname, pg_get_userbyid(p.pubowner), 0,
  json_strip_nulls(json_build_object(
    'where', pg_get_expr(m.prqual, m.prrelid),
    'columns', (select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute a
      where a.attrelid = m.prrelid and a.attnum = any (m.prattrs))))
from pg_publication_rel m
join pg_publication p on p.oid = m.prpubid
join pg_class c on c.oid = m.prrelid
join pg_namespace n on n.oid = c.relnamespace
union all
select 'publication', n.nspname, null, p.pubname, pg_get_userbyid(p.pubowner), 0, '{}'::json
from pg_publication_namespace m
join pg_publication p on p.oid = m.pnpubid
join pg_namespace n on n.oid = m.pnnspid
