-- vault, graphql and database webhooks: their surface. Where the real extension is there, it has made its own.
do $vault$
begin
  if to_regclass('vault.secrets') is not null then
    return;
  end if;
  -- In the scratch database a secret is what it is: nothing is encrypted, and everything is gone with the run.
  create table vault.secrets (
    id uuid primary key default gen_random_uuid(),
    name text,
    description text not null default '',
    secret text not null,
    key_id uuid,
    nonce bytea default gen_random_uuid()::text::bytea,
    created_at timestamptz not null default current_timestamp,
    updated_at timestamptz not null default current_timestamp
  );
  create unique index secrets_name_idx on vault.secrets (name) where name is not null;
  create view vault.decrypted_secrets as
    select id, name, description, secret, secret as decrypted_secret, key_id, nonce, created_at, updated_at
    from vault.secrets;
  create function vault.create_secret(
    new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
  ) returns uuid language sql security definer set search_path to '' as '
    insert into vault.secrets (secret, name, description, key_id)
    values (new_secret, new_name, new_description, new_key_id) returning id
  ';
  create function vault.update_secret(
    secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
    new_key_id uuid default null
  ) returns void language sql security definer set search_path to '' as '
    update vault.secrets set
      secret = coalesce(new_secret, secret), name = coalesce(new_name, name),
      description = coalesce(new_description, description), key_id = coalesce(new_key_id, key_id),
      updated_at = current_timestamp
    where id = secret_id
  ';
  revoke all on function vault.create_secret, vault.update_secret from public;
  grant all on vault.secrets, vault.decrypted_secrets to postgres with grant option;
  grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
  grant execute on function vault.create_secret, vault.update_secret to postgres with grant option;
  grant execute on function vault.create_secret, vault.update_secret to service_role;
end
$vault$;

-- graphql_public is exposed by the Data API; until pg_graphql is created, its one function says so.
create function graphql_public.graphql(
  "operationName" text default null, query text default null, variables jsonb default null, extensions jsonb default null
) returns jsonb language sql stable as $$
  select jsonb_build_object(
    'errors', jsonb_build_array(jsonb_build_object('message', 'pg_graphql is not enabled in this database'))
  )
$$;
grant execute on function graphql_public.graphql to postgres, anon, authenticated, service_role;

create function pgbouncer.get_auth(p_usename text) returns table (username text, password text)
language plpgsql security definer set search_path to '' as $$
begin
  return;
end
$$;
revoke all on function pgbouncer.get_auth from public;

-- Database webhooks, as a project has them once they are switched on. A trigger on a scratch table calls nobody.
create schema supabase_functions authorization supabase_functions_admin;
grant usage on schema supabase_functions to postgres, anon, authenticated, service_role;
set role supabase_functions_admin;
create table supabase_functions.migrations (version text primary key, inserted_at timestamptz not null default now());
create table supabase_functions.hooks (
  id bigserial primary key,
  hook_table_id integer not null,
  hook_name text not null,
  created_at timestamptz not null default now(),
  request_id bigint
);
create function supabase_functions.http_request() returns trigger language plpgsql security definer
set search_path to 'supabase_functions' as $$
begin
  return coalesce(new, old);
end
$$;
grant all on all tables in schema supabase_functions to postgres, anon, authenticated, service_role;
grant all on all sequences in schema supabase_functions to postgres, anon, authenticated, service_role;
grant execute on function supabase_functions.http_request to postgres, anon, authenticated, service_role;
set role supabase_admin;
