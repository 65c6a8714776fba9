-- Tables, views, sequences, and the columns of the first two.
select 'table', r.s, null, r.relname, r.o, 0,
  json_strip_nulls(json_build_object(
    'kind', case r.relkind when 'p' then 'partitioned table' when 'f' then 'foreign table' end,
    'rls', case when r.relrowsecurity then 'true' end,
    'force_rls', case when r.relforcerowsecurity then 'true' end,
    'persistence', case when r.relpersistence = 'u' then 'unlogged' end,
    'replica_identity', case r.relreplident when 'n' then 'nothing' when 'f' then 'full' when 'i' then 'index' end,
    'options', (select string_agg(x, ', ' order by x) from unnest(r.reloptions) as x),
    'access_method', case when r.relkind = 'r' then (select amname from pg_am
      where pg_am.oid = r.relam and amname <> 'heap') end,
    'partition_key', case when r.relkind = 'p' then pg_get_partkeydef(r.oid) end,
    'partition_bound', case when r.relispartition then pg_get_expr(r.relpartbound, r.oid) end,
    'parents', case when r.relhassubclass or r.relispartition or i.inhrelid is not null then
      (select string_agg(h.inhparent::regclass::text, ', ' order by h.inhseqno) from pg_inherits h
        where h.inhrelid = r.oid) end,
    'of_type', case when r.reloftype <> 0 then r.reloftype::regtype::text end,
    'server', (select v.srvname from pg_foreign_table t join pg_foreign_server v on v.oid = t.ftserver
      where t.ftrelid = r.oid and r.relkind = 'f'),
    'comment', d.description))
from rel r
left join (select distinct inhrelid from pg_inherits) i on i.inhrelid = r.oid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid and d.objsubid = 0
where r.relkind in ('r', 'p', 'f')
union all
select 'view', r.s, null, r.relname, r.o, 0,
  json_strip_nulls(json_build_object(
    'kind', case r.relkind when 'm' then 'materialized view' end,
    'definition', pg_get_viewdef(r.oid),
    'options', (select string_agg(x, ', ' order by x) from unnest(r.reloptions) as x),
    'comment', d.description))
from rel r
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid and d.objsubid = 0
where r.relkind in ('v', 'm')
union all
select 'sequence', r.s, null, r.relname, r.o, 0,
  json_strip_nulls(json_build_object(
    'type', format_type(q.seqtypid, null),
    'start', nullif(q.seqstart, 1)::text,
    'increment', nullif(q.seqincrement, 1)::text,
    'min', nullif(q.seqmin, 1)::text,
    'max', nullif(q.seqmax, case q.seqtypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647
      else 9223372036854775807 end)::text,
    'cache', nullif(q.seqcache, 1)::text,
    'cycle', case when q.seqcycle then 'true' end,
    'persistence', case when r.relpersistence = 'u' then 'unlogged' end,
    'owned_by', w.relname || '.' || a.attname,
    'identity', case when g.deptype = 'i' then 'true' end,
    'comment', d.description))
from rel r
join pg_sequence q on q.seqrelid = r.oid
left join pg_depend g on g.classid = 'pg_class'::regclass and g.objid = r.oid and g.objsubid = 0
  and g.refclassid = 'pg_class'::regclass and g.refobjsubid > 0 and g.deptype in ('a', 'i')
left join pg_class w on w.oid = g.refobjid
left join pg_attribute a on a.attrelid = g.refobjid and a.attnum = g.refobjsubid
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid and d.objsubid = 0
union all
-- By far the most there is of anything: put together as text, in half of json_build_object's time.
select 'column', r.s, r.relname, a.attname, r.o, a.attnum,
  (concat('{"type":', to_json(format_type(a.atttypid, a.atttypmod)),
    case when a.attnotnull then ',"not_null":"true"' end,
    case when a.atthasdef then concat(case when a.attgenerated = '' then ',"default":' else ',"generated":' end,
      to_json(pg_get_expr(e.adbin, e.adrelid))) end,
    case a.attidentity when 'a' then ',"identity":"always"' when 'd' then ',"identity":"by default"' end,
    case when a.attcollation <> t.typcollation and a.attcollation <> 0
      then concat(',"collation":', to_json(a.attcollation::regcollation::text)) end,
    case when a.attstorage <> t.typstorage and r.relkind in ('r', 'p', 'm') then concat(',"storage":',
      case a.attstorage when 'p' then '"plain"' when 'e' then '"external"' when 'm' then '"main"'
      else '"extended"' end) end,
    case a.attcompression when 'p' then ',"compression":"pglz"' when 'l' then ',"compression":"lz4"' end,
    case when a.attstattarget >= 0 then concat(',"statistics":"', a.attstattarget, '"') end,
    case when a.attoptions is not null
      then concat(',"options":', to_json(array_to_string(a.attoptions, ', '))) end,
    case when a.attnum <> a.place then concat(',"position":"', a.attnum, '"') end,
    case when d.description is not null then concat(',"comment":', to_json(d.description)) end, '}'))::json
from rel r
join (select attrelid, attname, attnum, atttypid, atttypmod, attnotnull, atthasdef, attgenerated, attidentity,
    attcollation, attstorage, attcompression, attstattarget, attoptions,
    row_number() over (partition by attrelid order by attnum) as place
  from pg_attribute where attnum > 0 and not attisdropped
    and attrelid in (select oid from rel where relkind <> 'S')) a on a.attrelid = r.oid
join pg_type t on t.oid = a.atttypid
left join pg_attrdef e on e.adrelid = a.attrelid and e.adnum = a.attnum
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = r.oid and d.objsubid = a.attnum
where r.relkind <> 'S'
