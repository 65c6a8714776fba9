-- The shape of pgvector: its types keep their text, their indexes keep hashes of it, and distances are zero.
create type vector;
create type halfvec;
create type sparsevec;

do $do$
declare
  kind text;
  other text;
  operation text;
  number text;
begin
  foreach kind in array array['vector', 'halfvec', 'sparsevec'] loop
    -- Text in, text out, of any length; the type modifier is a plain number, as bit's is.
    execute format('create function %s_in(cstring, oid, integer) returns %1$s language internal immutable strict parallel safe as ''textin''', kind);
    execute format('create function %s_out(%1$s) returns cstring language internal immutable strict parallel safe as ''textout''', kind);
    execute format('create function %s_typmod_in(cstring[]) returns integer language internal immutable strict parallel safe as ''bittypmodin''', kind);
    execute format('create function %s_typmod_out(integer) returns cstring language internal immutable strict parallel safe as ''bittypmodout''', kind);
    execute format('create function %s_recv(internal, oid, integer) returns %1$s language internal stable strict parallel safe as ''textrecv''', kind);
    execute format('create function %s_send(%1$s) returns bytea language internal stable strict parallel safe as ''textsend''', kind);
    execute format('create type %s (input = %1$s_in, output = %1$s_out, typmod_in = %1$s_typmod_in, typmod_out = %1$s_typmod_out, receive = %1$s_recv, send = %1$s_send, storage = external)', kind);

    foreach operation in array array['l2_distance', 'inner_product', 'cosine_distance', 'l1_distance',
      kind || '_l2_squared_distance', kind || '_negative_inner_product'] loop
      execute format('create function %s(%s, %2$s) returns double precision language sql immutable strict parallel safe return 0::double precision', operation, kind);
    end loop;
    if kind <> 'sparsevec' then
      execute format('create function %s_spherical_distance(%1$s, %1$s) returns double precision language sql immutable strict parallel safe return 0::double precision', kind);
      execute format('create function vector_dims(%s) returns integer language sql immutable strict parallel safe return cardinality(string_to_array(btrim($1::text, ''[]''), '',''))', kind);
      execute format('create function binary_quantize(%s) returns bit language sql immutable strict parallel safe return ''0''::bit', kind);
      execute format('create function subvector(%s, integer, integer) returns %1$s language sql immutable strict parallel safe return $1', kind);
      foreach operation in array array['add', 'sub', 'mul', 'concat'] loop
        execute format('create function %s_%s(%1$s, %1$s) returns %1$s language sql immutable strict parallel safe return $1', kind, operation);
      end loop;
      execute format('create operator + (leftarg = %s, rightarg = %1$s, function = %1$s_add, commutator = +)', kind);
      execute format('create operator - (leftarg = %s, rightarg = %1$s, function = %1$s_sub)', kind);
      execute format('create operator * (leftarg = %s, rightarg = %1$s, function = %1$s_mul, commutator = *)', kind);
      execute format('create operator || (leftarg = %s, rightarg = %1$s, function = %1$s_concat)', kind);
      execute format('create function %s_accum(double precision[], %1$s) returns double precision[] language sql immutable strict parallel safe return $1', kind);
      execute format('create function %s_avg(double precision[]) returns %1$s language sql immutable strict parallel safe return null::%1$s', kind);
      execute format('create function %s_combine(double precision[], double precision[]) returns double precision[] language sql immutable strict parallel safe return $1', kind);
      execute format('create aggregate avg(%s) (sfunc = %1$s_accum, stype = double precision[], finalfunc = %1$s_avg, combinefunc = %1$s_combine, initcond = ''{0}'', parallel = safe)', kind);
      execute format('create aggregate sum(%s) (sfunc = %1$s_add, stype = %1$s, combinefunc = %1$s_add, parallel = safe)', kind);
    end if;
    execute format('create function %s(%s) returns double precision language sql immutable strict parallel safe return 0::double precision',
      case kind when 'vector' then 'vector_norm' else 'l2_norm' end, kind);
    execute format('create function l2_normalize(%s) returns %1$s language sql immutable strict parallel safe return $1', kind);

    -- Comparison of the bytes, so that no collation is asked for.
    foreach operation in array array['lt', 'le', 'eq', 'ne', 'ge', 'gt'] loop
      execute format('create function %s_%s(%1$s, %1$s) returns boolean language internal immutable strict parallel safe as %3$L', kind, operation, 'bytea' || operation);
    end loop;
    execute format('create function %s_cmp(%1$s, %1$s) returns integer language internal immutable strict parallel safe as ''byteacmp''', kind);
    execute format('create operator < (leftarg = %s, rightarg = %1$s, function = %1$s_lt, commutator = >, negator = >=, restrict = scalarltsel, join = scalarltjoinsel)', kind);
    execute format('create operator <= (leftarg = %s, rightarg = %1$s, function = %1$s_le, commutator = >=, negator = >, restrict = scalarlesel, join = scalarlejoinsel)', kind);
    execute format('create operator = (leftarg = %s, rightarg = %1$s, function = %1$s_eq, commutator = =, negator = <>, restrict = eqsel, join = eqjoinsel)', kind);
    execute format('create operator <> (leftarg = %s, rightarg = %1$s, function = %1$s_ne, commutator = <>, negator = =, restrict = neqsel, join = neqjoinsel)', kind);
    execute format('create operator >= (leftarg = %s, rightarg = %1$s, function = %1$s_ge, commutator = <=, negator = <, restrict = scalargesel, join = scalargejoinsel)', kind);
    execute format('create operator > (leftarg = %s, rightarg = %1$s, function = %1$s_gt, commutator = <, negator = <=, restrict = scalargtsel, join = scalargtjoinsel)', kind);
    execute format('create operator <-> (leftarg = %s, rightarg = %1$s, function = l2_distance, commutator = <->)', kind);
    execute format('create operator <#> (leftarg = %s, rightarg = %1$s, function = %1$s_negative_inner_product, commutator = <#>)', kind);
    execute format('create operator <=> (leftarg = %s, rightarg = %1$s, function = cosine_distance, commutator = <=>)', kind);
    execute format('create operator <+> (leftarg = %s, rightarg = %1$s, function = l1_distance, commutator = <+>)', kind);
    execute format('create operator class %s_ops default for type %1$s using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 %1$s_cmp(%1$s, %1$s)', kind);
    -- What the index methods below keep of a value.
    execute format('create function %s_stand_in_hash(%1$s) returns integer language internal immutable strict parallel safe as ''hashvarlena''', kind);

    execute format('create function %s(%1$s, integer, boolean) returns %1$s language sql immutable strict parallel safe return $1', kind);
    execute format('create cast (%s as %1$s) with function %1$s(%1$s, integer, boolean) as implicit', kind);
    foreach number in array array['integer', 'real', 'double precision', 'numeric'] loop
      execute format('create function array_to_%s(%s[], integer, boolean) returns %1$s language sql immutable strict parallel safe return translate($1::text, ''{}'', ''[]'')::%1$s', kind, number);
      execute format('create cast (%s[] as %s) with function array_to_%2$s(%1$s[], integer, boolean) as assignment', number, kind);
    end loop;
  end loop;

  foreach kind in array array['vector', 'halfvec'] loop
    execute format('create function %s_to_float4(%1$s, integer, boolean) returns real[] language sql immutable strict parallel safe return translate($1::text, ''[]'', ''{}'')::real[]', kind);
  end loop;
  create cast (vector as real[]) with function vector_to_float4(vector, integer, boolean) as implicit;
  create cast (halfvec as real[]) with function halfvec_to_float4(halfvec, integer, boolean) as assignment;
  foreach kind in array array['vector', 'halfvec', 'sparsevec'] loop
    foreach other in array array['vector', 'halfvec', 'sparsevec'] loop
      if kind <> other then
        execute format('create function %s_to_%s(%1$s, integer, boolean) returns %2$s language sql immutable strict parallel safe return $1::text::%2$s', kind, other);
        execute format('create cast (%s as %s) with function %1$s_to_%2$s(%1$s, integer, boolean) as %3$s', kind, other,
          case when kind = 'vector' or other = 'sparsevec' then 'implicit' else 'assignment' end);
      end if;
    end loop;
  end loop;
end
$do$;

create function hamming_distance(bit, bit) returns double precision
  language sql immutable strict parallel safe return bit_count($1 # $2)::double precision;
create function jaccard_distance(bit, bit) returns double precision
  language sql immutable strict parallel safe return 0::double precision;
create operator <~> (leftarg = bit, rightarg = bit, function = hamming_distance, commutator = <~>);
create operator <%> (leftarg = bit, rightarg = bit, function = jaccard_distance, commutator = <%>);
create function bit_stand_in_hash(bit) returns integer
  language internal immutable strict parallel safe as 'hashvarlena';

-- The index methods are hash indexes under other names: they take one column of anything that can be hashed.
create function ivfflathandler(internal) returns index_am_handler language internal as 'hashhandler';
create access method ivfflat type index handler ivfflathandler;
create function hnswhandler(internal) returns index_am_handler language internal as 'hashhandler';
create access method hnsw type index handler hnswhandler;
-- Named in the grants of dumped schemas
create function ivfflat_halfvec_support(internal) returns internal language internal as 'hashhandler';
create function ivfflat_bit_support(internal) returns internal language internal as 'hashhandler';
create function hnsw_halfvec_support(internal) returns internal language internal as 'hashhandler';
create function hnsw_bit_support(internal) returns internal language internal as 'hashhandler';
create function hnsw_sparsevec_support(internal) returns internal language internal as 'hashhandler';

do $do$
declare
  entry text[];
begin
  foreach entry slice 1 in array array[
    ['ivfflat', 'vector', 'vector_l2_ops', 'default'], ['ivfflat', 'vector', 'vector_ip_ops', ''],
    ['ivfflat', 'vector', 'vector_cosine_ops', ''],
    ['hnsw', 'vector', 'vector_l2_ops', ''], ['hnsw', 'vector', 'vector_ip_ops', ''],
    ['hnsw', 'vector', 'vector_cosine_ops', ''], ['hnsw', 'vector', 'vector_l1_ops', ''],
    ['ivfflat', 'halfvec', 'halfvec_l2_ops', ''], ['ivfflat', 'halfvec', 'halfvec_ip_ops', ''],
    ['ivfflat', 'halfvec', 'halfvec_cosine_ops', ''],
    ['hnsw', 'halfvec', 'halfvec_l2_ops', ''], ['hnsw', 'halfvec', 'halfvec_ip_ops', ''],
    ['hnsw', 'halfvec', 'halfvec_cosine_ops', ''], ['hnsw', 'halfvec', 'halfvec_l1_ops', ''],
    ['hnsw', 'sparsevec', 'sparsevec_l2_ops', ''], ['hnsw', 'sparsevec', 'sparsevec_ip_ops', ''],
    ['hnsw', 'sparsevec', 'sparsevec_cosine_ops', ''], ['hnsw', 'sparsevec', 'sparsevec_l1_ops', ''],
    ['ivfflat', 'bit', 'bit_hamming_ops', ''], ['hnsw', 'bit', 'bit_hamming_ops', ''],
    ['hnsw', 'bit', 'bit_jaccard_ops', '']
  ] loop
    execute format('create operator class %s %s for type %s using %s as function 1 %3$s_stand_in_hash(%3$s)',
      entry[3], entry[4], entry[2], entry[1]);
  end loop;
end
$do$;

-- Storage parameters arrive in a comment (see rewrite.py): the handler behind these methods would refuse them.
create function vector_stand_in_parameters() returns event_trigger
  language plpgsql security definer set search_path = pg_catalog as $body$
declare
  made record;
  told text[];
begin
  for made in
    select i.oid, i.relname, t.relname as on_table
    from pg_event_trigger_ddl_commands() c
    join pg_class i on i.oid = c.objid and i.relkind in ('i', 'I')
    join pg_am a on a.oid = i.relam and a.amname in ('hnsw', 'ivfflat')
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
create event trigger vector_stand_in_parameters on ddl_command_end
  when tag in ('CREATE INDEX') execute function vector_stand_in_parameters();
