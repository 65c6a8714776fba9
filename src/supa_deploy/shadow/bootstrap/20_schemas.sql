-- Schemas, the extensions that every project has, and who may do what in them.
create schema auth authorization supabase_auth_admin;
create schema storage authorization supabase_storage_admin;
create schema realtime authorization supabase_realtime_admin;
create schema extensions authorization postgres;
create schema vault;
create schema graphql;
create schema graphql_public;
create schema pgbouncer authorization pgbouncer;

do $database$
begin
  execute format('alter database %I owner to postgres', current_database());
  execute format('grant all on database %I to dashboard_user', current_database());
end
$database$;

-- A packager may have left these out; what they are missed for is made by hand below.
do $extensions$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('pgcrypto', 'extensions'),
      ('uuid-ossp', 'extensions'),
      ('pg_stat_statements', 'extensions'),
      ('supabase_vault', 'vault')
    ) as extension (name, schema)
    where exists (select from pg_available_extensions as there where there.name = extension.name)
  loop
    execute format('create extension if not exists %I with schema %I', wanted.name, wanted.schema);
  end loop;
  if to_regproc('extensions.uuid_generate_v4') is null then
    create function extensions.uuid_generate_v4() returns uuid language sql volatile parallel safe
      as 'select pg_catalog.gen_random_uuid()';
  end if;
end
$extensions$;

grant usage, create on schema public to postgres;
grant usage on schema public, extensions, auth, storage, realtime, graphql_public
  to postgres, anon, authenticated, service_role;
grant all on schema auth, storage, realtime, extensions, graphql_public to postgres, dashboard_user;
grant usage on schema graphql to postgres, anon, authenticated, service_role;
grant usage on schema vault to postgres, service_role;
grant usage on schema public to supabase_storage_admin, supabase_auth_admin, supabase_realtime_admin;

grant all on all tables in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to postgres with grant option;
grant all on all sequences in schema extensions to postgres with grant option;
grant all on all routines in schema extensions to dashboard_user;
alter default privileges in schema extensions grant all on tables to postgres with grant option;
alter default privileges in schema extensions grant all on routines to postgres with grant option;
alter default privileges in schema extensions grant all on sequences to postgres with grant option;
