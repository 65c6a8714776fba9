-- The shape of pg_cron: jobs are written down and never run.
create schema cron;
create sequence cron.jobid_seq;
create sequence cron.runid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);
grant select on cron.job to public;
grant select, delete on cron.job_run_details to public;
grant select on sequence cron.jobid_seq, cron.runid_seq to public;

create function cron.stand_in_schedule(
  named text, at_times text, what text, in_database text, as_user text, enabled boolean
) returns bigint language plpgsql security definer set search_path = pg_catalog as $body$
declare
  id bigint;
begin
  if btrim(at_times) !~* '^(@(yearly|annually|monthly|weekly|daily|midnight|hourly|reboot)|\d+\s+seconds?|(\S+\s+){4}\S+)$' then
    raise 'invalid schedule: %', at_times using hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  -- A private socket has no port of its own.
  insert into cron.job (schedule, command, nodeport, database, username, jobname, active)
  values (at_times, what, coalesce(inet_server_port(), 5432), in_database, as_user, named, enabled)
  on conflict (jobname, username) do update
    set schedule = excluded.schedule, command = excluded.command, database = excluded.database, active = excluded.active
  returning jobid into id;
  return id;
end
$body$;
create function cron.schedule(schedule text, command text) returns bigint language sql
  return cron.stand_in_schedule(null, schedule, command, current_database(), current_user, true);
create function cron.schedule(job_name text, schedule text, command text) returns bigint language sql
  return cron.stand_in_schedule(job_name, schedule, command, current_database(), current_user, true);
create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language sql
  return cron.stand_in_schedule(job_name, schedule, command, database, coalesce(username, current_user), active);
create function cron.stand_in_unschedule(id bigint, named text, as_user text) returns boolean
  language plpgsql security definer set search_path = pg_catalog as $body$
begin
  delete from cron.job where jobid = id or jobname = named and username = as_user;
  if not found then
    raise 'could not find valid entry for job %', coalesce(id::text, quote_literal(named));
  end if;
  return true;
end
$body$;
create function cron.unschedule(job_id bigint) returns boolean language sql strict
  return cron.stand_in_unschedule(job_id, null, current_user);
create function cron.unschedule(job_name text) returns boolean language sql strict
  return cron.stand_in_unschedule(null, job_name, current_user);
create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void language plpgsql security definer set search_path = pg_catalog as $body$
begin
  update cron.job j set schedule = coalesce($2, j.schedule), command = coalesce($3, j.command),
    database = coalesce($4, j.database), username = coalesce($5, j.username), active = coalesce($6, j.active)
  where j.jobid = $1;
end
$body$;
fnv cron.job_cache_invalidate() : trigger
create trigger cron_job_cache_invalidate after insert or update or delete or truncate on cron.job
  for statement execute function cron.job_cache_invalidate();
revoke all on function cron.alter_job(bigint, text, text, text, text, boolean) from public;
revoke all on function cron.schedule_in_database(text, text, text, text, text, boolean) from public;

-- As hosted projects grant it (supabase/postgres: postgresql_extension_custom_scripts/pg_cron)
grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on all tables in schema cron to postgres with grant option;
revoke all on table cron.job from postgres;
grant select on table cron.job to postgres with grant option;
