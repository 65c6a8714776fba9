-- Feature 008: the two columns that older tables gain. Grants and policies stay the tables' own.
-- Safe to run twice.

alter table public.chat_sessions add column if not exists openai_thread_id varchar(255) unique;
comment on column public.chat_sessions.openai_thread_id is
  'The OpenAI Assistant thread of this session; survives page reloads.';
create index if not exists idx_chat_sessions_openai_thread_id on public.chat_sessions (openai_thread_id);

alter table public.optimizations add column if not exists ai_modification_count integer default 0;
comment on column public.optimizations.ai_modification_count is 'AI modifications made so far: "X improvements made".';
create index if not exists idx_optimizations_ai_modification_count on public.optimizations (ai_modification_count);
