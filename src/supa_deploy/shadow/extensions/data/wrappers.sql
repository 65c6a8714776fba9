-- The shape of Supabase Wrappers: handlers that make foreign tables possible, and none of them readable.
do $do$
declare
  name text;
begin
  foreach name in array array['airtable', 'auth0', 'big_query', 'click_house', 'cognito', 'duckdb', 'dynamo_db', 'firebase',
    'hello_world', 'iceberg', 'logflare', 'mongodb', 'mssql', 'mysql', 'redis', 's3', 's3_vectors', 'stripe', 'wasm'] loop
    -- postgres_fdw's own handler: it takes any table's shape and connects only when one is read.
    execute format('create function %s_fdw_handler() returns fdw_handler language c strict as ''$libdir/postgres_fdw'', ''postgres_fdw_handler''', name);
    execute format('create function %s_fdw_validator(options text[], catalog oid) returns void language plpgsql as ''begin end''', name);
    execute format('create function %s_fdw_meta() returns table (name text, version text, author text, website text) language plpgsql as ''begin end''', name);
  end loop;
end
$do$;
create table wrappers_fdw_stats (
  fdw_name text not null primary key, create_times bigint, rows_in bigint, rows_out bigint, bytes_in bigint,
  bytes_out bigint, metadata jsonb, created_at timestamptz not null default timezone('utc', now()),
  updated_at timestamptz not null default timezone('utc', now())
);

-- Hosted projects let postgres create foreign data wrappers (supautils); PostgreSQL asks for a superuser. So it is one
-- for the length of that statement; where the statement fails, the transaction takes it back.
create function wrappers_stand_in_allow() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog as $body$
begin
  if tg_event = 'ddl_command_end' then
    if current_setting('stand_in.raised', true) = 'yes' then
      alter role postgres nosuperuser;
      perform set_config('stand_in.raised', '', true);
    end if;
  elsif not (select rolsuper from pg_roles where rolname = 'postgres') then
    alter role postgres superuser;
    perform set_config('stand_in.raised', 'yes', true);
  end if;
end
$body$;
create event trigger wrappers_stand_in_before on ddl_command_start
  when tag in ('CREATE FOREIGN DATA WRAPPER') execute function wrappers_stand_in_allow();
create event trigger wrappers_stand_in_after on ddl_command_end
  when tag in ('CREATE FOREIGN DATA WRAPPER') execute function wrappers_stand_in_allow();
