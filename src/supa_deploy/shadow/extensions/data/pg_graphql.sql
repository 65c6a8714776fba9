-- The shape of pg_graphql: every question gets the answer that it is not here.
create function graphql._internal_resolve(
  query text, variables jsonb default '{}'::jsonb, "operationName" text default null, extensions jsonb default null
) returns jsonb language sql return '{"errors": [{"message": "pg_graphql is a stand-in here."}]}'::jsonb;
create function graphql.resolve(
  query text, variables jsonb default '{}'::jsonb, "operationName" text default null, extensions jsonb default null
) returns jsonb language sql return graphql._internal_resolve(query, variables, "operationName", extensions);
create sequence if not exists graphql.seq_schema_version as integer cycle;
create function graphql.get_schema_version() returns integer language sql return 1;
create function graphql.comment_directive(comment_ text) returns jsonb language sql immutable return '{}'::jsonb;
fnv graphql.exception(message text) : text
grant usage on schema graphql to postgres, anon, authenticated, service_role;
grant execute on all functions in schema graphql to postgres, anon, authenticated, service_role;
