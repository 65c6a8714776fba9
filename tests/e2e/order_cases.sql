-- case: out: index on a table of a later file
create index notes_body on public.notes (body);
-- next file
create table public.notes (body text);
-- case: in: index after its table
CREATE TABLE notes (body text);
-- next file
CREATE INDEX notes_body ON notes (body);
-- case: out: foreign key to a later table
create table public.comments (id bigint primary key, note bigint references public.notes (id));
-- next file
create table public.notes (id bigint primary key);
-- case: in: foreign keys to itself and to an older table
create table public.notes (id bigint primary key, parent bigint references public.notes (id), owner uuid references auth.users);
-- next file
create table public.comments (id bigint primary key, note bigint, foreign key (note) references notes);
-- case: out: foreign key added before its target
create table a (id int primary key, b int);
alter table a add constraint a_b foreign key (b) references b (id);
create table b (id int primary key);
-- case: in: circle of foreign keys closed at the end
create table a (id int primary key, b int);
create table b (id int primary key, a int references a (id));
alter table a add constraint a_b foreign key (b) references b (id);
-- case: out: foreign key to a column that comes later
create table a (id int primary key);
create table b (code text references a (code));
-- next file
alter table a add column code text unique;
-- case: in: foreign key to a column that was added
create table a (id int primary key);
alter table a add column code text unique, add column other text;
create table b (code text references a (code));
-- case: out: type of a later file
create table public.orders (id int, state public.order_state);
-- next file
create type public.order_state as enum ('new', 'paid');
-- case: in: enum, domain, composite and range before use
create type order_state as enum ('new', 'paid');
create domain email as text check (value like '%@%');
create type address as (street text, city text);
create type span as range (subtype = float8);
create table orders (id int, state order_state default 'new', mail email, ship address, during span, history order_state[]);
-- case: out: vector before its extension
create table public.chunks (id bigint, embedding vector(3));
-- next file
create extension if not exists vector with schema extensions;
-- case: in: vector after its extension
create extension if not exists vector with schema extensions;
create table public.chunks (id bigint, embedding extensions.vector(3), half halfvec(3));
create index on public.chunks using hnsw (embedding vector_cosine_ops);
-- case: out: citext of a later extension
CREATE TABLE people (mail citext);
-- next file
CREATE EXTENSION citext;
-- case: in: contrib types, and functions of extensions that are always there
create extension if not exists citext with schema extensions;
create extension hstore;
create table people (id uuid default extensions.uuid_generate_v4(), mail citext, extra hstore, token text default encode(gen_random_bytes(8), 'hex'));
-- case: out: trigger function of a later file
create table notes (id int, updated_at timestamptz);
create trigger touch before update on notes for each row execute function public.touch_updated_at();
-- next file
create function public.touch_updated_at() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
-- case: in: trigger functions, of ours and of an extension
create extension if not exists moddatetime schema extensions;
create table notes (id int, updated_at timestamptz);
create or replace function touch() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
create trigger t1 before update of id on notes for each row when (old.id is distinct from new.id) execute procedure touch();
create trigger t2 before update on notes for each row execute procedure moddatetime (updated_at);
-- case: out: trigger on a later table
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger touch after insert on public.notes for each row execute function touch();
create table public.notes (id int);
-- case: in: trigger on a table of Supabase's
create function public.on_signup() returns trigger language plpgsql security definer set search_path = '' as $$ begin insert into public.profiles (id) values (new.id); return new; end $$;
create trigger on_signup after insert on auth.users for each row execute function public.on_signup();
create table public.profiles (id uuid primary key);
-- case: out: policy on a later table
create policy "all" on notes for select using (true);
-- next file
create table notes (id int);
-- case: in: policies with subqueries and aliases
create table teams (id int primary key);
create table members (team int references teams, who uuid);
create policy p on teams for select to authenticated using (exists (select 1 from members m where m.team = teams.id and m.who = (select auth.uid())));
create policy q on members using (who = auth.uid()) with check (team in (select t.id from public.teams t));
-- case: out: policy that asks a later table
create table notes (id int, team int);
create policy p on notes using (team in (select team from public.members where who = auth.uid()));
create table public.members (team int, who uuid);
-- case: out: policy that calls a later function
create table notes (id int, team int);
create policy p on notes using (public.is_member(team));
-- next file
create function public.is_member(t int) returns boolean language sql stable as 'select true';
-- case: in: policy that calls an older function
create schema private;
create function private.is_member(t int) returns boolean language sql stable security definer as 'select true';
create table notes (id int, team int);
create policy p on notes using (private.is_member(team) or (auth.jwt() ->> 'role') = 'admin');
-- case: out: policy on a column that comes later
create table notes (id int);
create policy mine on notes using (owner = auth.uid());
-- next file
alter table notes add column owner uuid;
-- case: in: policy on a column that was added
create table notes (id int);
alter table notes add column if not exists owner uuid;
create policy mine on notes using (owner = auth.uid() and id > 0);
-- case: out: view over a later table
create view public.recent as select * from public.notes where id > 10;
-- next file
create table public.notes (id int);
-- case: in: views over tables, views and CTEs
create table notes (id int, parent int);
create view recent as with top as (select id from notes) select t.id from top t join notes n on n.id = t.id;
create or replace view newest as select max(id) as id from recent;
create recursive view tree (id, depth) as select id, 1 from notes where parent is null union all select n.id, t.depth + 1 from notes n join tree t on n.parent = t.id;
-- case: out: materialized view over a later view
create materialized view stats as select count(*) from recent;
create view recent as select 1 as id;
-- case: in: materialized view and its index and refresh
create table notes (id int);
create materialized view stats as select id, count(*) as n from notes group by id with no data;
create unique index on stats (id);
refresh materialized view stats;
-- case: out: view that calls a later function
create view v as select public.price(1) as p;
create function public.price(int) returns int language sql as 'select $1';
-- case: out: default that calls a later function
create table codes (id int, code text default make_code());
create function make_code() returns text language sql as $$ select 'x'::text $$;
-- case: in: defaults, checks and generated columns
create function make_code(n int default 3) returns text language sql immutable as $$ select left(md5('x'), n) $$;
create table codes (id int, code text default make_code(), n int check (n > 0), m int generated always as (n * 2) stored, at timestamptz default timezone('utc', now()), day date default current_date, constraint c check (n < 100 and code <> ''));
-- case: out: check that calls a later function
create table codes (code text, check (is_code(code)));
create or replace function is_code(text) returns boolean language sql immutable as 'select true';
-- case: out: nextval of a later sequence
create table notes (id bigint default nextval('public.notes_seq'));
create sequence public.notes_seq;
-- case: in: sequences of our own, of serials and of identities
create sequence public.notes_seq;
create table notes (id bigint not null default nextval('notes_seq'::regclass), n serial, m int generated by default as identity);
alter sequence notes_seq owned by notes.id;
select setval('notes_n_seq', 10);
select setval('public.notes_m_seq', 10);
grant usage on sequence notes_n_seq to authenticated;
-- case: out: alter table before create table
alter table public.notes add column body text;
-- next file
create table public.notes (id int);
-- case: in: alter table if exists, drop if exists
alter table if exists public.later add column body text;
drop table if exists later cascade;
drop policy if exists p on later;
drop trigger if exists t on public.later;
drop function if exists public.later_f(int);
drop type if exists later_t;
drop view if exists later_v;
alter sequence if exists later_s restart;
create table public.later (id int);
-- case: out: drop without if exists of something made later
drop table public.notes;
create table public.notes (id int);
-- case: out: row level security before the table
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE IF NOT EXISTS notes (id int);
-- case: out: used after it was dropped
create table notes (id int);
drop table notes;
-- next file
insert into notes values (1);
-- case: in: dropped and made again
create table notes (id int);
drop table notes;
create table notes (id int, body text);
insert into notes (id, body) values (1, 'x');
-- case: out: used under its old name
create table notes (id int);
alter table notes rename to pages;
comment on table notes is 'x';
-- case: in: used under its new name
create table notes (id int, body text);
alter table notes rename to pages;
alter table pages rename column body to content;
create index on pages (content);
comment on column public.pages.content is 'x';
-- case: out: column under its old name
create table notes (id int, body text);
alter table notes rename body to content;
create index on notes (body);
-- case: out: column after it was dropped
create table notes (id int, body text);
alter table notes drop column body;
alter table notes alter column body set not null;
-- case: out: comment on a column that comes later
create table notes (id int);
comment on column notes.body is 'x';
alter table notes add body text;
-- case: out: insert into a column that comes later
create table notes (id int);
insert into notes (id, body) values (1, 'x');
alter table notes add body text;
-- case: out: update of a column that comes later
create table notes (id int);
update notes set body = 'x' where id = 1;
alter table notes add body text;
-- case: out: grant on columns that come later
create table notes (id int);
grant select (id, body), update on notes to authenticated;
alter table notes add body text;
-- case: out: trigger of a column that comes later
create table notes (id int);
create function touch() returns trigger language plpgsql as 'begin return new; end';
create trigger t before update of body on notes for each row execute function touch();
alter table notes add body text;
-- case: out: unique constraint on a column that comes later
create table notes (id int);
alter table notes add constraint u unique (id, body);
alter table notes add body text;
-- case: in: column and constraint in one statement
create table notes (id int);
alter table notes add constraint u unique (id, body), add body text, alter column id set not null;
-- case: out: key of a new table on a column that comes later
create table notes (id int, primary key (id, team));
alter table notes add team int;
-- case: out: insert before create
insert into public.settings (key) values ('a') on conflict do nothing;
-- next file
create table public.settings (key text primary key);
-- case: in: writing statements with CTEs and aliases
create table settings (key text primary key, value text);
with fresh as (select 'a' as key) insert into settings (key) select key from fresh on conflict (key) do update set value = excluded.value;
update settings s set value = 'b' from (select 'a' as key) x where s.key = x.key;
delete from settings using (values ('b')) v (key) where settings.key = v.key;
select s.* from settings s for update of s;
truncate settings;
-- case: out: delete that asks a later table
create table a (id int);
delete from a where id in (select id from b);
create table b (id int);
-- case: out: grant on a later table
grant select on public.notes to anon;
create table public.notes (id int);
-- case: out: grant on a later function
grant execute on function public.f(int) to anon;
create function public.f(int) returns int language sql as 'select 1';
-- case: in: grants after what they grant
create schema api;
create table api.notes (id int);
create function api.f(int) returns int language sql as 'select 1';
grant usage on schema api to anon;
grant select on all tables in schema api to anon;
grant execute on function api.f(int), api.f to anon;
alter default privileges in schema api grant select on tables to anon;
-- case: out: table in a later schema
create table app.notes (id int);
-- next file
create schema if not exists app;
-- case: in: schema with its elements, and after its rename
create schema app create table notes (id int) create view v as select id from notes;
create table app.pages (id int);
alter schema app rename to web;
create index on web.pages (id);
-- case: out: grant on a later schema
grant usage on schema app to anon;
create schema app;
-- case: out: default privileges in a later schema
alter default privileges in schema app grant all on tables to service_role;
create schema app;
-- case: out: extension in a later schema
create extension citext with schema gis;
create schema gis;
-- case: out: function in a later schema
create function app.f() returns int language sql as 'select 1';
create schema app;
-- case: out: SQL function over a later table
create function public.count_notes() returns bigint language sql stable as $$ select count(*) from public.notes $$;
-- next file
create table public.notes (id int);
-- case: in: PL/pgSQL function over a later table
create function public.count_notes() returns bigint language plpgsql as $$ begin return (select count(*) from public.notes); end $$;
-- next file
create table public.notes (id int);
-- case: in: SQL functions whose bodies are not checked
set check_function_bodies = off;
create function public.count_notes() returns bigint language sql stable as $$ select count(*) from public.notes $$;
create table public.notes (id int);
-- case: in: SQL functions with a search_path of their own, recursion, CTEs
create schema app;
create table app.notes (id int);
create function app.n() returns bigint language sql set search_path = app as $$ select count(*) from notes $$;
create function app.fact(i int) returns int language sql as $$ select case when i < 2 then 1 else i * app.fact(i - 1) end $$;
create function app.top() returns setof int language sql as $$ with t as (select id from app.notes) select id from t $$;
create function app.pick(anyarray) returns anyelement language sql as $$ select $1[1] from nowhere $$;
-- case: out: SQL function that calls a later one
create function f() returns int language sql as 'select g()';
create function g() returns int language sql as 'select 1';
-- case: out: BEGIN ATOMIC over a later table
create function f() returns bigint language sql begin atomic select count(*) from notes; end;
create table notes (id int);
-- case: in: BEGIN ATOMIC and RETURN over older things
create table notes (id int);
create function f() returns bigint language sql begin atomic select count(*) from notes; end;
create function g() returns bigint language sql return f() + 1;
-- case: out: argument of a later type
create function f(s mood) returns int language plpgsql as 'begin return 1; end';
create type mood as enum ('good', 'bad');
-- case: out: returns rows of a later table
create function f() returns setof public.notes language plpgsql as 'begin return; end';
-- next file
create table public.notes (id int);
-- case: in: types that are rows of tables, columns of tables, arrays
create table notes (id int, body text);
create function f(n notes) returns setof notes language plpgsql as 'begin return; end';
create function g(b notes.body%type, many notes[]) returns notes.id%type language plpgsql as 'begin return 1; end';
create view v as select 1 as one;
create function h() returns v language plpgsql as 'begin return null; end';
-- case: out: cast to a later type
create view v as select 'good'::mood as m;
create type mood as enum ('good', 'bad');
-- case: out: column type changed to a later type
create table notes (id int, mood text);
alter table notes alter column mood type mood using mood::mood;
create type mood as enum ('good', 'bad');
-- case: out: enum value for a later enum
alter type mood add value 'so-so';
create type mood as enum ('good', 'bad');
-- case: out: domain over a later type
create domain d as mood;
create type mood as enum ('good', 'bad');
-- case: out: partition before its parent
create table notes_2025 partition of notes for values from ('2025-01-01') to ('2026-01-01');
create table notes (at date) partition by range (at);
-- case: in: partitions, inheritance, LIKE
create table notes (id int, at date) partition by range (at);
create table notes_2025 partition of notes for values from ('2025-01-01') to ('2026-01-01');
create table notes_2026 (like notes including all);
alter table notes attach partition notes_2026 for values from ('2026-01-01') to ('2027-01-01');
create table base (id int, owner uuid);
create table child (extra text) inherits (base);
create index on child (owner);
alter table base add column team int;
create index on child (team);
-- case: out: inherits from a later table
create table child (extra text) inherits (base);
create table base (id int);
-- case: out: LIKE a later table
create table copy (like original including all);
create table original (id int);
-- case: out: publication of a later table
alter publication supabase_realtime add table public.notes;
create table public.notes (id int);
-- case: in: publication of an older table
create table public.notes (id int, body text);
alter publication supabase_realtime add table public.notes;
create publication mine for table notes (id);
-- case: out: comment on a later function
comment on function public.f() is 'x';
create function public.f() returns int language sql as 'select 1';
-- case: out: rule that writes to a later table
create table a (id int);
create rule r as on insert to a do also insert into b values (new.id);
create table b (id int);
-- case: in: rule over older tables
create table a (id int);
create table b (id int);
create rule r as on insert to a do also insert into b values (new.id);
-- case: out: unqualified after search_path was set
create schema app;
set search_path = app;
create index on notes (id);
create table app.notes (id int);
-- case: in: search_path set by SET and by set_config
create schema app;
set search_path = app, public;
create table notes (id int);
create index on notes (id);
create index on app.notes (id);
-- next file
select pg_catalog.set_config('search_path', 'app', false);
alter table notes add column body text;
-- case: in: temporary tables
create temp table draft (id int);
insert into draft values (1);
create index on draft (id);
select * into temporary more from draft;
create table kept as select * from more;
create index on kept (id);
-- case: in: made inside a DO block
do $$ begin create type mood as enum ('good', 'bad'); exception when duplicate_object then null; end $$;
do $$ begin if not exists (select from pg_tables where tablename = 'notes') then execute 'create table public.notes (id int, m mood)'; end if; end $$;
create index on public.notes (id);
create table more (m mood);
-- case: in: catalogs and information_schema
create view public.v as select c.relname, t.table_name from pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace join information_schema.tables t on t.table_name = c.relname;
select 'auth.users'::regclass, pg_size_pretty(pg_total_relation_size('pg_class'));
create table r (a pg_catalog.int4, b oid, c regclass, d pg_lsn, e information_schema.sql_identifier);
-- case: in: overloads, and one of them dropped
create function f(int) returns int language sql as 'select 1';
create function f(text) returns int language sql as 'select 1';
drop function f(int);
select f('a');
create view v as select f('b'::text);
-- case: out: function after it was dropped
create function public.f(int) returns int language sql as 'select 1';
drop function public.f(int);
select public.f(1);
-- case: out: type after it was dropped
create type mood as enum ('good');
drop type mood;
create table t (m mood);
-- case: in: statistics, locks, vacuum and cursors over older tables
create table notes (id int, body text);
create statistics s on id, body from notes;
lock table notes in share mode;
analyze notes;
explain select * from notes;
-- case: out: statistics on a later table
create statistics s on id, body from public.notes;
create table public.notes (id int, body text);
-- case: out: truncate of a later table
truncate public.notes;
create table public.notes (id int);
-- case: in: merge, and functions in FROM
create table a (id int, n int);
create function rows_of(k int) returns table (id int, n int) language sql as 'select 1, k';
merge into a using rows_of(2) r on a.id = r.id when matched then update set n = r.n when not matched then insert (id, n) values (r.id, r.n);
select * from rows_of(1) with ordinality, generate_series(1, 3) g, jsonb_to_recordset('[]') as x (a int, b text), unnest(array[1]) u;
-- case: out: procedure called before it is made
call public.clean();
create procedure public.clean() language sql as 'select 1';
-- case: in: builtin names that a later file takes too
create table t (id uuid default gen_random_uuid(), at timestamptz default now(), n int default abs(-1), s text default uuid_generate_v4()::text);
-- next file
create function public.now() returns timestamptz language sql as 'select pg_catalog.now()';
create function public.uuid_generate_v4() returns uuid language sql as 'select gen_random_uuid()';
create function public.abs(text) returns int language sql as 'select 1';
-- case: out: renamed before it is made
alter table notes rename to pages;
create table notes (id int);
-- case: out: schema set to a later one
create table notes (id int);
alter table notes set schema app;
create schema app;
-- case: in: moved to another schema
create schema app;
create table notes (id int);
alter table notes set schema app;
create index on app.notes (id);
