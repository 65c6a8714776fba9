--- misspelt statement
create function f() returns trigger language plpgsql as $$
begin
  «retrun new;
end $$
--- word that stands there often
create function f() returns trigger language plpgsql as $$
declare
  x int := 1;
begin
  x := x + 1;
  x := x +«;
  x := x + 2;
end $$
--- query
create function f() returns void language plpgsql as $$
begin
  update t set a = 1 where b = 2;
  update t set a = 1 «wher b = 2;
  update t set a = 1 where b = 2;
end $$
--- same query right, then wrong
create function f() returns void language plpgsql as $$
begin
  insert into t values (1);
  insert into t (a) values (1);
  insert into t «valus (1);
end $$
--- loop without its end
create function f() returns void language plpgsql as $$
declare
  r record;
begin
  for r in select * from t loop
    raise notice '%', r;
  for r in select * from u loop
    null;
  end loop;
end«;
$$
--- if without then, after right ones
create function f(a int) returns void language plpgsql as $$
begin
  if a > 1 then
    null;
  end if;
  if a > 2
    null«;
  end if;
  if a > 3 then
    null;
  end if;
end $$
--- if without end if
create function f(a int) returns void language plpgsql as $$
begin
  if a > 1 then
    null;
end«;
$$
--- elsif misspelt
create function f(a int) returns int language plpgsql as $$
begin
  if a > 1 then
    return 1;
  else if a > 2 then
    return 2;
  end if;
end«;
$$
--- semicolon forgotten
create function f() returns void language plpgsql as $$
declare
  n int;
begin
  n := 1
  n «:= 2;
end $$
--- semicolon forgotten between queries
create function f() returns void language plpgsql as $$
begin
  delete from t where a = 1
  «delete from t where a = 2;
end $$
--- declare after begin
create function f() returns void language plpgsql as $$
begin
  «n int := 1;
end $$
--- select into nothing
create function f() returns int language plpgsql as $$
declare
  n int;
begin
  select count(*) into n from t;
  select count(* into n from t;
  return n;
end «$$
--- brackets not closed
create function f() returns int language plpgsql as $$
begin
  return coalesce(1, 2);
  return coalesce(1, 2«;
end $$
--- two returns
create function f() returns int language plpgsql as $$
begin
  return 1 «1;
end $$
--- numbers alike
create function f() returns void language plpgsql as $$
begin
  perform 1, 1, 1;
  perform 1, 1 «1, 1;
  perform 1, 1, 1;
end $$
--- a comma too many
create function f() returns void language plpgsql as $$
begin
  perform g(a, b);
  perform g(a, b,«);
end $$
--- after letters of several bytes
create function f() returns void language plpgsql as $$
begin
  -- für alle → 🙂
  raise notice 'é→🙂'; «selec é frm x;
end $$
--- in a text with doubled quotes
create function f() returns void language plpgsql as '
begin
  raise notice ''it''''s''; raise notice ''x''; «retrun 1;
end '
--- in an escape string
create function f() returns void language plpgsql as E'\nbegin\n  raise notice \'a\'; «retrun 1;\nend '
--- quote not closed
create function f() returns void language plpgsql as $$
begin
  raise notice 'a';
  raise notice «'b;
end $$
--- exception without when
create function f() returns void language plpgsql as $$
begin
  null;
exception
  «others then null;
end $$
--- too few parameters
create function f() returns void language plpgsql as $$
begin
  raise notice 'a %', 1;
  «raise notice 'a % %', 1;
end $$
--- exit outside a loop
create function f() returns void language plpgsql as $$
begin
  loop exit; end loop;
  «exit;
end $$
--- label that is not there
create function f() returns void language plpgsql as $$
begin
  loop
    continue «nowhere;
  end loop;
end $$
--- declared twice
create function f() returns void language plpgsql as $$
declare
  a int;
  b int;
  «a text;
begin
  null;
end $$
--- no end at all
create function f() returns void language plpgsql as $$
begin
  null;
«$$
--- empty
create function f() returns void language plpgsql as $$«$$
--- case without end
create function f(a int) returns int language plpgsql as $$
begin
  return case when a > 1 then 2 else 3«;
end $$
--- for without loop
create function f() returns void language plpgsql as $$
begin
  for i in 1..3 loop null; end loop;
  for i in 1..3
    null«;
  end loop;
end $$
--- a query inside a condition
create function f() returns void language plpgsql as $$
begin
  if exists (select 1 from t where a = 1) then null; end if;
  if exists (select 1 form «t where a = 1) then null; end if;
end $$
--- execute without a text
create function f() returns void language plpgsql as $$
begin
  execute 'select 1';
  execute«;
end $$
--- return query of nothing
create function f() returns setof int language plpgsql as $$
begin
  return query select 1;
  return query select 1 form «t wher a;
end $$
--- a do block
do $$
begin
  if true then
    perform 1 «1;
  end if;
end $$
--- SQL, first statement
create function f() returns int language sql as $$
  select 1 «1 1;
  select 2;
$$
--- SQL, second statement
create function f() returns int language sql as $$
  select 1;
  «selct 2;
$$
--- SQL with doubled quotes
create function f() returns int language sql as '
  select ''a'', ''b'' frm «t
'
--- SQL that ends too early
create function f() returns int language sql as $$
  select a from
«$$
--- in the second of two functions
create function f() returns void language plpgsql as $$
begin
  perform 1;
end $$;
create function g() returns void language plpgsql as $f$
begin
  perform 1;
  perform 1 wher «2 x y;
end $f$
--- the word stands in comments and texts too
create function f() returns void language plpgsql as $$
begin
  -- form is a word, x form y
  raise notice 'x form y';
  /* form x */
  perform 1 from t form «x y;
end $$
--- in a handler
create function f() returns void language plpgsql as $$
begin
  insert into t values (1);
exception
  when unique_violation then
    insert into t values (1)
    «update t set a = 1;
end $$
--- in a branch of case
create function f(a int) returns void language plpgsql as $$
begin
  case a
    when 1 then perform 1;
    when 2 the perform 2«;
    else null;
  end case;
end $$
--- in a while loop
create function f() returns void language plpgsql as $$
declare i int := 0;
begin
  while i < 10 loop
    i := i + 1;
    i = «= i + 1;
  end loop;
end $$
--- a cursor
create function f() returns void language plpgsql as $$
declare
  c cursor for select a from t;
  d cursor for select a fro «t x;
begin
  null;
end $$
--- a default
create function f() returns void language plpgsql as $$
declare
  a int := 1 + 1;
  b int := 1 + +« ;
begin
  null;
end $$
--- quotes within dollars
create function f() returns void language plpgsql as $body$
begin
  execute $q$ select 'a' $q$;
  execute $q$ select 'a' $q$ using a b «c;
end $body$
--- an upsert
create function f() returns void language plpgsql as $$
begin
  insert into t (a, b) values (1, 2) on conflict (a) do update set b = excluded.b;
  insert into t (a, b) values (1, 2) on conflict (a) do «updat set b = excluded.b;
end $$
--- a procedure
create procedure p(a int) language plpgsql as $$
begin
  commit;
  if a = 1 then
    «rollbak;
  end if;
end $$
