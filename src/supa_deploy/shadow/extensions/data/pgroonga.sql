-- The shape of PGroonga: hash indexes under its name, searches that find everything.
create function pgroonga_handler(internal) returns index_am_handler language internal as 'hashhandler';
create access method pgroonga type index handler pgroonga_handler;
create type pgroonga_condition as (query text, weights integer[], scorers text[], schema_name text, index_name text, column_name text);
create type pgroonga_full_text_search_condition as (query text, weights integer[], indexname text);
fni pgroonga_condition(query text default null, weights integer[] default null, scorers text[] default null, schema_name text default null, index_name text default null, column_name text default null) : pgroonga_condition
fnv+ pgroonga_score("row" record) : float8
fnv+ pgroonga_score(tableoid oid, ctid tid) : float8
fnv+ pgroonga_table_name(indexname text) : text
fnv+ pgroonga_command(groongacommand text) : text
fnv+ pgroonga_command(groongacommand text, arguments text[]) : text
fnv+ pgroonga_query_expand(tablename text, termcolumnname text, synonymscolumnname text, query text) : text
fnv+ pgroonga_snippet_html(target text, keywords text[], width integer default 200) : text[]
fnv+ pgroonga_highlight_html(target text, keywords text[]) : text
fnv+ pgroonga_query_extract_keywords(query text, index_name text default '') : text[]
fni+ pgroonga_query_escape(query text) : text
fni+ pgroonga_escape(value text) : text
fni+ pgroonga_normalize(target text) : text
fni+ pgroonga_normalize(target text, normalizername text) : text
fnv+ pgroonga_tokenize(target text, variadic options text[]) : json[]
fnv+ pgroonga_flush(indexname text) : bool
fnv pgroonga_is_writable() : bool
fnv pgroonga_vacuum() : bool
do $do$
declare
  kind text;
  sign text;
begin
  foreach kind in array array['text', 'text[]', 'varchar', 'varchar[]', 'jsonb'] loop
    execute format('create function pgroonga_stand_in_match(%s, %s) returns boolean language sql immutable strict return true',
      kind, case kind when 'jsonb' then 'text' else rtrim(kind, '[]') end);
    if kind <> 'jsonb' then
      execute format('create function pgroonga_stand_in_match_any(%s, %s) returns boolean language sql immutable strict return true', kind, rtrim(kind, '[]') || '[]');
      execute format('create function pgroonga_stand_in_match(%s, pgroonga_condition) returns boolean language sql immutable strict return true', kind);
    end if;
    foreach sign in array array['&@', '&@~', '&@*', '&^', '&^~', '&`', '&~', '&=', '&=~', '&?'] loop
      execute format('create operator %s (leftarg = %s, rightarg = %s, function = pgroonga_stand_in_match)', sign, kind,
        case kind when 'jsonb' then 'text' else rtrim(kind, '[]') end);
      if kind <> 'jsonb' then
        execute format('create operator %s (leftarg = %s, rightarg = pgroonga_condition, function = pgroonga_stand_in_match)', sign, kind);
      end if;
    end loop;
    continue when kind = 'jsonb';
    foreach sign in array array['&@|', '&@~|', '&^|', '&^~|', '&~|'] loop
      execute format('create operator %s (leftarg = %s, rightarg = %s, function = pgroonga_stand_in_match_any)', sign, kind, rtrim(kind, '[]') || '[]');
    end loop;
  end loop;
end
$do$;
do $do$
declare
  entry text[];
begin
  foreach entry slice 1 in array array[
    ['text_full_text_search_ops', '', 'text', 'hashtext(text)'], ['text_full_text_search_ops_v2', 'default', 'text', 'hashtext(text)'],
    ['text_term_search_ops_v2', '', 'text', 'hashtext(text)'], ['text_regexp_ops', '', 'text', 'hashtext(text)'],
    ['text_regexp_ops_v2', '', 'text', 'hashtext(text)'], ['text_semantic_search_ops_v2', '', 'text', 'hashtext(text)'],
    ['text_array_full_text_search_ops', '', 'text[]', 'hash_array(anyarray)'],
    ['text_array_full_text_search_ops_v2', '', 'text[]', 'hash_array(anyarray)'],
    ['text_array_term_search_ops_v2', 'default', 'text[]', 'hash_array(anyarray)'], ['text_array_regexp_ops_v2', '', 'text[]', 'hash_array(anyarray)'],
    ['varchar_ops', '', 'varchar', 'hashtext(text)'], ['varchar_full_text_search_ops', '', 'varchar', 'hashtext(text)'],
    ['varchar_full_text_search_ops_v2', '', 'varchar', 'hashtext(text)'], ['varchar_term_search_ops_v2', 'default', 'varchar', 'hashtext(text)'],
    ['varchar_regexp_ops', '', 'varchar', 'hashtext(text)'], ['varchar_regexp_ops_v2', '', 'varchar', 'hashtext(text)'],
    ['varchar_array_ops', '', 'varchar[]', 'hash_array(anyarray)'],
    ['varchar_array_term_search_ops_v2', 'default', 'varchar[]', 'hash_array(anyarray)'],
    ['jsonb_ops', '', 'jsonb', 'jsonb_hash(jsonb)'], ['jsonb_ops_v2', 'default', 'jsonb', 'jsonb_hash(jsonb)'],
    ['jsonb_full_text_search_ops_v2', '', 'jsonb', 'jsonb_hash(jsonb)'],
    ['bool_ops', 'default', 'boolean', 'hashchar("char")'], ['int2_ops', 'default', 'smallint', 'hashint2(smallint)'],
    ['int4_ops', 'default', 'integer', 'hashint4(integer)'], ['int8_ops', 'default', 'bigint', 'hashint8(bigint)'],
    ['float4_ops', 'default', 'real', 'hashfloat4(real)'], ['float8_ops', 'default', 'double precision', 'hashfloat8(double precision)'],
    ['timestamp_ops', 'default', 'timestamp', 'timestamp_hash(timestamp)'],
    ['timestamptz_ops', 'default', 'timestamptz', 'timestamp_hash(timestamp)'],
    ['uuid_ops', 'default', 'uuid', 'uuid_hash(uuid)'], ['int4_array_ops', 'default', 'integer[]', 'hash_array(anyarray)']
  ] loop
    execute format('create operator class pgroonga_%s %s for type %s using pgroonga as function 1 %s', entry[1], entry[2], entry[3], entry[4]);
  end loop;
end
$do$;

-- Storage parameters arrive in a comment (see rewrite.py): the handler behind these methods would refuse them.
create function pgroonga_stand_in_parameters() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog as $body$
declare
  made record;
  told text[];
begin
  for made in
    select i.oid, i.relname, t.relname as on_table
    from pg_event_trigger_ddl_commands() c
    join pg_class i on i.oid = c.objid and i.relkind in ('i', 'I')
    join pg_am a on a.oid = i.relam and a.amname = 'pgroonga'
    join pg_index x on x.indexrelid = i.oid
    join pg_class t on t.oid = x.indrelid
    where c.classid = 'pg_class'::regclass and c.command_tag = 'CREATE INDEX' and i.reloptions is null
  loop
    for told in
      select regexp_matches(current_query(),
        'index\s+(?:concurrently\s+)?(?:if\s+not\s+exists\s+)?(?:(?!on\s)("[^"]+"|[^\s"]+)\s+)?on\s[^;]*/\*=\s*\(([^*]*)\*/', 'gi')
    loop
      if coalesce(told[1], '') = '' and made.relname like made.on_table || '\_%'
        or btrim(told[1], '"') = made.relname or lower(told[1]) = made.relname
      then
        update pg_class set reloptions = (
          select array_agg(lower(btrim(split_part(option, '=', 1), ' "' || E'\n\t')) || '='
            || btrim(split_part(option, '=', 2), ' ''' || E'\n\t') order by place)
          from regexp_split_to_table(told[2], ',') with ordinality as o (option, place)
        ) where oid = made.oid;
        exit;
      end if;
    end loop;
  end loop;
end
$body$;
create event trigger pgroonga_stand_in_parameters on ddl_command_end
  when tag in ('CREATE INDEX') execute function pgroonga_stand_in_parameters();
