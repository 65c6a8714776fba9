-- What hangs on a relation. What a partition has only because its parent has it is left out.
select 'constraint', r.s, r.relname, c.conname, r.o, 0,
  json_strip_nulls(json_build_object(
    'type', case c.contype when 'p' then 'primary key' when 'u' then 'unique' when 'f' then 'foreign key'
      when 'x' then 'exclusion' else 'check' end,
    'definition', regexp_replace(pg_get_constraintdef(c.oid), ' NOT VALID$', ''),
    'validated', case when not c.convalidated then 'false' end,
    'comment', d.description))
from rel r
join pg_constraint c on c.conrelid = r.oid
left join pg_description d on d.classoid = 'pg_constraint'::regclass and d.objoid = c.oid
where c.contype in ('p', 'u', 'c', 'f', 'x') and c.conparentid = 0 and c.conislocal
union all
select 'index', r.s, r.relname, x.relname, r.o, 0,
  json_strip_nulls(json_build_object(
    'definition', pg_get_indexdef(i.indexrelid),
    'unique', case when i.indisunique then 'true' end,
    'valid', case when not i.indisvalid then 'false' end,
    'ready', case when not i.indisready then 'false' end,
    'replica_identity', case when i.indisreplident then 'true' end,
    'clustered', case when i.indisclustered then 'true' end,
    'constraint', case when c.oid is not null then 'true' end,
    'comment', d.description))
from rel r
join pg_index i on i.indrelid = r.oid
join pg_class x on x.oid = i.indexrelid and not x.relispartition
left join pg_constraint c on c.conindid = i.indexrelid and c.conrelid = r.oid and c.contype in ('p', 'u', 'x')
left join pg_description d on d.classoid = 'pg_class'::regclass and d.objoid = x.oid and d.objsubid = 0
union all
select 'policy', r.s, r.relname, p.polname, r.o, 0,
  json_strip_nulls(json_build_object(
    'command', case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update'
      when 'd' then 'delete' else 'all' end,
    'restrictive', case when not p.polpermissive then 'true' end,
    'roles', (select string_agg(case when x = 0 then 'public' else pg_get_userbyid(x)::text end, ', '
      order by case when x = 0 then 'public' else pg_get_userbyid(x)::text end) from unnest(p.polroles) as x),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid),
    'comment', d.description))
from rel r
join pg_policy p on p.polrelid = r.oid
left join pg_description d on d.classoid = 'pg_policy'::regclass and d.objoid = p.oid
union all
select 'trigger', r.s, r.relname, g.tgname, r.o, 0,
  json_strip_nulls(json_build_object(
    'definition', pg_get_triggerdef(g.oid),
    'function', n.nspname || '.' || p.proname,
    'enabled', case g.tgenabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end,
    'comment', d.description))
from rel r
join pg_trigger g on g.tgrelid = r.oid and not g.tgisinternal and g.tgparentid = 0
join pg_proc p on p.oid = g.tgfoid
join pg_namespace n on n.oid = p.pronamespace
left join pg_description d on d.classoid = 'pg_trigger'::regclass and d.objoid = g.oid
where not exists (select from ext where ext.classid = 'pg_trigger'::regclass and ext.objid = g.oid)
union all
select 'rule', r.s, r.relname, w.rulename, r.o, 0,
  json_strip_nulls(json_build_object(
    'definition', pg_get_ruledef(w.oid),
    'enabled', case w.ev_enabled when 'D' then 'disabled' when 'R' then 'replica' when 'A' then 'always' end,
    'comment', d.description))
from rel r
join pg_rewrite w on w.ev_class = r.oid and w.rulename <> '_RETURN'
left join pg_description d on d.classoid = 'pg_rewrite'::regclass and d.objoid = w.oid
union all
select 'statistics', w.s, c.relname, x.stxname, pg_get_userbyid(x.stxowner), 0,
  json_strip_nulls(json_build_object(
    'definition', pg_get_statisticsobjdef(x.oid),
    'target', nullif(x.stxstattarget, -1)::text,
    'comment', d.description))
from pg_statistic_ext x
join wanted w on w.oid = x.stxnamespace
join pg_class c on c.oid = x.stxrelid
left join pg_description d on d.classoid = 'pg_statistic_ext'::regclass and d.objoid = x.oid
