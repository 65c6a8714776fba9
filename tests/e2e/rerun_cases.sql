-- What is there before each case; then the cases, one a paragraph. Each is a migration file of its own and is run twice:
-- a finding of "runs twice" is right exactly when the second run fails or changes the database.

create schema app;
create table public.people (id bigint primary key, name text not null, mail text unique, age integer, tags text[], meta jsonb default '{}', born date, kind text, active boolean default true);
create table public.orders (id uuid primary key default gen_random_uuid(), person bigint references public.people, total numeric(10,2), note text, placed timestamptz default now(), number integer generated always as identity);
create table app.events (id bigint generated always as identity, at timestamptz not null, what text) partition by range (at);
create table app.old_events (id bigint not null, at timestamptz not null, what text);
create type public.mood as enum ('happy', 'sad');
create type public.address as (street text, city text);
create domain public.percent as integer check (value >= 0);
create function public.touch() returns trigger language plpgsql as $$ begin return new; end $$;
create function public.is_adult(bigint) returns boolean language sql stable as 'select true';
create view public.names as select id, name from public.people;
create publication feed;
create index people_born on public.people (born);
create policy readers on public.people for select using (true);
create materialized view public.stored as select 1 as one;
create table public.spare (id integer, number integer not null);
create text search configuration public.plain (copy = english);
insert into public.people (id, name, mail, age, tags, meta) values (1, 'Ann', 'ann@example.org', 30, '{a}', '{"n": 1}'), (2, 'Bob', 'bob@example.org', 40, '{}', '{}');
insert into public.orders (id, person, total, note) values ('00000000-0000-0000-0000-000000000001', 1, 10, 'x');
insert into public.spare values (1, 1);

create table public.notes (id bigint primary key, body text);

CREATE TABLE IF NOT EXISTS notes (id bigint PRIMARY KEY, body text);

drop table if exists notes;
create table notes (id bigint primary key, body text);

create table if not exists public.notes (id bigint primary key);
alter table public.notes add column body text;

create table if not exists public.notes (id bigint primary key);
alter table public.notes add column if not exists body text;

drop table if exists public.notes cascade;
create table public.notes (id bigint primary key);
alter table public.notes add column body text, add constraint notes_body check (body <> '');
create index on public.notes (body);
create policy everybody on public.notes using (true);
insert into public.notes values (1, 'one');

create temporary table batch (id bigint);
insert into batch select id from public.people;
drop table batch;

create temp table batch on commit drop as select id from people;
alter table batch add column done boolean;

create table notes as select id, name from people;

create table if not exists notes as select id, name from people;

select id, name into public.notes from public.people;

create unlogged table "Notes" (id int);
drop table "Notes";

create index people_age on public.people (age);

create index if not exists people_age on public.people (age);

create index on public.people (age);

CREATE UNIQUE INDEX ON people (lower(name));

drop index if exists public.people_age_idx;
create index on public.people (age);

drop index if exists people_age; create index people_age on people using btree (age desc);

create schema reports;

create schema if not exists reports;

create schema if not exists reports;
create table reports.daily (day date primary key);

drop schema if exists reports cascade;
create schema reports;
create table reports.daily (day date primary key);

create extension hstore with schema extensions;

create extension if not exists hstore schema extensions;

create sequence public.tickets start 100;

create sequence if not exists public.tickets;

create materialized view public.grown as select * from public.people where age > 18;

create materialized view if not exists public.grown as select * from public.people where age > 18;

drop materialized view if exists public.grown;
create materialized view public.grown as select * from public.people where age > 18;
create unique index grown_id on public.grown (id);

create view public.grown as select * from public.people where age > 18;

create or replace view public.grown with (security_invoker = on) as select * from public.people where age > 18;

drop view if exists grown;
create view grown as select * from people;

create view grown as select * from people;
create view older as select * from grown;
drop view older; drop view grown;

create function public.add(a integer, b integer) returns integer language sql as 'select a + b';

create or replace function public.add(a integer, b integer) returns integer language sql as 'select a + b';

drop function if exists public.add(integer, integer);
create function public.add(a int, b int default 0) returns int language sql as $$ select a + b $$;

drop function if exists public.add;
create function public.add(a int, b int) returns int language sql as $$ select a + b $$;

drop function if exists public.add(text);
create function public.add(a int, b int) returns int language sql as $$ select a + b $$;

create function public.add(a int) returns int language sql as 'select a';
create function public.add(a text) returns text language sql as 'select a';
drop function public.add(int);

create procedure public.tidy() language sql as 'select 1';

create or replace procedure public.tidy() language sql begin atomic select 1; end;

create aggregate public.longest(text) (sfunc = pg_catalog.textcat, stype = text);

create or replace aggregate public.longest(text) (sfunc = pg_catalog.textcat, stype = text);

create trigger touched before update on public.people for each row execute function public.touch();

create or replace trigger touched before update on public.people for each row execute function touch();

drop trigger if exists touched on people;
create trigger touched before update on people for each row execute procedure touch();

drop trigger if exists touched on public.orders;
create trigger touched before update on people for each row execute procedure touch();

create constraint trigger checked after insert on public.people deferrable for each row execute function touch();

drop trigger if exists checked on people;
create constraint trigger checked after insert on public.people for each row execute function touch();

create rule quiet as on delete to public.spare do instead nothing;

create or replace rule quiet as on delete to public.spare do instead nothing;

create type public.colour as enum ('red', 'green');

drop type if exists public.colour;
create type public.colour as enum ('red', 'green');

do $$ begin
  create type public.colour as enum ('red', 'green');
exception when duplicate_object then null;
end $$;

do $$ begin
  if not exists (select from pg_type where typname = 'colour') then
    create type colour as enum ('red');
  end if;
end $$;

do $$ begin create type public.colour as enum ('red'); end $$;

do $$ begin
  if exists (select from pg_type where typname = 'colour') then return; end if;
  create type colour as enum ('red');
end $$;

drop type if exists colour;
create type colour as enum ('red');
create table if not exists paints (id int, c colour);

drop type if exists colour cascade;
create type colour as enum ('red');

drop table if exists paints;
drop type if exists colour;
create type colour as enum ('red');
create table paints (id int, c colour not null default 'red');

create type public.point3 as (x int, y int, z int);

create type public.span as range (subtype = int4);

create domain public.email as text check (value like '%@%');

drop domain if exists public.email;
create domain public.email as text check (value like '%@%');

create publication changes for table public.people;

drop publication if exists changes;
create publication changes for table public.people, public.orders;

create role auditor nologin;

do $$ begin create role auditor; exception when duplicate_object then raise notice 'there'; end $$;

create cast (public.mood as integer) with inout;

drop cast if exists (mood as integer);
create cast (mood as integer) with inout;

create operator public.=== (leftarg = text, rightarg = text, function = pg_catalog.texteq);

drop operator if exists public.=== (text, text);
create operator public.=== (leftarg = text, rightarg = text, function = pg_catalog.texteq);

create collation public.german (locale = 'C');

create collation if not exists public.german (locale = 'C');

create text search configuration public.simple_one (copy = simple);

create statistics public.people_stats on age, born from public.people;

create statistics if not exists public.people_stats on age, born from public.people;

create policy own on public.people for select using (id = 1);

drop policy if exists own on public.people;
create policy own on public.people for select using (id = 1);

DROP POLICY IF EXISTS "Own rows" ON people;
CREATE POLICY "Own rows" ON public.people FOR UPDATE USING (true) WITH CHECK (true);

drop policy if exists own on public.orders;
create policy own on public.people using (true);

do $$ begin
  if not exists (select from pg_policies where policyname = 'own' and tablename = 'people') then
    create policy own on public.people using (true);
  end if;
end $$;

do $$
declare found_policy record;
begin
  for found_policy in select policyname, tablename from pg_policies where schemaname = 'public' loop
    execute format('drop policy %I on public.%I', found_policy.policyname, found_policy.tablename);
  end loop;
end $$;
create policy own on public.people using (true);

drop policy if exists own on people;
drop function if exists may(bigint);
create function may(bigint) returns boolean language sql as 'select true';
create policy own on people using (may(id));

drop function if exists may(bigint);
create function may(bigint) returns boolean language sql as 'select true';
drop policy if exists own on people;
create policy own on people using (may(id));

drop function if exists stamp() cascade;
create function stamp() returns trigger language plpgsql as 'begin return new; end';
create trigger stamped before insert on people for each row execute function stamp();

drop function if exists stamp();
create function stamp() returns trigger language plpgsql as 'begin return new; end';
drop trigger if exists stamped on people;
create trigger stamped before insert on people for each row execute function stamp();

alter table public.people add constraint grown_up check (age > 17);

alter table public.people drop constraint if exists grown_up;
alter table public.people add constraint grown_up check (age > 17);

alter table people drop constraint if exists grown_up, add constraint grown_up check (age > 17) not valid;

alter table public.people add check (age > 17);

alter table people add unique (name);

alter table people drop constraint if exists people_name_key;
alter table people add unique (name);

alter table only public.spare add primary key (id);

alter table spare add foreign key (id) references people (id);

alter table spare add constraint to_people foreign key (id) references people (id) on delete cascade;
alter table spare validate constraint to_people;

alter table spare drop constraint if exists to_people;
alter table spare add constraint to_people foreign key (id) references people (id) not valid;

do $$ begin
  alter table spare add constraint to_people foreign key (id) references people (id);
exception when duplicate_object then null;
end $$;

alter table people add column nick text;

alter table people add column if not exists nick text unique;

alter table people add nick text, add column if not exists phone text;

alter table if exists people add column nick text;

alter table people drop column if exists nick, add column nick text not null default '';

alter table people drop column kind;

alter table people drop column if exists kind;

alter table people drop column kind;
alter table people add column kind text;

alter table people add column if not exists colour text constraint colourful check (colour <> '');
alter table people drop column if exists colour;

alter type mood add value 'tired';

alter type mood add value if not exists 'tired' before 'sad';

alter type mood rename value 'sad' to 'blue';

alter type public.address add attribute zip text;

alter type public.address drop attribute if exists zip;
alter type public.address add attribute zip text;

alter domain public.percent add constraint most check (value <= 100);

alter domain public.percent drop constraint if exists most;
alter domain public.percent add constraint most check (value <= 100);

alter table spare rename to unused;

alter table if exists spare rename to unused;

create table if not exists fresh (id int);
alter table if exists fresh rename to stale;

alter table people rename column kind to sort;

alter table people rename constraint people_mail_key to one_mail;
alter table people add constraint people_mail_key unique (mail);

alter function public.touch() rename to touched;

alter table spare set schema app;

alter view names rename to all_names;

alter index people_mail_key rename to people_mail_unique;

do $$ begin
  if exists (select from pg_class where relname = 'spare') then
    alter table spare rename to unused;
  end if;
end $$;

drop table public.spare;

drop table if exists public.spare, public.nothing;

drop view names;

drop function touch();

drop type mood;

drop type if exists mood;

drop index people_born;
create index people_born on people (age);

drop trigger if exists none on people;

alter table people drop constraint people_mail_key;

alter table people drop constraint if exists people_mail_key;

alter table spare alter column number drop not null, alter column number set default 7;

alter table people alter column age type bigint;

alter table people alter column age type text using age::text;

alter table spare alter column number type text using ('no ' || number);

alter table spare alter column number type timestamptz using to_timestamp(number);

alter table people alter column mail type varchar(200) using mail::varchar(200);

alter table spare alter column number add generated by default as identity;

alter table spare alter column number drop identity if exists, alter column number add generated always as identity;

alter table orders alter column number drop identity;

alter table app.events attach partition app.old_events for values from ('2020-01-01') to ('2021-01-01');

create table if not exists app.events_2021 partition of app.events for values from ('2021-01-01') to ('2022-01-01');

create table app.events_2021 partition of app.events for values from ('2021-01-01') to ('2022-01-01');

create table if not exists app.events_2021 partition of app.events for values from ('2021-01-01') to ('2022-01-01');
alter table app.events detach partition app.events_2021;

create table if not exists child (like spare);
alter table child inherit spare;

alter publication feed add table people;

alter publication feed set table people, orders;

alter publication feed add table people;
alter publication feed drop table people;

do $$ begin
  if not exists (select from pg_publication_tables where pubname = 'feed' and tablename = 'people') then
    alter publication feed add table people;
  end if;
end $$;

alter text search configuration public.plain drop mapping if exists for word;
alter text search configuration public.plain add mapping for word with simple;

insert into people (id, name) values (3, 'Cid');

insert into people (id, name) values (3, 'Cid') on conflict do nothing;

insert into people (id, name) values (3, 'Cid') on conflict (id) do update set name = excluded.name;

insert into people (id, name, age) values (3, 'Cid', 1) on conflict (id) do update set age = people.age + 1;

insert into orders (person, total) values (1, 5);

insert into orders (person, total) values (1, 5) on conflict do nothing;

insert into orders (id, person) values (gen_random_uuid(), 1) on conflict (id) do nothing;

insert into orders (id, person) values ('00000000-0000-0000-0000-000000000002', 1) on conflict (id) do nothing;

insert into spare values (2, 2) on conflict do nothing;

insert into people (id, name) select 3, 'Cid' where not exists (select 1 from people where id = 3);

insert into orders (person) select p.id from people p left join orders o on o.person = p.id where o.id is null;

insert into orders (person) select id from people where id not in (select person from orders where person is not null);

insert into orders (person, total) select id, 1 from people;

insert into spare (id, number) select 5, 6 except select id, number from spare;

delete from spare where id = 9;
insert into spare values (9, 9);

truncate spare;
insert into spare values (1, 2), (3, 4);

create table if not exists kinds (id int primary key);
insert into kinds values (1), (2);

create table if not exists kinds (id int generated always as identity primary key, name text);
insert into kinds (name) values ('a') on conflict do nothing;

create table if not exists kinds (id int generated always as identity primary key, name text unique);
insert into kinds (name) values ('a') on conflict do nothing;

with made as (insert into orders (person) values (1) returning id) select count(*) from made;

update people set age = age + 1;

update people set age = age + 1 where age = 30;

update people set name = upper(name), active = true where id = 1;

update people set name = 'Dr. ' || name where id = 1;

update people set active = not active;

update people set tags = array_append(tags, 'new');

update people set meta = meta || '{"a": 1}'::jsonb;

update people set meta = jsonb_set(meta, '{n}', '2');

update people set meta = meta - 'n';

update people set name = mail, mail = name where id = 1;

update people set kind = 'old' where kind is null;

update people set born = coalesce(born, '2000-01-01') - interval '1 year', age = coalesce(age, 0);

update orders set total = round(total * 1.19, 2);

update spare set number = (select max(age) from people);

alter table people add column if not exists full_name text;
update people set full_name = name || ' ' || coalesce(kind, '');

alter table people add column if not exists label text;
update people set label = kind;
alter table people drop column if exists kind;

insert into spare select 1, 1 from people where false;
alter table if exists spare rename to unused;

merge into spare s using people p on s.id = p.id when not matched then insert values (p.id, 0);

alter table people enable row level security;
alter table people force row level security;
grant select on people to anon, authenticated;
revoke all on orders from anon;
comment on table people is 'all of them';
alter default privileges in schema public grant select on tables to anon;

create or replace function public.is_adult(bigint) returns boolean language sql stable as 'select $1 > 1';
alter function public.is_adult(bigint) set search_path = '';
alter policy readers on people using (true);

set search_path = app, public;
create table if not exists things (id int);
create view all_things as select * from things;
drop view if exists public.all_things;

set search_path to app;
drop view if exists all_things;
create table if not exists things (id int);
create view all_things as select * from things;

select setval('app.events_id_seq', 100);
refresh materialized view stored;

create table parents (id int primary key);
create table children (id int references parents);
drop table children, parents;

drop table if exists parents;
create table parents (id int primary key);
create table if not exists children (id int references parents);

drop table if exists parents cascade;
create table parents (id int primary key);
create table if not exists children (id int);
alter table children add constraint up foreign key (id) references parents;

create table public.memos (id uuid primary key default gen_random_uuid(), owner uuid);
alter table public.memos enable row level security;
create policy "own memos" on public.memos for all to authenticated
  using (auth.uid() = owner or (auth.jwt() ->> 'role') = 'admin')
  with check (owner = auth.uid());

CREATE TABLE IF NOT EXISTS memos (id BIGINT PRIMARY KEY, owner UUID);
ALTER TABLE memos ENABLE ROW LEVEL SECURITY;
DROP POLICY IF EXISTS own ON memos;
CREATE POLICY own ON memos USING (owner = auth.uid() AND id IN (SELECT id FROM people WHERE name = current_setting('app.name', true)));

create function public.how_many() returns bigint language sql security definer as 'select count(*) from people';
select public.how_many();

create or replace function public.how_many() returns bigint
  language plpgsql
  security definer
as $$ declare found_rows bigint; kept public.people%rowtype; begin
  select count(*) into found_rows from public.people where lower(name) <> ''; return found_rows;
end $$;
select public.how_many();

create or replace function public.feel(m mood default 'sad') returns text language plpgsql security definer
as $$ declare mine mood := m; begin return mine::text; end $$;
select public.feel();

create view public.adults as select id from public.people where public.is_adult(id);
create table public.visits (id bigint primary key); -- who came
comment on table public.visits is 'who came';
alter table public.visits enable row level security;

alter table if exists spare drop column number;
alter table if exists spare rename to unused;

insert into orders (person) select id from people where kind is null;

do $$ begin
  if exists (select from pg_type where typname = 'colour') then
    drop type colour;
  end if;
end $$;
create type colour as enum ('red');
