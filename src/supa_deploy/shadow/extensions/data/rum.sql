-- The shape of RUM: hash indexes under its name.
create function rumhandler(internal) returns index_am_handler language internal as 'hashhandler';
create access method rum type index handler rumhandler;
create type rum_distance_query as (query tsquery, method integer);
create function tsquery_to_distance_query(tsquery) returns rum_distance_query language sql immutable strict
  return row($1, 0)::rum_distance_query;
create cast (tsquery as rum_distance_query) with function tsquery_to_distance_query(tsquery) as implicit;
fni+ rum_ts_distance(tsvector, tsquery) : float4
fni+ rum_ts_distance(tsvector, tsquery, integer) : float4
fni+ rum_ts_distance(tsvector, rum_distance_query) : float4
fni+ rum_ts_score(tsvector, tsquery) : float4
fni+ rum_ts_score(tsvector, tsquery, integer) : float4
fni+ rum_timestamp_distance(timestamp, timestamp) : float8
fni+ rum_timestamptz_distance(timestamptz, timestamptz) : float8
create operator <=> (leftarg = tsvector, rightarg = tsquery, function = rum_ts_distance);
create operator <=> (leftarg = tsvector, rightarg = rum_distance_query, function = rum_ts_distance);
create operator <=> (leftarg = timestamp, rightarg = timestamp, function = rum_timestamp_distance, commutator = <=>);
create operator <=> (leftarg = timestamptz, rightarg = timestamptz, function = rum_timestamptz_distance, commutator = <=>);
create function rum_stand_in_hash(tsvector) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create function rum_stand_in_hash(tsquery) returns integer language internal immutable strict parallel safe as 'hashvarlena';
create operator class rum_tsvector_ops default for type tsvector using rum as function 1 rum_stand_in_hash(tsvector);
create operator class rum_tsvector_hash_ops for type tsvector using rum as function 1 rum_stand_in_hash(tsvector);
create operator class rum_tsvector_addon_ops for type tsvector using rum as function 1 rum_stand_in_hash(tsvector);
create operator class rum_tsquery_ops default for type tsquery using rum as function 1 rum_stand_in_hash(tsquery);
create operator class rum_anyarray_ops default for type anyarray using rum as function 1 hash_array(anyarray);
