-- What the rules of security and of missing indexes say of each of these is held against the server's own catalog and
-- behaviour by test_rules_against_postgresql.py. `-- next file` begins another migration file.
-- case: a table without row-level security, and one with it
create table notes (id bigint primary key);
create table "My Notes" (id bigint);
alter table "My Notes" enable row level security;
-- case: switched on by a later file, through the search_path
create schema app;
create table app.jobs (id int);
CREATE TABLE IF NOT EXISTS Tasks (id int);
-- next file
SET search_path = public;
ALTER TABLE ONLY tasks ENABLE ROW LEVEL SECURITY;
-- case: switched off again
create table notes (id int);
alter table notes enable row level security;
alter table notes disable row level security;
create policy p on notes using (id > 0);
-- case: partitions and children do not take it over
create table events (at date) partition by range (at);
alter table events enable row level security;
create policy p on events for select using (at > '2020-01-01');
create table events_1 partition of events for values from ('2026-01-01') to ('2027-01-01');
create table events_2 (at date not null);
alter table events_2 enable row level security;
alter table events attach partition events_2 default;
create table parent (id int);
alter table parent enable row level security;
create table child () inherits (parent);
-- case: tables from queries, likenesses and types
create table a (id int primary key);
alter table a enable row level security;
create table b (like a including all);
create table c as select * from a;
select * into d from a;
create type pair as (x int, y int);
create table e of pair;
create temp table f (id int);
-- case: moved out and moved in
create schema hidden;
create table hidden.a (id int);
create table b (id int);
alter table hidden.a set schema public;
alter table b set schema hidden;
create table c (id int);
alter table c rename to d;
-- case: dropped and made again
create table a (id int);
alter table a enable row level security;
drop table a;
create table a (id int);
create table b (id int);
drop table b;
-- case: policies that are gone, and policies elsewhere
create schema app;
create table app.a (id int);
create policy p on app.a using (id > 0);
create table b (id int);
alter table b enable row level security, force row level security;
create policy p on b using (id > 0);
drop policy p on b;
-- case: a foreign table
create foreign data wrapper w;
create server s foreign data wrapper w;
create foreign table f (id int) server s;
create schema app;
create foreign table app.g (id int) server s;
-- case: grants to anon
create table a (id int);
create table b (id int, c int);
create table c (id int);
create table d (id int);
grant all on a to anon, authenticated;
grant select, insert (id) on b to anon;
GRANT SELECT ON c TO anon;
GRANT DELETE ON d TO PUBLIC;
revoke delete on d from public;
-- case: grants on everything there is
create table a (id int);
create view v as select 1 as one;
grant select, insert on all tables in schema public to anon;
create table b (id int);
revoke insert on a from anon;
-- case: default privileges reach what comes later
create table a (id int);
alter default privileges in schema public grant select on tables to authenticated;
create table b (id int);
create view v as select 1 as one;
alter default privileges in schema public revoke select on tables from authenticated;
create materialized view m as select 1 as one;
-- case: default privileges of everywhere and of another schema
create schema app;
alter default privileges in schema app grant all on tables to service_role;
create table a (id int);
alter default privileges grant select on tables to service_role;
create table b (id int);
-- case: grants that reach nobody of the API
create table a (id int);
create table b (id int);
create table c (id int);
grant references, trigger on a to authenticated;
grant select (id) on b to authenticated;
grant all on c to service_role;
revoke all on c from service_role;
-- case: grants survive a rename and a replaced view
create table a (id int);
grant select on a to authenticated;
alter table a rename to b;
create view v as select 1 as one;
grant select on v to anon;
create or replace view v as select 2 as one;
-- case: functions and their search_path
create function f1() returns int language sql security definer as 'select 1';
create function f2() returns int language sql security definer set search_path = '' as 'select 1';
CREATE FUNCTION "F3"(a int) RETURNS int LANGUAGE SQL SECURITY DEFINER AS 'select 1';
ALTER FUNCTION "F3"(int) SET search_path TO public, pg_temp;
create function f4() returns int language sql as 'select 1';
alter function f4 security definer;
create procedure p() language sql security definer set search_path from current as 'select 1';
create function f5() returns int language sql security definer set work_mem = '1MB' as 'select 1';
-- case: settings that are taken away
create function f1() returns int language sql security definer set search_path = '' as 'select 1';
create or replace function f1() returns int language sql security definer as 'select 1';
create function f2() returns int language sql security definer set search_path = '' as 'select 1';
alter function f2() reset search_path;
create function f3() returns int language sql security definer set search_path = '' as 'select 1';
alter routine f3() reset all;
create function f4() returns int language sql security definer set search_path = '' as 'select 1';
alter function f4() set search_path to default;
create function f5() returns int language sql security definer as 'select 1';
alter function f5() security invoker;
-- case: who may call a function
create function f1() returns int language sql security definer set search_path = '' as 'select 1';
create function f2() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f2() from public;
create or replace function f2() returns int language sql security definer set search_path = '' as 'select 2';
create function f3() returns int language sql security definer set search_path = '' as 'select 1';
revoke all on function f3 from public;
grant execute on function f3 to anon;
create function f4() returns int language sql security definer set search_path = '' as 'select 1';
revoke execute on function f4() from anon;
create function t() returns trigger language plpgsql security definer set search_path = '' as $$ begin return new; end $$;
-- case: default privileges of functions
alter default privileges in schema public revoke execute on functions from public;
create function f1() returns int language sql security definer set search_path = '' as 'select 1';
alter default privileges revoke execute on functions from public;
create function f2() returns int language sql security definer set search_path = '' as 'select 1';
create or replace function f1() returns int language sql security definer set search_path = '' as 'select 2';
alter default privileges in schema public grant execute on functions to anon;
create function f3() returns int language sql security definer set search_path = '' as 'select 1';
-- case: all functions at once
create function f1() returns int language sql security definer set search_path = '' as 'select 1';
revoke all on all functions in schema public from public;
create function f2() returns int language sql security definer set search_path = '' as 'select 1';
create procedure p() language sql security definer set search_path = '' as 'select 1';
revoke all on all routines in schema public from public;
grant execute on all functions in schema public to anon;
-- case: views over a protected table
create table notes (id int);
insert into notes values (1);
alter table notes enable row level security;
create table plain (id int);
insert into plain values (1);
create view v1 as select id from notes;
create view v2 with (security_invoker = true) as select id from notes;
create view v3 as select id from notes;
alter view v3 set (security_invoker);
create view v4 with (security_invoker = on) as select id from notes;
create or replace view v4 as select id from notes;
create view v5 with (security_invoker = on) as select id from notes;
alter view v5 reset (security_invoker);
create view v6 with (security_barrier, security_invoker = '1') as select id from notes;
-- case: views over views
create table notes (id int);
insert into notes values (1);
alter table notes enable row level security;
create view inner_invoker with (security_invoker) as select id from notes;
create view inner_definer as select id from notes;
create view v1 as select id from inner_invoker;
create view v2 as select id from inner_definer;
create view v3 with (security_invoker) as select id from inner_invoker;
create view v4 with (security_invoker) as select id from inner_definer;
create schema hidden;
create view hidden.d as select id from notes;
create view v5 with (security_invoker) as select id from hidden.d;
create view v6 as with w as (select id from notes) select w.id from w;
-- case: materialized views
create table notes (id int);
insert into notes values (1);
alter table notes enable row level security;
create materialized view m1 as select id from notes;
create schema hidden;
create materialized view hidden.m2 as select id from notes;
create materialized view m3 as select 1 as id where false;
-- case: foreign keys and single columns
create table a (id uuid primary key references auth.users, u1 uuid references auth.users, u2 uuid references auth.users,
  u3 uuid unique references auth.users, "U4" uuid references auth.users);
CREATE INDEX ON a (u2 DESC NULLS LAST, id);
create index on a ("U4") where "U4" is not null;
-- case: foreign keys whose index does not lead with them
create table a (id int primary key, u1 uuid references auth.users, u2 uuid references auth.users,
  u3 uuid references auth.users, u4 uuid references auth.users, u5 uuid references auth.users);
create index on a (id, u1);
create index on a (id) include (u2);
create index on a (u3) where id > 0;
create index on a ((u4::text));
create index on a using brin (u5);
-- case: foreign keys of two columns
create table l (a int, b int, primary key (a, b));
create table i1 (a int, b int, foreign key (a, b) references l);
create table i2 (a int, b int, foreign key (a, b) references l);
create index on i2 (a);
create table i3 (n int, a int, b int, primary key (b, a, n), foreign key (a, b) references l);
create table i4 (a int, b int, n int, foreign key (a, b) references l);
create index on i4 (a, n, b);
create table i5 (a int, b int, constraint k foreign key (b, a) references l (a, b) not valid);
create unique index on i5 (a, b);
-- case: foreign keys and what is dropped
create table t (id int primary key);
create table a (t int references t, u int references t, v int references t);
create index i on a (t);
create index j on a (u);
drop index i;
alter table a drop column v;
alter table a rename u to w;
-- case: foreign keys, hash, expressions that are columns, exclusion
create table t (id int primary key);
create table a (t int references t, u int references t, v int references t, w int references t, during int4range);
create index on a using hash (t);
create index on a ((u));
alter table a add constraint x unique (v, during);
create table s (a int4range unique, b int4range references s (a), exclude using gist (b with =));
-- case: foreign keys of partitions
create table t (id int primary key);
create table p (t int references t) partition by list (t);
create table p1 partition of p for values in (1);
create table q (t int references t) partition by list (t);
create table q1 partition of q for values in (1);
create index on q (t);
-- case: foreign keys, added later and to oneself
create table t (id int primary key, up int);
-- next file
alter table t add foreign key (up) references t (id) on delete set null;
alter table t add column other int references t, add column third int unique references t;
-- case: an index behind a constraint that goes
create table t (id int primary key);
create table a (t int constraint k unique references t, u int references t);
alter table a drop constraint k;
create unique index i on a (u);
alter table a add constraint n unique using index i;
-- case: likenesses take indexes along when told
create table t (id int primary key);
create table a (t int);
create index on a (t);
create table b (like a);
create table c (like a including indexes);
alter table b add foreign key (t) references t;
alter table c add foreign key (t) references t;
