-- Roles of a Supabase database. They belong to the whole server, which may be a given one that has them already: then
-- they stay as they are, but for the memberships that later scripts rest on.
-- Facts: supabase/postgres (migrations/db), supabase/realtime, supabase/storage, supabase/auth.
do $roles$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      -- The scratch server of our own has it from initdb, with a login; nobody is to log in by it elsewhere.
      ('supabase_admin', 'superuser createdb createrole replication bypassrls nologin'),
      -- Not a superuser on hosted projects: what takes one must fail here as it does there.
      ('postgres', 'login createdb createrole replication bypassrls'),
      ('anon', 'nologin'),
      ('authenticated', 'nologin'),
      ('service_role', 'nologin bypassrls'),
      ('authenticator', 'login noinherit'),
      ('dashboard_user', 'nologin createdb createrole replication'),
      ('pgbouncer', 'login'),
      ('supabase_auth_admin', 'login noinherit createrole'),
      ('supabase_storage_admin', 'login noinherit createrole'),
      ('supabase_functions_admin', 'login noinherit createrole'),
      ('supabase_realtime_admin', 'nologin noinherit'),
      ('supabase_replication_admin', 'login replication'),
      ('supabase_etl_admin', 'login replication'),
      ('supabase_read_only_user', 'login bypassrls'),
      ('supabase_privileged_role', 'nologin')
    ) as role (name, attributes)
    where not exists (select from pg_roles where rolname = role.name)
  loop
    execute format('create role %I %s', wanted.name, wanted.attributes);
    case wanted.name
      when 'postgres' then
        alter role postgres set search_path to "$user", public, extensions;
        -- Files that were applied before storage began to refuse it may delete from its tables (40_storage.sql).
        alter role postgres set storage.allow_delete_query to 'true';
      when 'anon' then alter role anon set statement_timeout to '3s';
      when 'authenticated' then alter role authenticated set statement_timeout to '8s';
      when 'authenticator' then
        alter role authenticator set statement_timeout to '8s';
        alter role authenticator set lock_timeout to '8s';
      when 'supabase_auth_admin' then
        alter role supabase_auth_admin set search_path to auth;
        alter role supabase_auth_admin set idle_in_transaction_session_timeout to '60s';
      when 'supabase_storage_admin' then alter role supabase_storage_admin set search_path to storage;
      else null;
    end case;
  end loop;
end
$roles$;

-- Whoever sent this is a superuser; what follows belongs to the platform's own.
set role supabase_admin;
alter role supabase_admin set search_path to "$user", public, auth, extensions;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_storage_admin;
grant authenticator to supabase_storage_admin;
grant pg_read_all_data to supabase_read_only_user, supabase_etl_admin;
do $memberships$
declare
  version integer := current_setting('server_version_num');
  parameter text;
begin
  if (select rolsuper from pg_roles where rolname = 'postgres') then
    return;  -- a given server's superuser may do everything anyway
  end if;
  grant anon, authenticated, service_role, authenticator to postgres with admin option;
  grant pg_monitor, pg_read_all_data, pg_signal_backend to postgres with admin option;
  -- Hosted projects let postgres manage triggers, policies and more in the services' schemas, and move and comment on
  -- extensions, through an extension that is not here (older files were applied through such memberships).
  grant supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin, supabase_functions_admin to postgres;
  if version >= 160000 then
    execute 'grant pg_create_subscription to postgres with admin option';
    execute 'grant supabase_admin to postgres with inherit true, set false';
  else
    grant supabase_admin to postgres;
  end if;
  -- Likewise the settings that it may give to roles and to its database. PostgreSQL knows no patterns here: these are
  -- PostgREST's, those that are seen in migrations, and those that Supabase's documentation names.
  foreach parameter in array array[
    'pgrst.db_aggregates_enabled', 'pgrst.db_anon_role', 'pgrst.db_extra_search_path', 'pgrst.db_hoisted_tx_settings',
    'pgrst.db_max_rows', 'pgrst.db_plan_enabled', 'pgrst.db_pre_config', 'pgrst.db_pre_request',
    'pgrst.db_prepared_statements', 'pgrst.db_root_spec', 'pgrst.db_schemas', 'pgrst.db_tx_end', 'pgrst.jwt_aud',
    'pgrst.jwt_cache_max_lifetime', 'pgrst.jwt_role_claim_key', 'pgrst.jwt_secret', 'pgrst.jwt_secret_is_base64',
    'pgrst.log_level', 'pgrst.openapi_mode', 'pgrst.openapi_security_active', 'pgrst.raw_media_types',
    'pgrst.server_cors_allowed_origins', 'pgrst.server_timing_enabled',
    'app.jwt_secret', 'app.jwt_exp', 'app.supabase_url', 'app.service_role_key', 'app.anon_key', 'app.settings.jwt_secret',
    'app.settings.jwt_exp', 'app.settings.supabase_url', 'app.settings.service_role_key', 'app.settings.anon_key',
    'app.settings.supabase_anon_key', 'app.settings.supabase_service_role_key', 'app.settings.project_url',
    'safeupdate.enabled', 'pgaudit.log', 'auto_explain.log_min_duration', 'auto_explain.log_analyze',
    'pg_stat_statements.track', 'session_replication_role', 'log_min_duration_statement', 'log_min_messages',
    'log_statement', 'log_lock_waits', 'log_temp_files', 'log_parameter_max_length', 'log_replication_commands',
    'track_functions', 'track_io_timing', 'wal_compression'
  ] loop
    execute format('grant set on parameter %s to postgres', parameter);
  end loop;
end
$memberships$;
