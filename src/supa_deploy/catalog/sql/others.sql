-- What is rare: known by PostgreSQL's own name for it (pg_identify_object), with what is cheap to read.
-- Options of servers and wrappers may be secrets: a fingerprint.
select 'other', coalesce(i.schema, ''), null, i.type || ' ' || i.identity, pg_get_userbyid(x.owner), 0,
  json_strip_nulls(json_build_object('kind', i.type, 'definition', nullif(x.definition, ''), 'options', x.options,
    'comment', d.description))
from (
  select 'pg_operator'::regclass as class, q.oid, q.oprowner as owner, q.oprnamespace as space,
    concat_ws(' ', 'function', q.oprcode, 'commutator', nullif(q.oprcom, 0)::regoperator,
      'negator', nullif(q.oprnegate, 0)::regoperator, case when q.oprcanhash then 'hashes' end,
      case when q.oprcanmerge then 'merges' end) as definition, null as options
  from pg_operator q where q.oprnamespace in (select oid from wanted)
  union all
  select 'pg_opclass'::regclass, q.oid, q.opcowner, q.opcnamespace,
    concat_ws(' ', case when q.opcdefault then 'default' end, 'for', q.opcintype::regtype,
      'storage', nullif(q.opckeytype, 0)::regtype), null
  from pg_opclass q where q.opcnamespace in (select oid from wanted)
  union all
  select 'pg_opfamily'::regclass, q.oid, q.opfowner, q.opfnamespace, '', null
  from pg_opfamily q where q.opfnamespace in (select oid from wanted)
  union all
  select 'pg_collation'::regclass, q.oid, q.collowner, q.collnamespace,
    concat_ws(' ', 'provider', q.collprovider, case when not q.collisdeterministic then 'nondeterministic' end,
      q.collcollate, q.collctype, coalesce(to_jsonb(q) ->> 'colllocale', to_jsonb(q) ->> 'colliculocale')), null
  from pg_collation q where q.collnamespace in (select oid from wanted)
  union all
  select 'pg_conversion'::regclass, q.oid, q.conowner, q.connamespace, q.conproc::text, null
  from pg_conversion q where q.connamespace in (select oid from wanted)
  union all
  select 'pg_ts_config'::regclass, q.oid, q.cfgowner, q.cfgnamespace,
    (select string_agg(m.maptokentype || ' ' || m.mapdict::regdictionary, ', ' order by m.maptokentype, m.mapseqno)
      from pg_ts_config_map m where m.mapcfg = q.oid), null
  from pg_ts_config q where q.cfgnamespace in (select oid from wanted)
  union all
  select 'pg_ts_dict'::regclass, q.oid, q.dictowner, q.dictnamespace,
    concat_ws(' ', 'template', (select tmplname from pg_ts_template m where m.oid = q.dicttemplate), q.dictinitoption),
    null
  from pg_ts_dict q where q.dictnamespace in (select oid from wanted)
  union all
  select 'pg_cast'::regclass, q.oid, p.proowner, null,
    concat_ws(' ', 'function', nullif(q.castfunc, 0)::regprocedure, 'context', q.castcontext, 'method', q.castmethod),
    null
  from pg_cast q left join pg_proc p on p.oid = q.castfunc where q.oid >= 16384
    and not exists (select from pg_depend g where g.classid = 'pg_cast'::regclass and g.objid = q.oid
      and g.deptype = 'i')
  union all
  select 'pg_foreign_server'::regclass, q.oid, q.srvowner, null,
    (select 'wrapper ' || f.fdwname from pg_foreign_data_wrapper f where f.oid = q.srvfdw), md5(q.srvoptions::text)
  from pg_foreign_server q
  union all
  select 'pg_foreign_data_wrapper'::regclass, q.oid, q.fdwowner, null,
    concat_ws(' ', 'handler', nullif(q.fdwhandler, 0)::regproc), md5(q.fdwoptions::text)
  from pg_foreign_data_wrapper q
  union all
  select 'pg_am'::regclass, q.oid, null, null, 'handler ' || q.amhandler, null from pg_am q where q.oid >= 16384
  union all
  select 'pg_language'::regclass, q.oid, q.lanowner, null, case when q.lanpltrusted then 'trusted' end, null
  from pg_language q where q.oid >= 16384
) as x
cross join lateral pg_identify_object(x.class, x.oid, 0) as i
left join pg_description d on d.classoid = x.class and d.objoid = x.oid and d.objsubid = 0
where not exists (select from ext where ext.classid = x.class and ext.objid = x.oid)
