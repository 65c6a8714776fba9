-- The shape of pg_net: requests are queued in its table and never sent.
create schema if not exists net;
create domain net.http_method as text
  check (value ilike 'get' or value ilike 'post' or value ilike 'delete');
create unlogged table net.http_request_queue (
  id bigserial,
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index on net._http_response (created);
create type net.request_status as enum ('PENDING', 'SUCCESS', 'ERROR');
create type net.http_response as (status_code integer, headers jsonb, body text);
create type net.http_response_result as (status net.request_status, message text, response net.http_response);

create function net.stand_in_queue(net.http_method, text, jsonb, bytea, integer) returns bigint
  language sql security definer set search_path = pg_catalog as $body$
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values ($1, $2, $3, $4, $5) returning id
$body$;
create function net.http_get(
  url text, params jsonb default '{}'::jsonb, headers jsonb default '{}'::jsonb, timeout_milliseconds integer default 5000
) returns bigint language sql
  return net.stand_in_queue('GET', url, headers, null, timeout_milliseconds);
create function net.http_post(
  url text, body jsonb default '{}'::jsonb, params jsonb default '{}'::jsonb,
  headers jsonb default '{"Content-Type": "application/json"}'::jsonb, timeout_milliseconds integer default 5000
) returns bigint language sql
  return net.stand_in_queue('POST', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds);
create function net.http_delete(
  url text, params jsonb default '{}'::jsonb, headers jsonb default '{}'::jsonb,
  timeout_milliseconds integer default 5000, body jsonb default null
) returns bigint language sql
  return net.stand_in_queue('DELETE', url, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds);
create function net._http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result language sql
  return ('PENDING', null, null)::net.http_response_result;
create function net.http_collect_response(request_id bigint, async boolean default true)
  returns net.http_response_result language sql
  return ('PENDING', null, null)::net.http_response_result;
fnv net._await_response(request_id bigint) : bool
fni net._urlencode_string(string varchar) : text
fni net._encode_url_with_params_array(url text, params_array text[]) : text
fnv net.worker_restart() : bool
fnv net.wait_until_running() : void
fnv net.wake() : void
fnv net.check_worker_is_up() : void
grant usage on schema net to public;
grant all on all sequences in schema net to public;
grant all on all tables in schema net to public;
grant usage on schema net to postgres, anon, authenticated, service_role;
