-- Feature 008: the history of visual changes that users asked for, each with what is needed to undo it.
-- Safe to run twice.

create table if not exists public.style_customization_history (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references auth.users (id) on delete cascade,
  optimization_id uuid not null references public.optimizations (id) on delete cascade,
  session_id uuid references public.chat_sessions (id) on delete set null,
  message_id uuid references public.chat_messages (id) on delete set null,
  customization_type varchar(20) not null
    check (customization_type in ('color', 'font', 'spacing', 'layout', 'mixed')),
  changes jsonb not null,
  previous_customization jsonb,
  request_text text,
  applied_by varchar(20) not null default 'ai_assistant' check (applied_by in ('ai_assistant', 'user', 'system')),
  created_at timestamptz not null default now()
);

comment on table public.style_customization_history is 'Visual and design customization requests.';
comment on column public.style_customization_history.changes is 'The style changes themselves.';
comment on column public.style_customization_history.previous_customization is 'The style before, for undo.';
comment on column public.style_customization_history.request_text is 'What the user asked for, in their words.';

create index if not exists idx_style_customization_history_user_id
  on public.style_customization_history (user_id);
create index if not exists idx_style_customization_history_optimization_id
  on public.style_customization_history (optimization_id);
create index if not exists idx_style_customization_history_created_at
  on public.style_customization_history (created_at);
create index if not exists idx_style_customization_history_customization_type
  on public.style_customization_history (customization_type);

alter table public.style_customization_history enable row level security;

drop policy if exists "Users can read their own style history" on public.style_customization_history;
create policy "Users can read their own style history" on public.style_customization_history
  for select to authenticated using ((select auth.uid()) = user_id);

drop policy if exists "Users can add to their own style history" on public.style_customization_history;
create policy "Users can add to their own style history" on public.style_customization_history
  for insert to authenticated with check ((select auth.uid()) = user_id);

-- A history is only ever added to by users.
grant select, insert on public.style_customization_history to authenticated;
grant all on public.style_customization_history to service_role;
