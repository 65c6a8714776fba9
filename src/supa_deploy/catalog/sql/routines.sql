-- Functions, procedures, aggregates, and types.
select 'function', w.s, null, p.proname || '(' || oidvectortypes(p.proargtypes) || ')',
  pg_get_userbyid(p.proowner), 0,
  json_strip_nulls(json_build_object(
    'kind', case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' when 'w' then 'window function' end,
    'arguments', nullif(pg_get_function_arguments(p.oid), ''),
    'result', pg_get_function_result(p.oid),
    'language', l.lanname,
    'volatility', case p.provolatile when 'i' then 'immutable' when 's' then 'stable' end,
    'security', case when p.prosecdef then 'definer' end,
    'strict', case when p.proisstrict then 'true' end,
    'leakproof', case when p.proleakproof then 'true' end,
    'parallel', case p.proparallel when 's' then 'safe' when 'r' then 'restricted' end,
    'config', (select string_agg(x, ', ' order by x) from unnest(p.proconfig) as x),
    'cost', case when p.procost <> case when l.lanname in ('c', 'internal') then 1 else 100 end
      then p.procost::text end,
    'rows', case when p.proretset and p.prorows <> 1000 then p.prorows::text end,
    'body', case when p.prosqlbody is not null then pg_get_function_sqlbody(p.oid)
      when p.prokind = 'a' then concat_ws(' ', 'sfunc', a.aggtransfn, 'stype', format_type(a.aggtranstype, null),
        'finalfunc', nullif(a.aggfinalfn, 0), 'combinefunc', nullif(a.aggcombinefn, 0),
        'sortop', nullif(a.aggsortop, 0)::regoperator, 'initcond', a.agginitval)
      else p.prosrc end,
    'library', p.probin,
    'comment', d.description))
from pg_proc p
join wanted w on w.oid = p.pronamespace
join pg_language l on l.oid = p.prolang
left join pg_aggregate a on a.aggfnoid = p.oid
left join pg_description d on d.classoid = 'pg_proc'::regclass and d.objoid = p.oid
where not exists (select from ext where ext.classid = 'pg_proc'::regclass and ext.objid = p.oid)
  -- what a range type brings along: its constructors
  and not exists (select from pg_depend g where g.classid = 'pg_proc'::regclass and g.objid = p.oid
    and g.deptype = 'i' and g.refclassid = 'pg_type'::regclass)
union all
select 'type', w.s, null, t.typname, pg_get_userbyid(t.typowner), 0,
  json_strip_nulls(json_build_object(
    'kind', case t.typtype when 'e' then 'enum' when 'c' then 'composite type' when 'd' then 'domain'
      when 'r' then 'range type' else 'base type' end,
    'labels', (select json_agg(e.enumlabel order by e.enumsortorder)::text from pg_enum e where e.enumtypid = t.oid),
    'attributes', case when t.typtype = 'c' then (select string_agg(quote_ident(a.attname) || ' '
      || format_type(a.atttypid, a.atttypmod), ', ' order by a.attnum) from pg_attribute a
      where a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped) end,
    'base', case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end,
    'not_null', case when t.typnotnull then 'true' end,
    'default', t.typdefault,
    'constraints', case when t.typtype = 'd' then (select string_agg(quote_ident(k.conname) || ' '
      || pg_get_constraintdef(k.oid), ', ' order by k.conname) from pg_constraint k
      where k.contypid = t.oid and k.contype = 'c') end,
    'subtype', case when t.typtype = 'r' then (select g.rngsubtype::regtype::text from pg_range g
      where g.rngtypid = t.oid) end,
    'input', case when t.typtype = 'b' then t.typinput::text end,
    'comment', d.description))
from pg_type t
join wanted w on w.oid = t.typnamespace
left join pg_class c on c.oid = t.typrelid
left join pg_description d on d.classoid = 'pg_type'::regclass and d.objoid = t.oid
where (t.typtype in ('e', 'd', 'r') or t.typtype = 'c' and c.relkind = 'c' or t.typtype = 'b' and t.typcategory <> 'A')
  and not exists (select from ext where ext.classid = 'pg_type'::regclass and ext.objid = t.oid)
