-- The shape of TimescaleDB: hypertables stay ordinary tables, policies are taken and not kept.
create schema if not exists _timescaledb_internal;
create schema if not exists timescaledb_information;
create type _timescaledb_internal.dimension_info as (column_name name, number_partitions integer, partition_interval text);
fnv create_hypertable(relation regclass, time_column_name name, partitioning_column name default null, number_partitions integer default null, associated_schema_name name default null, associated_table_prefix name default null, chunk_time_interval anyelement default null::bigint, create_default_indexes boolean default true, if_not_exists boolean default false, partitioning_func regproc default null, migrate_data boolean default false, chunk_target_size text default null, chunk_sizing_func regproc default null, time_partitioning_func regproc default null) : table(hypertable_id int, schema_name name, table_name name, created bool)
fnv create_hypertable(relation regclass, dimension _timescaledb_internal.dimension_info, create_default_indexes boolean default true, if_not_exists boolean default false, migrate_data boolean default false) : table(hypertable_id int, created bool)
fnv set_chunk_time_interval(hypertable regclass, chunk_time_interval anyelement, dimension_name name default null) : void
fnv set_number_partitions(hypertable regclass, number_partitions integer, dimension_name name default null) : void
fnv drop_chunks(relation regclass, older_than interval default null, newer_than interval default null, "verbose" boolean default false) : setof text
fnv show_chunks(relation regclass, older_than interval default null, newer_than interval default null) : setof regclass
fnv add_dimension(hypertable regclass, column_name name, number_partitions integer default null, chunk_time_interval anyelement default null::bigint, partitioning_func regproc default null, if_not_exists boolean default false) : table(dimension_id int, schema_name name, table_name name, column_name name, created bool)
fnv by_range(column_name name, partition_interval anyelement default null::bigint, partition_func regproc default null) : _timescaledb_internal.dimension_info
fnv by_hash(column_name name, number_partitions integer, partition_func regproc default null) : _timescaledb_internal.dimension_info
fnv add_retention_policy(relation regclass, drop_after interval default null, if_not_exists boolean default false, schedule_interval interval default null, initial_start timestamptz default null, timezone text default null) : integer
fnv remove_retention_policy(relation regclass, if_exists boolean default false) : void
fnv add_compression_policy(hypertable regclass, compress_after interval default null, if_not_exists boolean default false, schedule_interval interval default null, initial_start timestamptz default null, timezone text default null) : integer
fnv remove_compression_policy(hypertable regclass, if_exists boolean default false) : bool
fnv add_reorder_policy(hypertable regclass, index_name name, if_not_exists boolean default false) : integer
fnv add_continuous_aggregate_policy(continuous_aggregate regclass, start_offset interval, end_offset interval, schedule_interval interval, if_not_exists boolean default false) : integer
fnv remove_continuous_aggregate_policy(continuous_aggregate regclass, if_not_exists boolean default false) : void
fnv compress_chunk(uncompressed_chunk regclass, if_not_compressed boolean default true) : regclass
fnv decompress_chunk(uncompressed_chunk regclass, if_compressed boolean default true) : regclass
fns hypertable_size(hypertable regclass) : bigint
create function time_bucket(bucket_width interval, ts timestamptz) returns timestamptz language sql immutable strict
  return date_bin(bucket_width, ts, '2000-01-03 00:00:00+00');
create function time_bucket(bucket_width interval, ts timestamp) returns timestamp language sql immutable strict
  return date_bin(bucket_width, ts, '2000-01-03 00:00:00');
create function time_bucket(bucket_width interval, ts date) returns date language sql immutable strict
  return date_bin(bucket_width, ts::timestamp, '2000-01-03 00:00:00')::date;
create function time_bucket(bucket_width integer, ts integer) returns integer language sql immutable strict
  return ts / bucket_width * bucket_width;
create function time_bucket(bucket_width bigint, ts bigint) returns bigint language sql immutable strict
  return ts / bucket_width * bucket_width;
fni+ time_bucket_gapfill(bucket_width interval, ts timestamptz) : timestamptz
fni first_stand_in(anyelement, anyelement, anycompatible) : anyelement
create aggregate first(anyelement, anycompatible) (sfunc = first_stand_in, stype = anyelement);
create aggregate last(anyelement, anycompatible) (sfunc = first_stand_in, stype = anyelement);
create view timescaledb_information.hypertables as
  select null::name as hypertable_schema, null::name as hypertable_name, null::name as owner where false;
grant usage on schema _timescaledb_internal, timescaledb_information to public;
grant select on timescaledb_information.hypertables to public;
