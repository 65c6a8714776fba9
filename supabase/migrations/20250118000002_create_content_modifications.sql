-- Feature 008: the audit trail of every change the assistant makes to a resume, with what is needed to revert it.
-- Safe to run twice.

create table if not exists public.content_modifications (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid not null references public.optimizations (id) on delete cascade,
  session_id uuid references public.chat_sessions (id) on delete set null,
  message_id uuid references public.chat_messages (id) on delete set null,
  operation varchar(20) not null
    check (operation in ('replace', 'prefix', 'suffix', 'append', 'insert', 'remove')),
  field_path varchar(500) not null,
  old_value text,
  new_value text,
  reason text,
  intent varchar(50),
  ats_score_before decimal(5, 2) check (ats_score_before between 0 and 100),
  ats_score_after decimal(5, 2) check (ats_score_after between 0 and 100),
  score_change decimal(5, 2) generated always as (ats_score_after - ats_score_before) stored,
  is_reverted boolean not null default false,
  reverted_at timestamptz,
  reverted_by_modification_id uuid references public.content_modifications (id) on delete set null,
  applied_by varchar(20) not null default 'ai_assistant' check (applied_by in ('ai_assistant', 'user', 'system')),
  created_at timestamptz not null default now()
);

comment on table public.content_modifications is 'Audit trail of all AI-made resume changes.';
comment on column public.content_modifications.field_path is 'JSON path such as experiences[0].title.';
comment on column public.content_modifications.intent is 'Why the assistant acted: tip_implementation, content_edit, ...';
comment on column public.content_modifications.score_change is 'ats_score_after minus ats_score_before.';
comment on column public.content_modifications.reverted_by_modification_id is 'The modification that undid this one.';

create index if not exists idx_content_modifications_user_id on public.content_modifications (user_id);
create index if not exists idx_content_modifications_optimization_id on public.content_modifications (optimization_id);
create index if not exists idx_content_modifications_session_id on public.content_modifications (session_id);
create index if not exists idx_content_modifications_field_path on public.content_modifications (field_path);
create index if not exists idx_content_modifications_created_at on public.content_modifications (created_at);
create index if not exists idx_content_modifications_is_reverted on public.content_modifications (is_reverted);

alter table public.content_modifications enable row level security;

drop policy if exists "Users can read their own content_modifications" on public.content_modifications;
create policy "Users can read their own content_modifications" on public.content_modifications
  for select to authenticated using ((select auth.uid()) = user_id);

drop policy if exists "Users can add their own content_modifications" on public.content_modifications;
create policy "Users can add their own content_modifications" on public.content_modifications
  for insert to authenticated with check ((select auth.uid()) = user_id);

drop policy if exists "Users can change their own content_modifications" on public.content_modifications;
create policy "Users can change their own content_modifications" on public.content_modifications
  for update to authenticated using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);

-- No DELETE for users: an audit trail is reverted, never shortened.
grant select, insert, update on public.content_modifications to authenticated;
grant all on public.content_modifications to service_role;
