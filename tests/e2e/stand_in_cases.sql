-- What migrations of real projects write for extensions that the scratch server only pretends. Each case runs as
-- postgres, who is no superuser. "shows" is asked afterwards, "as" is what the real extension would print.

-- case: embeddings with a column type, an index and its parameters
create extension if not exists vector with schema extensions;
create table documents (id bigserial primary key, content text, metadata jsonb, embedding vector(1536));
create index on documents using hnsw (embedding vector_cosine_ops) with (m = 16, ef_construction = 64);
-- shows: select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'documents'::regclass and attname = 'embedding'
-- as: vector(1536)
-- shows: select indexdef from pg_indexes where tablename = 'documents' and indexdef like '%hnsw%'
-- as: CREATE INDEX documents_embedding_idx ON public.documents USING hnsw (embedding vector_cosine_ops) WITH (m='16', ef_construction='64')

-- case: lists of ivfflat, named and quoted
create extension vector;
create table items (id int, e vector(3));
create index if not exists "Items_E" on public.items using ivfflat (e vector_l2_ops) with (lists = '100') where id > 0;
create index items_ip on items using ivfflat (e vector_ip_ops)
  with (
    lists=10
  );
-- shows: select indexdef from pg_indexes where indexname = 'Items_E'
-- as: CREATE INDEX "Items_E" ON public.items USING ivfflat (e) WITH (lists='100') WHERE (id > 0)
-- shows: select indexdef from pg_indexes where indexname = 'items_ip'
-- as: CREATE INDEX items_ip ON public.items USING ivfflat (e vector_ip_ops) WITH (lists='10')

-- case: index parameters in a DO block
create extension vector;
create table items (id int, e vector(3));
do $$ begin
  if not exists (select from pg_indexes where indexname = 'items_e') then
    execute 'create index items_e on items using hnsw (e vector_l1_ops) with (m = 8)';
  end if;
end $$;
-- shows: select indexdef from pg_indexes where indexname = 'items_e'
-- as: CREATE INDEX items_e ON public.items USING hnsw (e vector_l1_ops) WITH (m='8')

-- case: half vectors by expression
create extension vector with schema extensions;
create table items (id int, e extensions.vector(3072));
create index items_half on items using hnsw ((e::extensions.halfvec(3072)) extensions.halfvec_cosine_ops);
-- shows: select indexdef from pg_indexes where indexname = 'items_half'
-- as: CREATE INDEX items_half ON public.items USING hnsw (((e)::halfvec(3072)) halfvec_cosine_ops)

-- case: bits and sparse vectors
create extension vector;
create table items (b bit(8), s sparsevec(500));
create index items_b on items using hnsw (b bit_hamming_ops);
create index items_s on items using hnsw (s sparsevec_cosine_ops);
select b <~> b'11110000', s <=> '{1:1}/500' from items;
-- shows: select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'items'::regclass and attname = 's'
-- as: sparsevec(500)

-- case: match_documents
create extension vector with schema extensions;
create table documents (id bigserial primary key, content text, metadata jsonb, embedding vector(1536));
create or replace function match_documents(query_embedding vector(1536), match_count int default null, filter jsonb default '{}')
returns table (id bigint, content text, metadata jsonb, similarity float)
language plpgsql as $$
#variable_conflict use_column
begin
  return query
  select id, content, metadata, 1 - (documents.embedding <=> query_embedding) as similarity
  from documents where metadata @> filter
  order by documents.embedding <=> query_embedding limit match_count;
end;
$$;
create function nearest(q extensions.vector) returns setof documents language sql stable as $$
  select * from documents order by embedding <#> q, embedding <-> q, embedding <+> q limit 5
$$;
-- shows: select pg_get_function_arguments('match_documents'::regproc)
-- as: query_embedding vector, match_count integer DEFAULT NULL::integer, filter jsonb DEFAULT '{}'::jsonb

-- case: vectors as rows, from arrays, averaged
create extension vector;
create table items (id int, e vector(3) not null default '[0,0,0]');
insert into items values (1, '[1,2,3]'), (2, array[1, 2, 3]::vector), (3, default), (4, array_fill(0.1, array[3])::vector);
create index on items using hnsw (e vector_l2_ops);
insert into items select i, '[3,2,1]' from generate_series(5, 400) i;
create view averages as select avg(e) as mean, sum(e) as total, vector_dims(min(e::text)::vector) from items;
-- shows: select e::text || vector_dims(e) from items where id = 2
-- as: [1,2,3]3
-- shows: select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'items'::regclass
-- as: '[0,0,0]'::vector

-- case: as supabase db dump writes it
CREATE EXTENSION IF NOT EXISTS "vector" WITH SCHEMA "public";
CREATE EXTENSION IF NOT EXISTS "pg_net" WITH SCHEMA "extensions";
CREATE EXTENSION IF NOT EXISTS "supabase_vault" WITH SCHEMA "vault";
CREATE TABLE IF NOT EXISTS "public"."chunks" ("id" bigint NOT NULL, "embedding" "public"."vector"(384));
ALTER TABLE "public"."chunks" OWNER TO "postgres";
CREATE INDEX "chunks_embedding_idx" ON "public"."chunks" USING "hnsw" ("embedding" "public"."vector_ip_ops") WITH ("m"='16', "ef_construction"='64');
GRANT ALL ON FUNCTION "public"."vector_in"("cstring", "oid", integer) TO "anon";
GRANT ALL ON FUNCTION "public"."halfvec_accum"(double precision[], "public"."halfvec") TO "service_role";
GRANT ALL ON FUNCTION "public"."array_to_sparsevec"(real[], integer, boolean) TO "postgres";
GRANT ALL ON FUNCTION "public"."hnsw_bit_support"("internal") TO "authenticated";
GRANT ALL ON FUNCTION "public"."avg"("public"."vector") TO "anon";
-- shows: select indexdef from pg_indexes where indexname = 'chunks_embedding_idx'
-- as: CREATE INDEX chunks_embedding_idx ON public.chunks USING hnsw (embedding vector_ip_ops) WITH (m='16', ef_construction='64')

-- case: a version, and an update
create extension vector with schema extensions version '0.7.0';
alter extension vector update;
-- shows: select extversion || ' ' || extnamespace::regnamespace from pg_extension where extname = 'vector'
-- as: 0.8.0 extensions

-- case: a job by name
create extension if not exists pg_cron with schema pg_catalog;
grant usage on schema cron to postgres;
grant all privileges on all tables in schema cron to postgres;
select cron.schedule('nightly-vacuum', '0 3 * * *', $$vacuum$$);
select cron.schedule('every-minute', '30 seconds', 'select 1');
-- shows: select jobname || ' ' || schedule || ' ' || command || ' ' || username from cron.job where jobid = 1
-- as: nightly-vacuum 0 3 * * * vacuum postgres

-- case: a job without a name, changed and taken back
create extension pg_cron;
select cron.schedule('*/5 * * * *', $$select net.http_post(url := 'https://x.supabase.co/functions/v1/f')$$);
select cron.alter_job(1, schedule := '0 * * * *', active := false);
select cron.schedule_in_database('other', '@daily', 'select 1', 'postgres');
select cron.unschedule('other');
do $$ begin perform cron.unschedule(jobid) from cron.job where jobname = 'nobody'; end $$;
-- shows: select schedule || ' ' || active from cron.job
-- as: 0 * * * * false

-- case: a job that a service calls
create extension pg_cron;
create extension pg_net with schema extensions;
select cron.schedule('invoke', '* * * * *', $$
  select net.http_post(
    url := (select decrypted_secret from vault.decrypted_secrets where name = 'project_url') || '/functions/v1/x',
    headers := jsonb_build_object('Content-type', 'application/json'),
    body := concat('{"time": "', now(), '"}')::jsonb
  ) as request_id;
$$);
-- shows: select count(*) from cron.job
-- as: 1

-- case: a request from a trigger
create extension if not exists pg_net;
create table orders (id int);
create function tell() returns trigger language plpgsql security definer as $$
begin
  perform net.http_post('https://example.com/hook', jsonb_build_object('id', new.id), headers := '{"a": "b"}'::jsonb, timeout_milliseconds := 1000);
  perform net.http_get('https://example.com');
  return new;
end $$;
create trigger tell after insert on orders for each row execute function tell();
insert into orders values (7);
-- shows: select string_agg(method || ' ' || url, ', ' order by id) from net.http_request_queue
-- as: POST https://example.com/hook, GET https://example.com

-- case: answers of requests
create extension pg_net;
create view answers as select id, status_code, content::json, created from net._http_response;
create policy nothing on answers_of for select using (true);
-- fails: relation "answers_of" does not exist

-- case: synchronous requests
create extension if not exists http with schema extensions;
create function weather() returns jsonb language plpgsql as $$
declare
  response extensions.http_response;
begin
  select * into response from extensions.http((
    'GET', 'https://example.com', array[extensions.http_header('Authorization', 'x')], 'application/json', null
  )::extensions.http_request);
  perform status from http_post('https://example.com', '{}', 'application/json');
  return (select content::jsonb from http_get('https://example.com'));
end $$;
-- shows: select weather()::text
-- as: {}

-- case: a place with its index and a function
create extension if not exists postgis with schema extensions;
create table restaurants (id int primary key, name text not null, location extensions.geography(point) not null);
create index restaurants_geo_index on public.restaurants using gist (location);
insert into restaurants values (1, 'Supa Burger', st_point(-73.946823, 40.807416)), (2, 'Pizza', 'SRID=4326;POINT(-73.94 40.81)');
create or replace function nearby_restaurants(lat float, long float)
returns table (id int, name text, lat float, long float, dist_meters float)
set search_path = ''
language sql as $$
  select id, name, extensions.st_y(location::extensions.geometry) as lat, extensions.st_x(location::extensions.geometry) as long,
    extensions.st_distance(location, extensions.st_point(long, lat)::extensions.geography) as dist_meters
  from public.restaurants
  order by location operator(extensions.<->) extensions.st_point(long, lat)::extensions.geography;
$$;
-- shows: select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'restaurants'::regclass and attname = 'location'
-- as: geography(Point,4326)
-- shows: select indexdef from pg_indexes where indexname = 'restaurants_geo_index'
-- as: CREATE INDEX restaurants_geo_index ON public.restaurants USING gist (location)
-- shows: select count(*) from nearby_restaurants(40.8, -73.9)
-- as: 2

-- case: geometries of every kind
create extension postgis;
create table shapes (a geometry, b geometry(point), c geometry(Polygon, 4326), d geometry(MultiLineStringZM, 2154),
  e geography, f geography(LineString, 4326), g geometry(Geometry, 3857), h geometry(PointZ), i geometry(point, 27700)[]);
-- shows: select string_agg(format_type(atttypid, atttypmod), ' ' order by attnum) from pg_attribute where attrelid = 'shapes'::regclass and attnum > 0
-- as: geometry geometry(Point) geometry(Polygon,4326) geometry(MultiLineStringZM,2154) geography geography(LineString,4326) geometry(Geometry,3857) geometry(PointZ) geometry(Point,27700)[]
-- shows: select string_agg(f_geometry_column || ' ' || type || ' ' || srid || ' ' || coord_dimension, ', ' order by f_geometry_column) from geometry_columns where f_geometry_column in ('b', 'c', 'd')
-- as: b POINT 0 2, c POLYGON 4326 2, d MULTILINESTRING 2154 4
-- shows: select atttypmod from pg_attribute where attrelid = 'shapes'::regclass and attname = 'c'
-- as: 1107468

-- case: a place made of two columns
create extension postgis with schema extensions;
create table places (lat double precision, lng double precision,
  geog geography(point, 4326) generated always as (st_setsrid(st_makepoint(lng, lat), 4326)::geography) stored,
  area geometry(polygon, 4326) check (st_isvalid(area)));
create index on places using gist (geog);
create index on places using spgist (area);
create index on places using brin (area);
create index places_by on places using gist (geography(area));
insert into places values (1, 2, default, 'POLYGON((0 0, 1 1, 1 0, 0 0))');
-- shows: select pg_get_expr(adbin, adrelid) from pg_attrdef where adrelid = 'places'::regclass
-- as: (st_setsrid(st_makepoint(lng, lat), 4326))::geography
-- shows: select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'places'::regclass
-- as: CHECK (st_isvalid(area))
-- shows: select indexdef from pg_indexes where indexname = 'places_by'
-- as: CREATE INDEX places_by ON public.places USING gist (geography(area))

-- case: tiles, clusters and unions
create extension postgis;
create table roads (id int, geom geometry(LineString, 4326));
create function tile(z int, x int, y int) returns bytea language sql stable as $$
  select st_asmvt(q, 'roads') from (
    select id, st_asmvtgeom(st_transform(geom, 3857), st_tileenvelope(z, x, y)) as geom from roads
    where geom && st_transform(st_tileenvelope(z, x, y), 4326)
  ) q
$$;
create view clusters as select st_clusterdbscan(geom, 50, 2) over () as cid, id from roads;
create materialized view all_roads as
  select st_union(geom) as geom, st_extent(geom) as box, st_asgeojson(st_collect(geom))::jsonb as json from roads;
-- shows: select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 'all_roads'::regclass and attname = 'geom'
-- as: geometry

-- case: no two in one place
create extension postgis;
create extension btree_gist;
create table bookings (room int, place geometry(polygon, 4326), exclude using gist (room with =, place with &&));
-- shows: select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'bookings'::regclass
-- as: EXCLUDE USING gist (room WITH =, place WITH &&)

-- case: topology and TIGER
create extension postgis with schema extensions;
create extension postgis_topology;
create extension postgis_tiger_geocoder cascade;
select topology.createtopology('city', 4326);
-- shows: select string_agg(extnamespace::regnamespace::text, ' ' order by extname) from pg_extension where extname like 'postgis%'
-- as: extensions tiger topology

-- case: queues with policies
create extension if not exists pgmq;
select pgmq.create('tasks');
select pgmq.create_unlogged('fast');
alter table pgmq.q_tasks enable row level security;
create policy readers on pgmq.q_tasks for select to authenticated using (true);
grant select, insert, update, delete on pgmq.q_tasks to service_role;
select pgmq.send('tasks', '{"a": 1}'::jsonb);
select * from pgmq.send_batch('tasks', array['{}', '{}']::jsonb[], 0);
select pgmq.archive('tasks', 2);
select pgmq.drop_queue('fast');
-- shows: select queue_name from pgmq.list_queues()
-- as: tasks
-- shows: select (select msg_id from pgmq.pop('tasks')) || ' ' || (select count(*) from pgmq.read('tasks', 30, 5)) || ' ' || (select count(*) from pgmq.a_tasks)
-- as: 1 1 1

-- case: functions that wrap a queue
create schema if not exists pgmq;
create extension pgmq with schema pgmq;
create schema pgmq_public;
create or replace function pgmq_public.pop(queue_name text) returns setof pgmq.message_record
language plpgsql set search_path = '' as $$
begin
  return query select * from pgmq.pop(queue_name := queue_name);
end;
$$;
select pgmq.create(queue_name := 'jobs');
-- shows: select count(*) from pgmq_public.pop('jobs')
-- as: 0

-- case: secrets
select vault.create_secret('s3kr3t', 'api_key', 'for tests');
create function key() returns text language sql security definer set search_path = ''
  as $$ select decrypted_secret from vault.decrypted_secrets where name = 'api_key' $$;
select vault.update_secret((select id from vault.secrets where name = 'api_key'), 'other');
-- shows: select key()
-- as: other

-- case: encryption
create extension if not exists pgsodium;
create table secrets (id uuid default gen_random_uuid(), key_id uuid not null references pgsodium.key (id),
  nonce bytea default pgsodium.crypto_aead_det_noncegen(), secret text);
insert into secrets (key_id, secret) select id, 'x' from pgsodium.create_key(name := 'mine');
create function seal(message text, key uuid) returns text language sql as $$
  select encode(pgsodium.crypto_aead_det_encrypt(convert_to(message, 'utf8'), ''::bytea, key, null::bytea), 'base64')
$$;
-- shows: select seal('x', key_id) from secrets
-- as: eA==

-- case: documents that match a schema
create extension pg_jsonschema with schema extensions;
create table docs (body json check (extensions.json_matches_schema('{"type": "object"}', body)));
insert into docs values ('{}');
-- shows: select pg_get_constraintdef(oid) from pg_constraint where conrelid = 'docs'::regclass
-- as: CHECK (json_matches_schema('{"type": "object"}'::json, body))

-- case: tokens
create extension pgjwt with schema extensions;
-- shows: select extensions.sign('{"sub":"1234567890","name":"John Doe","admin":true}', 'secret')
-- as: eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiYWRtaW4iOnRydWV9.TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ
-- shows: select valid from extensions.verify(extensions.sign('{"a":1}', 's'), 's')
-- as: True

-- case: hashed ids
create extension pg_hashids with schema extensions;
create table links (id bigserial, code text generated always as (extensions.id_encode(id, 'salt', 8)) stored);
insert into links default values;
-- shows: select length(code) from links
-- as: 8

-- case: GraphQL
drop extension if exists pg_graphql;
create extension if not exists pg_graphql with schema graphql;
comment on schema public is '@graphql({"inflect_names": true})';
grant usage on schema graphql to anon;
-- shows: select extversion from pg_extension where extname = 'pg_graphql'
-- as: 1.5.11

-- case: advice on indexes
create extension index_advisor cascade;
select * from index_advisor('select 1');
select * from hypopg_create_index('create index on pg_class (relname)');
-- shows: select count(*) from hypopg_list_indexes
-- as: 0

-- case: foreign data
create extension if not exists wrappers with schema extensions;
create foreign data wrapper stripe_wrapper handler stripe_fdw_handler validator stripe_fdw_validator;
create server stripe_server foreign data wrapper stripe_wrapper options (api_key_id 'x', api_url 'https://api.stripe.com/v1/');
create schema stripe;
create foreign table stripe.customers (id text, email text, attrs jsonb) server stripe_server options (object 'customers', rowid_column 'id');
-- shows: select ftoptions::text from pg_foreign_table
-- as: {object=customers,rowid_column=id}
-- shows: show is_superuser
-- as: off

-- case: full text search of any language
create extension pgroonga with schema extensions;
create table memos (id int, content text, tags text[], data jsonb);
create index memos_content on memos using pgroonga (content) with (tokenizer='TokenMecab');
create index memos_data on memos using pgroonga (data);
create function find(q text) returns setof memos language sql as $$
  select * from memos where content &@~ q or content &@ q order by pgroonga_score(tableoid, ctid) desc
$$;
-- shows: select indexdef from pg_indexes where indexname = 'memos_content'
-- as: CREATE INDEX memos_content ON public.memos USING pgroonga (content) WITH (tokenizer='TokenMecab')

-- case: RUM
create extension rum with schema extensions;
create table texts (body tsvector);
create index texts_body on texts using rum (body extensions.rum_tsvector_ops);
select body <=> to_tsquery('a') from texts;
-- shows: select indexdef from pg_indexes where indexname = 'texts_body'
-- as: CREATE INDEX texts_body ON public.texts USING rum (body)

-- case: time series
create extension if not exists timescaledb with schema extensions;
create table metrics (time timestamptz not null, value float);
select create_hypertable('metrics', 'time');
select create_hypertable('metrics', by_range('time', interval '1 day'), if_not_exists => true);
select add_retention_policy('metrics', interval '90 days');
create view hourly as select time_bucket('1 hour', time) as bucket, avg(value), first(value, time), last(value, time) from metrics group by 1;
-- shows: select count(*) from hourly
-- as: 0

-- case: tools that only have to be there
create extension pgtap with schema extensions;
create extension plpgsql_check;
create extension pgaudit;
create extension pg_repack;
create extension pg_tle;
select pgtle.install_extension('x', '1.0', 'd', 'select 1');
select * from plpgsql_check_function('now()'::regprocedure);
-- shows: select extensions.pgtap_version()
-- as: 0

-- case: real extensions that hosted projects let postgres create
create extension if not exists pg_stat_statements with schema extensions;
create extension pgrowlocks;
create extension postgres_fdw;
create extension dblink;
create extension moddatetime with schema extensions;
create extension earthdistance cascade;
-- shows: select count(*) from pg_extension where extname in ('pgrowlocks', 'postgres_fdw', 'dblink', 'moddatetime', 'earthdistance', 'cube')
-- as: 6

-- case: real ones that are trusted anyway
create extension pg_trgm with schema extensions;
create extension citext;
create extension unaccent;
create extension btree_gin;
create table t (a citext);
create index on t using gin ((a::text) extensions.gin_trgm_ops);
-- shows: select format_type(atttypid, atttypmod) from pg_attribute where attrelid = 't'::regclass and attname = 'a'
-- as: citext

-- case: what cannot be pretended
create extension plv8;
-- fails: extension "plv8" is not available

-- case: what a hosted project refuses too
create extension pg_cron with schema extensions;
-- fails: extension "pg_cron" must be installed in schema "pg_catalog"
