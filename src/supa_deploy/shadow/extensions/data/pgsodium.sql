-- The shape of pgsodium: keys are rows, nothing is encrypted.
do $do$
declare
  name text;
begin
  foreach name in array array['pgsodium_keyiduser', 'pgsodium_keyholder', 'pgsodium_keymaker'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin', name);
    end if;
  end loop;
end
$do$;
grant pgsodium_keyholder, pgsodium_keyiduser to pgsodium_keymaker;
grant pgsodium_keyiduser to pgsodium_keyholder;
grant pgsodium_keyiduser, pgsodium_keyholder, pgsodium_keymaker to postgres with admin option;

create type pgsodium.key_status as enum ('default', 'valid', 'invalid', 'expired');
create type pgsodium.key_type as enum ('aead-ietf', 'aead-det', 'hmacsha512', 'hmacsha256', 'auth', 'shorthash',
  'generichash', 'kdf', 'secretbox', 'secretstream', 'stream_xchacha20');
create type pgsodium.crypto_box_keypair as (public bytea, secret bytea);
create type pgsodium.crypto_kx_keypair as (public bytea, secret bytea);
create type pgsodium.crypto_kx_session as (rx bytea, tx bytea);
create type pgsodium.crypto_sign_keypair as (public bytea, secret bytea);
create type pgsodium.crypto_signcrypt_keypair as (public bytea, secret bytea);
create sequence pgsodium.key_key_id_seq;
create table pgsodium.key (
  id uuid primary key default gen_random_uuid(),
  status pgsodium.key_status default 'valid',
  created timestamptz not null default current_timestamp,
  expires timestamptz,
  key_type pgsodium.key_type,
  key_id bigint default nextval('pgsodium.key_key_id_seq'),
  key_context bytea default '\x7067736f6469756d' check (length(key_context) = 8),
  name text unique,
  associated_data text default 'associated',
  raw_key bytea,
  raw_key_nonce bytea,
  parent_key uuid references pgsodium.key (id),
  comment text,
  user_data text
);
create view pgsodium.valid_key as
  select id, name, status, key_type, key_id, key_context, created, expires, associated_data
  from pgsodium.key where status in ('valid', 'default') and (expires is null or expires > now());
create view pgsodium.decrypted_key as
  select *, raw_key as decrypted_raw_key from pgsodium.key;
create view pgsodium.mask_columns as
  select null::regclass as attrelid, null::name as attname, null::text as key_id, null::text as key_id_column,
    null::text as associated_columns, null::text as nonce_column, null::text as format_type where false;
create view pgsodium.masking_rule as
  select null::oid as attrelid, null::integer as attnum, null::name as relnamespace, null::name as relname,
    null::name as attname, null::text as format_type, null::text as key_id where false;
create function pgsodium.create_key(
  key_type pgsodium.key_type default 'aead-det', name text default null, raw_key bytea default null,
  raw_key_nonce bytea default null, parent_key uuid default null, key_context bytea default '\x7067736f6469756d',
  expires timestamptz default null, associated_data text default ''
) returns pgsodium.valid_key language sql security definer set search_path = '' as $body$
  insert into pgsodium.key (key_type, name, raw_key, raw_key_nonce, parent_key, key_context, expires, associated_data)
  values ($1, $2, $3, $4, $5, $6, $7, $8)
  returning id, name, status, key_type, key_id, key_context, created, expires, associated_data
$body$;
create function pgsodium.get_key_by_id(uuid) returns pgsodium.valid_key language sql stable security definer
  set search_path = '' as 'select * from pgsodium.valid_key where id = $1';
create function pgsodium.get_key_by_name(text) returns pgsodium.valid_key language sql stable security definer
  set search_path = '' as 'select * from pgsodium.valid_key where name = $1';
create function pgsodium.get_named_keys(filter text default '%') returns setof pgsodium.valid_key language sql stable
  security definer set search_path = '' as 'select * from pgsodium.valid_key where name like $1';

-- The message comes back as it went in.
do $do$
declare
  key text;
  kind text;
begin
  foreach key in array array['bytea', 'uuid', 'bigint'] loop
    foreach kind in array array['encrypt', 'decrypt'] loop
      execute format('create function pgsodium.crypto_aead_det_%s(message bytea, additional bytea, %s, nonce bytea default null)
        returns bytea language sql immutable return message', kind,
        case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid'
          else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
      execute format('create function pgsodium.crypto_aead_ietf_%s(message bytea, additional bytea, nonce bytea, %s)
        returns bytea language sql immutable return message', kind,
        case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid'
          else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
    end loop;
    execute format('create function pgsodium.crypto_secretbox(message bytea, nonce bytea, %s) returns bytea language sql immutable return message',
      case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid' else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
    execute format('create function pgsodium.crypto_secretbox_open(ciphertext bytea, nonce bytea, %s) returns bytea language sql immutable return ciphertext',
      case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid' else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
    foreach kind in array array['crypto_auth', 'crypto_auth_hmacsha256', 'crypto_auth_hmacsha512', 'crypto_shorthash', 'crypto_generichash'] loop
      execute format('create function pgsodium.%s(message bytea, %s) returns bytea language sql immutable return sha256(message)', kind,
        case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid' else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
    end loop;
    foreach kind in array array['crypto_auth_verify', 'crypto_auth_hmacsha256_verify', 'crypto_auth_hmacsha512_verify'] loop
      execute format('create function pgsodium.%s(hash bytea, message bytea, %s) returns boolean language sql immutable return true', kind,
        case key when 'bytea' then 'key bytea' when 'uuid' then 'key_uuid uuid' else 'key_id bigint, context bytea default ''pgsodium''::bytea' end);
    end loop;
  end loop;
  foreach kind in array array['crypto_aead_det_keygen', 'crypto_aead_det_noncegen', 'crypto_aead_ietf_keygen',
    'crypto_aead_ietf_noncegen', 'crypto_auth_keygen', 'crypto_auth_hmacsha256_keygen', 'crypto_auth_hmacsha512_keygen',
    'crypto_box_noncegen', 'crypto_box_new_seed', 'crypto_generichash_keygen', 'crypto_kdf_keygen', 'crypto_kx_new_seed',
    'crypto_pwhash_saltgen', 'crypto_secretbox_keygen', 'crypto_secretbox_noncegen', 'crypto_secretstream_keygen',
    'crypto_shorthash_keygen', 'crypto_sign_new_seed', 'crypto_stream_xchacha20_keygen', 'crypto_stream_xchacha20_noncegen'
  ] loop
    execute format('create function pgsodium.%s() returns bytea language sql volatile return sha256(gen_random_uuid()::text::bytea)', kind);
  end loop;
end
$do$;
fnv pgsodium.randombytes_random() : integer
fnv pgsodium.randombytes_uniform(upper_bound integer) : integer
fnv pgsodium.randombytes_new_seed() : bytea
fnv pgsodium.randombytes_buf(size integer) : bytea
fnv pgsodium.randombytes_buf_deterministic(size integer, seed bytea) : bytea
fni pgsodium.crypto_cmp(text, text) : bool
fni pgsodium.crypto_hash_sha256(message bytea) : bytea
fni pgsodium.crypto_hash_sha512(message bytea) : bytea
fni pgsodium.crypto_kdf_derive_from_key(subkey_size bigint, subkey_id bigint, context bytea, primary_key bytea) : bytea
fni pgsodium.crypto_kdf_derive_from_key(subkey_size integer, subkey_id bigint, context bytea, primary_key uuid) : bytea
fni pgsodium.crypto_pwhash(password bytea, salt bytea) : bytea
fni pgsodium.crypto_pwhash_str(password bytea) : bytea
fni pgsodium.crypto_pwhash_str_verify(hashed_password bytea, password bytea) : bool
fni pgsodium.derive_key(key_id bigint, key_len integer default 32, context bytea default 'pgsodium'::bytea) : bytea
fni pgsodium.pgsodium_derive(key_id bigint, key_len integer default 32, context bytea default 'pgsodium'::bytea) : bytea
fnv pgsodium.crypto_box_new_keypair() : pgsodium.crypto_box_keypair
fnv pgsodium.crypto_kx_new_keypair() : pgsodium.crypto_kx_keypair
fnv pgsodium.crypto_sign_new_keypair() : pgsodium.crypto_sign_keypair
fnv pgsodium.crypto_signcrypt_new_keypair() : pgsodium.crypto_signcrypt_keypair
fni pgsodium.crypto_box(message bytea, nonce bytea, public bytea, secret bytea) : bytea
fni pgsodium.crypto_box_open(ciphertext bytea, nonce bytea, public bytea, secret bytea) : bytea
fni pgsodium.crypto_box_seal(message bytea, public_key bytea) : bytea
fni pgsodium.crypto_box_seal_open(ciphertext bytea, public_key bytea, secret_key bytea) : bytea
fni pgsodium.crypto_sign(message bytea, key bytea) : bytea
fni pgsodium.crypto_sign_open(signed_message bytea, key bytea) : bytea
fni pgsodium.crypto_sign_detached(message bytea, key bytea) : bytea
fni pgsodium.crypto_sign_verify_detached(sig bytea, message bytea, key bytea) : bool
fnv pgsodium.enable_security_label_trigger() : void
fnv pgsodium.disable_security_label_trigger() : void
fnv pgsodium.update_masks(debug boolean default false) : void
fnv pgsodium.update_mask(target oid, debug boolean default false) : void
fnv pgsodium.mask_role(masked_role regrole, source_name text, view_name text) : void
fns pgsodium.has_mask(role regrole, source_name text) : bool
fni pgsodium.version() : text
grant usage on schema pgsodium to public;
grant all on all tables in schema pgsodium to pgsodium_keymaker, pgsodium_keyholder;
grant select on all tables in schema pgsodium to pgsodium_keyiduser;
grant all on all functions in schema pgsodium to pgsodium_keyiduser, service_role;
