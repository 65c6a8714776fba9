-- The resume builder as it stood before feature 008: twelve tables; every row but a template belongs to one user.
-- Safe to run twice: IF NOT EXISTS, CREATE OR REPLACE, and policies dropped before they are made.

create or replace function public.set_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  new.updated_at := pg_catalog.now();
  return new;
end;
$$;

comment on function public.set_updated_at() is 'Trigger: stamps updated_at on every update.';

-- profiles

create table if not exists public.profiles (
  user_id uuid primary key references auth.users (id) on delete cascade,
  full_name text,
  headline text,
  avatar_url text,
  locale varchar(10) not null default 'en',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.profiles is 'What a user tells about themselves; one row a user.';
drop trigger if exists profiles_set_updated_at on public.profiles;
create trigger profiles_set_updated_at before update on public.profiles
  for each row execute function public.set_updated_at();

alter table public.profiles enable row level security;
drop policy if exists "Users can read their own profiles" on public.profiles;
create policy "Users can read their own profiles" on public.profiles
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own profiles" on public.profiles;
create policy "Users can add their own profiles" on public.profiles
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own profiles" on public.profiles;
create policy "Users can change their own profiles" on public.profiles
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
grant select, insert, update on public.profiles to authenticated;
grant all on public.profiles to service_role;

-- templates

create table if not exists public.templates (
  id uuid primary key default gen_random_uuid(),
  slug varchar(50) not null unique,
  name text not null,
  description text,
  layout jsonb not null default '{}'::jsonb,
  is_premium boolean not null default false,
  created_at timestamptz not null default now()
);
comment on table public.templates is 'Resume layouts to choose from; public, changed by the service only.';

alter table public.templates enable row level security;
drop policy if exists "Anyone can read templates" on public.templates;
create policy "Anyone can read templates" on public.templates
  for select to anon, authenticated using (true);
grant select on public.templates to anon, authenticated;
grant all on public.templates to service_role;

-- resumes

create table if not exists public.resumes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  template_id uuid references public.templates (id) on delete set null,
  title text not null,
  content jsonb not null default '{}'::jsonb,
  source_file text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.resumes is 'A resume as the user uploaded or typed it.';
create index if not exists idx_resumes_user_id on public.resumes (user_id);
drop trigger if exists resumes_set_updated_at on public.resumes;
create trigger resumes_set_updated_at before update on public.resumes
  for each row execute function public.set_updated_at();

alter table public.resumes enable row level security;
drop policy if exists "Users can read their own resumes" on public.resumes;
create policy "Users can read their own resumes" on public.resumes
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own resumes" on public.resumes;
create policy "Users can add their own resumes" on public.resumes
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own resumes" on public.resumes;
create policy "Users can change their own resumes" on public.resumes
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own resumes" on public.resumes;
create policy "Users can delete their own resumes" on public.resumes
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.resumes to authenticated;
grant all on public.resumes to service_role;

-- resume_sections

create table if not exists public.resume_sections (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  resume_id uuid not null references public.resumes (id) on delete cascade,
  kind varchar(30) not null check (kind in ('summary', 'experience', 'education', 'skills', 'projects', 'other')),
  position smallint not null default 0 check (position >= 0),
  content jsonb not null default '{}'::jsonb,
  unique (resume_id, kind, position)
);
comment on table public.resume_sections is 'The parts of a resume, in the order they are printed.';
create index if not exists idx_resume_sections_user_id on public.resume_sections (user_id);

alter table public.resume_sections enable row level security;
drop policy if exists "Users can read their own resume_sections" on public.resume_sections;
create policy "Users can read their own resume_sections" on public.resume_sections
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own resume_sections" on public.resume_sections;
create policy "Users can add their own resume_sections" on public.resume_sections
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own resume_sections" on public.resume_sections;
create policy "Users can change their own resume_sections" on public.resume_sections
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own resume_sections" on public.resume_sections;
create policy "Users can delete their own resume_sections" on public.resume_sections
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.resume_sections to authenticated;
grant all on public.resume_sections to service_role;

-- job_descriptions

create table if not exists public.job_descriptions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null,
  company text,
  source_url text,
  body text not null,
  created_at timestamptz not null default now()
);
comment on table public.job_descriptions is 'The job a resume is to be fitted to.';
create index if not exists idx_job_descriptions_user_id on public.job_descriptions (user_id);

alter table public.job_descriptions enable row level security;
drop policy if exists "Users can read their own job_descriptions" on public.job_descriptions;
create policy "Users can read their own job_descriptions" on public.job_descriptions
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own job_descriptions" on public.job_descriptions;
create policy "Users can add their own job_descriptions" on public.job_descriptions
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own job_descriptions" on public.job_descriptions;
create policy "Users can change their own job_descriptions" on public.job_descriptions
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own job_descriptions" on public.job_descriptions;
create policy "Users can delete their own job_descriptions" on public.job_descriptions
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.job_descriptions to authenticated;
grant all on public.job_descriptions to service_role;

-- optimizations

create table if not exists public.optimizations (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  resume_id uuid not null references public.resumes (id) on delete cascade,
  job_description_id uuid references public.job_descriptions (id) on delete set null,
  status varchar(20) not null default 'pending' check (status in ('pending', 'running', 'completed', 'failed')),
  result jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.optimizations is 'One run that fits a resume to a job description.';
create index if not exists idx_optimizations_user_id on public.optimizations (user_id);
create index if not exists idx_optimizations_resume_id on public.optimizations (resume_id);
drop trigger if exists optimizations_set_updated_at on public.optimizations;
create trigger optimizations_set_updated_at before update on public.optimizations
  for each row execute function public.set_updated_at();

alter table public.optimizations enable row level security;
drop policy if exists "Users can read their own optimizations" on public.optimizations;
create policy "Users can read their own optimizations" on public.optimizations
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own optimizations" on public.optimizations;
create policy "Users can add their own optimizations" on public.optimizations
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own optimizations" on public.optimizations;
create policy "Users can change their own optimizations" on public.optimizations
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own optimizations" on public.optimizations;
create policy "Users can delete their own optimizations" on public.optimizations
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.optimizations to authenticated;
grant all on public.optimizations to service_role;

-- ats_scores

create table if not exists public.ats_scores (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid not null references public.optimizations (id) on delete cascade,
  score decimal(5, 2) not null check (score between 0 and 100),
  details jsonb not null default '{}'::jsonb,
  created_at timestamptz not null default now()
);
comment on table public.ats_scores is 'How an applicant tracking system would rate an optimization.';
create index if not exists idx_ats_scores_optimization_id on public.ats_scores (optimization_id);

alter table public.ats_scores enable row level security;
drop policy if exists "Users can read their own ats_scores" on public.ats_scores;
create policy "Users can read their own ats_scores" on public.ats_scores
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own ats_scores" on public.ats_scores;
create policy "Users can add their own ats_scores" on public.ats_scores
  for insert to authenticated with check ((select auth.uid()) = user_id);
grant select, insert on public.ats_scores to authenticated;
grant all on public.ats_scores to service_role;

-- cover_letters

create table if not exists public.cover_letters (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid not null references public.optimizations (id) on delete cascade,
  body text not null,
  tone varchar(20) not null default 'neutral',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.cover_letters is 'A letter written for an optimization.';
create index if not exists idx_cover_letters_user_id on public.cover_letters (user_id);
create index if not exists idx_cover_letters_optimization_id on public.cover_letters (optimization_id);
drop trigger if exists cover_letters_set_updated_at on public.cover_letters;
create trigger cover_letters_set_updated_at before update on public.cover_letters
  for each row execute function public.set_updated_at();

alter table public.cover_letters enable row level security;
drop policy if exists "Users can read their own cover_letters" on public.cover_letters;
create policy "Users can read their own cover_letters" on public.cover_letters
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own cover_letters" on public.cover_letters;
create policy "Users can add their own cover_letters" on public.cover_letters
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own cover_letters" on public.cover_letters;
create policy "Users can change their own cover_letters" on public.cover_letters
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own cover_letters" on public.cover_letters;
create policy "Users can delete their own cover_letters" on public.cover_letters
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.cover_letters to authenticated;
grant all on public.cover_letters to service_role;

-- chat_sessions

create table if not exists public.chat_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid references public.optimizations (id) on delete cascade,
  title text,
  status varchar(20) not null default 'active' check (status in ('active', 'closed')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
comment on table public.chat_sessions is 'A conversation with the assistant about one optimization.';
create index if not exists idx_chat_sessions_user_id on public.chat_sessions (user_id);
create index if not exists idx_chat_sessions_optimization_id on public.chat_sessions (optimization_id);
drop trigger if exists chat_sessions_set_updated_at on public.chat_sessions;
create trigger chat_sessions_set_updated_at before update on public.chat_sessions
  for each row execute function public.set_updated_at();

alter table public.chat_sessions enable row level security;
drop policy if exists "Users can read their own chat_sessions" on public.chat_sessions;
create policy "Users can read their own chat_sessions" on public.chat_sessions
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own chat_sessions" on public.chat_sessions;
create policy "Users can add their own chat_sessions" on public.chat_sessions
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can change their own chat_sessions" on public.chat_sessions;
create policy "Users can change their own chat_sessions" on public.chat_sessions
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own chat_sessions" on public.chat_sessions;
create policy "Users can delete their own chat_sessions" on public.chat_sessions
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, update, delete on public.chat_sessions to authenticated;
grant all on public.chat_sessions to service_role;

-- chat_messages

create table if not exists public.chat_messages (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  session_id uuid not null references public.chat_sessions (id) on delete cascade,
  sender varchar(20) not null check (sender in ('user', 'assistant', 'system')),
  content text not null,
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamptz not null default now()
);
comment on table public.chat_messages is 'What was said in a chat session.';
create index if not exists idx_chat_messages_session_id on public.chat_messages (session_id);
create index if not exists idx_chat_messages_user_id on public.chat_messages (user_id);

alter table public.chat_messages enable row level security;
drop policy if exists "Users can read their own chat_messages" on public.chat_messages;
create policy "Users can read their own chat_messages" on public.chat_messages
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own chat_messages" on public.chat_messages;
create policy "Users can add their own chat_messages" on public.chat_messages
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own chat_messages" on public.chat_messages;
create policy "Users can delete their own chat_messages" on public.chat_messages
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, delete on public.chat_messages to authenticated;
grant all on public.chat_messages to service_role;

-- exports

create table if not exists public.exports (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid not null references public.optimizations (id) on delete cascade,
  format varchar(10) not null check (format in ('pdf', 'docx', 'html')),
  storage_path text not null,
  created_at timestamptz not null default now()
);
comment on table public.exports is 'Files rendered from an optimization.';
create index if not exists idx_exports_user_id on public.exports (user_id);

alter table public.exports enable row level security;
drop policy if exists "Users can read their own exports" on public.exports;
create policy "Users can read their own exports" on public.exports
  for select to authenticated using ((select auth.uid()) = user_id);
drop policy if exists "Users can add their own exports" on public.exports;
create policy "Users can add their own exports" on public.exports
  for insert to authenticated with check ((select auth.uid()) = user_id);
drop policy if exists "Users can delete their own exports" on public.exports;
create policy "Users can delete their own exports" on public.exports
  for delete to authenticated using ((select auth.uid()) = user_id);
grant select, insert, delete on public.exports to authenticated;
grant all on public.exports to service_role;

-- usage_events

create table if not exists public.usage_events (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  event varchar(50) not null,
  quantity integer not null default 1 check (quantity > 0),
  occurred_at timestamptz not null default now()
);
comment on table public.usage_events is 'What is counted against a user''s plan; written by the service only.';
create index if not exists idx_usage_events_user_id on public.usage_events (user_id);

alter table public.usage_events enable row level security;
drop policy if exists "Users can read their own usage_events" on public.usage_events;
create policy "Users can read their own usage_events" on public.usage_events
  for select to authenticated using ((select auth.uid()) = user_id);
grant select on public.usage_events to authenticated;
grant all on public.usage_events to service_role;
