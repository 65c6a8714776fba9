-- The shape of pg_tle: extensions are taken and not installed.
create schema if not exists pgtle;
do $do$
begin
  if not exists (select from pg_roles where rolname = 'pgtle_admin') then
    create role pgtle_admin nologin;
  end if;
end
$do$;
create type pgtle.password_types as enum ('PASSWORD_TYPE_PLAINTEXT', 'PASSWORD_TYPE_MD5', 'PASSWORD_TYPE_SCRAM_SHA_256');
create type pgtle.pg_tle_features as enum ('passcheck', 'clientauth');
create table pgtle.feature_info (
  feature pgtle.pg_tle_features, schema_name text, proname text, obj_identity text, primary key (feature, schema_name, proname)
);
fnv pgtle.install_extension(name text, version text, description text, ext text, requires text[] default null) : bool
fnv pgtle.install_extension(name text, version text, description text, ext text, requires text[], schema text) : bool
fnv pgtle.install_extension_version_sql(name text, version text, ext text) : bool
fnv pgtle.install_update_path(name text, fromvers text, tovers text, ext text) : bool
fnv pgtle.uninstall_extension(extname text) : bool
fnv pgtle.uninstall_extension(extname text, version text) : bool
fnv pgtle.uninstall_extension_if_exists(extname text) : bool
fnv pgtle.uninstall_update_path(extname text, fromvers text, tovers text) : bool
fnv pgtle.set_default_version(name text, version text) : bool
fnv pgtle.register_feature(proc regproc, feature pgtle.pg_tle_features) : void
fnv pgtle.unregister_feature(proc regproc, feature pgtle.pg_tle_features) : void
fns pgtle.available_extensions(out name name, out default_version text, out comment text) : setof record
fns pgtle.available_extension_versions(out name name, out version text, out superuser boolean, out trusted boolean, out relocatable boolean, out schema name, out requires name[], out comment text) : setof record
fns pgtle.extension_update_paths(name name, out source text, out target text, out path text) : setof record
grant usage on schema pgtle to public;
grant pgtle_admin to postgres;
