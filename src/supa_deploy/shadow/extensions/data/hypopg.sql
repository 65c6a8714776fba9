-- The shape of HypoPG: no index is ever imagined.
fnv hypopg_reset_index() : void
fnv hypopg_reset() : void
fnv+ hypopg_create_index(in sql_order text, out indexrelid oid, out indexname text) : setof record
fnv+ hypopg_drop_index(in indexid oid) : bool
fnv hypopg(out indexname text, out indexrelid oid, out indrelid oid, out innatts integer, out indisunique boolean, out indkey int2vector, out indcollation oidvector, out indclass oidvector, out indoption oidvector, out indexprs pg_node_tree, out indpred pg_node_tree, out amid oid) : setof record
fnv+ hypopg_relation_size(in indexid oid) : bigint
fnv+ hypopg_get_indexdef(in indexid oid) : text
fnv+ hypopg_hide_index(in indexid oid) : bool
fnv+ hypopg_unhide_index(in indexid oid) : bool
fnv hypopg_unhide_all_indexes() : void
fnv hypopg_hidden_indexes() : table (indexid oid)
create view hypopg_list_indexes as
  select null::oid as indexrelid, null::text as index_name, null::name as schema_name, null::name as table_name,
    null::name as am_name where false;
create view hypopg_hidden_indexes as
  select null::oid as indexrelid, null::name as index_name, null::name as schema_name, null::name as table_name,
    null::name as am_name, false as is_hypo where false;
