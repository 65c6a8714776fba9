-- The shape of pg_repack: its schema and its views.
create schema if not exists repack;
fni repack.version() : text
fni repack.version_sql() : text
fns repack.oid2text(oid) : text
fns repack.get_index_columns(oid) : text
fns repack.get_create_index_type(oid, name) : text
fns repack.get_create_trigger(oid, oid) : text
fns repack.get_enable_trigger(oid) : text
fnv repack.repack_trigger() : trigger
fns repack.get_table_and_inheritors(regclass) : regclass[]
create view repack.tables as select null::text as relname, null::oid as relid where false;
create view repack.primary_keys as select null::oid as indrelid, null::oid as indexrelid where false;
