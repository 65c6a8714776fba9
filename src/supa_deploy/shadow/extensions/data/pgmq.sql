-- pgmq as far as migrations use it: queues are real tables, messages real rows.
create table pgmq.meta (
  queue_name varchar unique not null,
  is_partitioned boolean not null,
  is_unlogged boolean not null,
  created_at timestamptz default now() not null
);
create type pgmq.message_record as (
  msg_id bigint, read_ct integer, enqueued_at timestamptz, vt timestamptz, message jsonb
);
create type pgmq.queue_record as (
  queue_name varchar, is_partitioned boolean, is_unlogged boolean, created_at timestamptz
);
create type pgmq.metrics_result as (
  queue_name text, queue_length bigint, newest_msg_age_sec integer, oldest_msg_age_sec integer, total_messages bigint,
  scrape_time timestamptz
);
create function pgmq.format_table_name(queue_name text, prefix text) returns text language sql
  return lower(prefix || '_' || queue_name);
fnv pgmq.validate_queue_name(queue_name text) : void
fnv pgmq.acquire_queue_lock(queue_name text) : void
create function pgmq._belongs_to_pgmq(table_name text) returns boolean language sql stable as $body$
  select exists (
    select from pg_depend d join pg_extension e on e.oid = d.refobjid and e.extname = 'pgmq'
    where d.objid = to_regclass('pgmq.' || quote_ident(table_name)) and d.deptype = 'e'
  )
$body$;
create function pgmq.stand_in_create(queue_name text, kind text) returns void language plpgsql as $body$
declare
  q text := pgmq.format_table_name(queue_name, 'q');
  a text := pgmq.format_table_name(queue_name, 'a');
begin
  if length(queue_name) > 47 then
    raise 'queue name is too long, maximum length is 47 characters';
  end if;
  execute format('create %s table if not exists pgmq.%I (
      msg_id bigint primary key generated always as identity,
      read_ct integer default 0 not null,
      enqueued_at timestamptz default now() not null,
      vt timestamptz not null,
      message jsonb)', kind, q);
  execute format('create table if not exists pgmq.%I (
      msg_id bigint primary key,
      read_ct integer default 0 not null,
      enqueued_at timestamptz default now() not null,
      archived_at timestamptz default now() not null,
      vt timestamptz not null,
      message jsonb)', a);
  if not pgmq._belongs_to_pgmq(q) then
    execute format('alter extension pgmq add table pgmq.%I', q);
    execute format('alter extension pgmq add sequence pgmq.%I', q || '_msg_id_seq');
  end if;
  if not pgmq._belongs_to_pgmq(a) then
    execute format('alter extension pgmq add table pgmq.%I', a);
  end if;
  execute format('create index if not exists %I on pgmq.%I (vt)', q || '_vt_idx', q);
  execute format('create index if not exists %I on pgmq.%I (archived_at)', 'archived_at_idx_' || queue_name, a);
  insert into pgmq.meta (queue_name, is_partitioned, is_unlogged)
  values (queue_name, false, kind <> '') on conflict do nothing;
end
$body$;
create function pgmq.create_non_partitioned(queue_name text) returns void language sql
  return pgmq.stand_in_create(queue_name, '');
create function pgmq.create(queue_name text) returns void language sql
  return pgmq.stand_in_create(queue_name, '');
create function pgmq.create_unlogged(queue_name text) returns void language sql
  return pgmq.stand_in_create(queue_name, 'unlogged');
create function pgmq.create_partitioned(
  queue_name text, partition_interval text default '10000', retention_interval text default '100000'
) returns void language plpgsql as 'begin raise ''pg_partman is required for partitioned queues''; end';
create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $body$
declare
  q text := pgmq.format_table_name(queue_name, 'q');
  a text := pgmq.format_table_name(queue_name, 'a');
begin
  if to_regclass('pgmq.' || quote_ident(q)) is null then
    return false;
  end if;
  execute format('alter extension pgmq drop sequence pgmq.%I', q || '_msg_id_seq');
  execute format('alter extension pgmq drop table pgmq.%I', q);
  execute format('alter extension pgmq drop table pgmq.%I', a);
  execute format('drop table pgmq.%I, pgmq.%I', q, a);
  delete from pgmq.meta m where m.queue_name = $1;
  return true;
end
$body$;
create function pgmq.drop_queue(queue_name text, partitioned boolean) returns boolean language sql
  return pgmq.drop_queue(queue_name);
create function pgmq.send(queue_name text, msg jsonb, delay timestamptz) returns setof bigint language plpgsql as $body$
begin
  return query execute format('insert into pgmq.%I (vt, message) values ($2, $1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')) using msg, delay;
end
$body$;
create function pgmq.send(queue_name text, msg jsonb, delay integer default 0) returns setof bigint language sql
  begin atomic select pgmq.send(queue_name, msg, clock_timestamp() + make_interval(secs => delay)); end;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz) returns setof bigint language sql
  begin atomic select pgmq.send(queue_name, m, delay) from unnest(msgs) as m; end;
create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer default 0) returns setof bigint language sql
  begin atomic select pgmq.send(queue_name, m, delay) from unnest(msgs) as m; end;
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
  returns setof pgmq.message_record language plpgsql as $body$
begin
  return query execute format('update pgmq.%1$I m set vt = clock_timestamp() + make_interval(secs => $1), read_ct = read_ct + 1
    where msg_id in (select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit $2 for update skip locked)
    returning m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message', pgmq.format_table_name(queue_name, 'q')) using vt, qty;
end
$body$;
create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer, max_poll_seconds integer default 5, poll_interval_ms integer default 100,
  conditional jsonb default '{}'
) returns setof pgmq.message_record language sql
  begin atomic select * from pgmq.read(queue_name, vt, qty); end;
create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $body$
begin
  return query execute format('delete from pgmq.%1$I where msg_id = (
      select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit 1 for update skip locked)
    returning msg_id, read_ct, enqueued_at, vt, message', pgmq.format_table_name(queue_name, 'q'));
end
$body$;
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $body$
begin
  return query execute format('delete from pgmq.%I where msg_id = any ($1) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')) using msg_ids;
end
$body$;
create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language sql
  return exists (select pgmq.delete(queue_name, array[msg_id]));
create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $body$
begin
  return query execute format('with gone as (delete from pgmq.%I where msg_id = any ($1) returning msg_id, read_ct, enqueued_at, vt, message)
    insert into pgmq.%I (msg_id, read_ct, enqueued_at, vt, message) select * from gone returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')) using msg_ids;
end
$body$;
create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language sql
  return exists (select pgmq.archive(queue_name, array[msg_id]));
create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer) returns setof pgmq.message_record
  language plpgsql as $body$
begin
  return query execute format('update pgmq.%I m set vt = clock_timestamp() + make_interval(secs => $2) where m.msg_id = $1
    returning m.msg_id, m.read_ct, m.enqueued_at, m.vt, m.message', pgmq.format_table_name(queue_name, 'q')) using msg_id, vt;
end
$body$;
create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $body$
declare
  gone bigint;
begin
  execute format('delete from pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  get diagnostics gone = row_count;
  return gone;
end
$body$;
create function pgmq.list_queues() returns setof pgmq.queue_record language sql
  begin atomic select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta; end;
create function pgmq.detach_archive(queue_name text) returns void language plpgsql as $body$
begin
  execute format('alter extension pgmq drop table pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
end
$body$;
fnv pgmq.metrics(queue_name text) : pgmq.metrics_result
fnv pgmq.metrics_all() : setof pgmq.metrics_result
fnv pgmq.convert_archive_partitioned(table_name text, partition_interval text default '10000', retention_interval text default '100000', leading_partition integer default 10) : void
grant usage on schema pgmq to pg_monitor;
grant select on all tables in schema pgmq to pg_monitor;
grant all on schema pgmq to postgres;
grant all on all tables in schema pgmq to postgres with grant option;
