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
