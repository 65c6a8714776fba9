-- Feature 008: persistent conversations. One row for each thread the OpenAI Assistants API keeps for us.
-- Safe to run twice.

create table if not exists public.ai_threads (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid references public.optimizations (id) on delete cascade,
  session_id uuid references public.chat_sessions (id) on delete cascade,
  openai_thread_id varchar(255) not null unique,
  openai_assistant_id varchar(255),
  status varchar(20) not null default 'active' check (status in ('active', 'archived', 'error')),
  metadata jsonb not null default '{}'::jsonb,
  created_at timestamptz not null default now(),
  last_message_at timestamptz,
  archived_at timestamptz
);

comment on table public.ai_threads is 'OpenAI Assistant threads behind persistent conversations.';
comment on column public.ai_threads.openai_thread_id is 'The thread''s id at OpenAI.';
comment on column public.ai_threads.status is 'active, archived, or error.';

create index if not exists idx_ai_threads_user_id on public.ai_threads (user_id);
create index if not exists idx_ai_threads_optimization_id on public.ai_threads (optimization_id);
create index if not exists idx_ai_threads_session_id on public.ai_threads (session_id);
create index if not exists idx_ai_threads_openai_thread_id on public.ai_threads (openai_thread_id);
create index if not exists idx_ai_threads_status on public.ai_threads (status);

alter table public.ai_threads enable row level security;

drop policy if exists "Users can read their own ai_threads" on public.ai_threads;
create policy "Users can read their own ai_threads" on public.ai_threads
  for select to authenticated using ((select auth.uid()) = user_id);

drop policy if exists "Users can add their own ai_threads" on public.ai_threads;
create policy "Users can add their own ai_threads" on public.ai_threads
  for insert to authenticated with check ((select auth.uid()) = user_id);

drop policy if exists "Users can change their own ai_threads" on public.ai_threads;
create policy "Users can change their own ai_threads" on public.ai_threads
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

drop policy if exists "Users can delete their own ai_threads" on public.ai_threads;
create policy "Users can delete their own ai_threads" on public.ai_threads
  for delete to authenticated using ((select auth.uid()) = user_id);

grant select, insert, update, delete on public.ai_threads to authenticated;
grant all on public.ai_threads to service_role;
