-- The shape of pgTAP: what tests call most; nothing is tested.
fnv pg_version() : text
fnv pg_version_num() : integer
fnv os_name() : text
fnv pgtap_version() : numeric
fnv plan(integer) : text
fnv no_plan() : setof boolean
fnv finish(exception_on_failure boolean default null) : setof text
fnv diag(msg text) : text
fnv diag(msg anyelement) : text
fnv diag(variadic text[]) : text
fnv diag(variadic anyarray) : text
fnv ok(boolean, text) : text
fnv ok(boolean) : text
fnv is(anyelement, anyelement, text) : text
fnv is(anyelement, anyelement) : text
fnv isnt(anyelement, anyelement, text) : text
fnv isnt(anyelement, anyelement) : text
fnv matches(anyelement, text, text) : text
fnv matches(anyelement, text) : text
fnv imatches(anyelement, text, text) : text
fnv imatches(anyelement, text) : text
fnv pass(text) : text
fnv pass() : text
fnv fail(text) : text
fnv fail() : text
fnv todo(why text, how_many int) : setof boolean
fnv todo(how_many int, why text) : setof boolean
fnv todo(why text) : setof boolean
fnv todo(how_many int) : setof boolean
fnv skip(why text, how_many int) : text
fnv skip(text) : text
fnv skip(int, text) : text
fnv skip(int) : text
fnv throws_ok(text, char(5), text, text) : text
fnv throws_ok(text, text, text) : text
fnv throws_ok(text, text) : text
fnv throws_ok(text) : text
fnv throws_ok(text, int4, text, text) : text
fnv throws_ok(text, int4, text) : text
fnv throws_ok(text, int4) : text
fnv lives_ok(text, text) : text
fnv lives_ok(text) : text
fnv has_table(name, name, text) : text
fnv has_table(name, name) : text
fnv has_table(name, text) : text
fnv has_table(name) : text
fnv hasnt_table(name, name, text) : text
fnv hasnt_table(name, name) : text
fnv hasnt_table(name, text) : text
fnv hasnt_table(name) : text
fnv has_view(name, name, text) : text
fnv has_view(name, name) : text
fnv has_view(name, text) : text
fnv has_view(name) : text
fnv has_sequence(name, name, text) : text
fnv has_sequence(name, name) : text
fnv has_sequence(name, text) : text
fnv has_sequence(name) : text
fnv has_column(name, name, name, text) : text
fnv has_column(name, name, text) : text
fnv has_column(name, name) : text
fnv hasnt_column(name, name, name, text) : text
fnv hasnt_column(name, name, text) : text
fnv hasnt_column(name, name) : text
fnv col_not_null(schema_name name, table_name name, column_name name, description text default null) : text
fnv col_not_null(table_name name, column_name name, description text default null) : text
fnv col_is_null(schema_name name, table_name name, column_name name, description text default null) : text
fnv col_is_null(table_name name, column_name name, description text default null) : text
fnv col_type_is(name, name, name, name, text, text) : text
fnv col_type_is(name, name, name, name, text) : text
fnv col_type_is(name, name, name, text, text) : text
fnv col_type_is(name, name, name, text) : text
fnv col_type_is(name, name, text, text) : text
fnv col_type_is(name, name, text) : text
fnv col_has_default(name, name, name, text) : text
fnv col_has_default(name, name, text) : text
fnv col_has_default(name, name) : text
fnv col_default_is(name, name, name, anyelement, text) : text
fnv col_default_is(name, name, name, text, text) : text
fnv col_default_is(name, name, anyelement, text) : text
fnv col_default_is(name, name, text, text) : text
fnv col_default_is(name, name, anyelement) : text
fnv col_default_is(name, name, text) : text
fnv has_pk(name, name, text) : text
fnv has_pk(name, name) : text
fnv has_pk(name, text) : text
fnv has_pk(name) : text
fnv col_is_pk(name, name, name[], text) : text
fnv col_is_pk(name, name, name[]) : text
fnv col_is_pk(name, name[], text) : text
fnv col_is_pk(name, name[]) : text
fnv col_is_pk(name, name, name, text) : text
fnv col_is_pk(name, name, name) : text
fnv col_is_pk(name, name, text) : text
fnv col_is_pk(name, name) : text
fnv has_fk(name, name, text) : text
fnv has_fk(name, text) : text
fnv has_fk(name) : text
fnv col_is_fk(name, name, name[], text) : text
fnv col_is_fk(name, name[], text) : text
fnv col_is_fk(name, name[]) : text
fnv col_is_fk(name, name, name, text) : text
fnv col_is_fk(name, name, text) : text
fnv col_is_fk(name, name) : text
fnv fk_ok(name, name, name[], name, name, name[], text) : text
fnv fk_ok(name, name[], name, name[], text) : text
fnv fk_ok(name, name, name[], name, name, name[]) : text
fnv fk_ok(name, name[], name, name[]) : text
fnv fk_ok(name, name, name, name, name, name, text) : text
fnv fk_ok(name, name, name, name, name, text) : text
fnv fk_ok(name, name, name, name, text) : text
fnv fk_ok(name, name, name, name) : text
fnv has_function(name, name, name[], text) : text
fnv has_function(name, name, name[]) : text
fnv has_function(name, name, text) : text
fnv has_function(name, name) : text
fnv has_function(name, name[], text) : text
fnv has_function(name, name[]) : text
fnv has_function(name, text) : text
fnv has_function(name) : text
fnv hasnt_function(name, name, name[], text) : text
fnv hasnt_function(name, name, name[]) : text
fnv hasnt_function(name, name, text) : text
fnv hasnt_function(name, name) : text
fnv hasnt_function(name, name[], text) : text
fnv hasnt_function(name, name[]) : text
fnv hasnt_function(name, text) : text
fnv hasnt_function(name) : text
fnv has_index(name, name, name, name[], text) : text
fnv has_index(name, name, name, name[]) : text
fnv has_index(name, name, name, name, text) : text
fnv has_index(name, name, name, name) : text
fnv has_index(name, name, name[], text) : text
fnv has_index(name, name, name[]) : text
fnv has_index(name, name, name, text) : text
fnv has_index(name, name, name) : text
fnv has_index(name, name, text) : text
fnv has_index(name, name) : text
fnv has_trigger(name, name, name, text) : text
fnv has_trigger(name, name, name) : text
fnv has_trigger(name, name, text) : text
fnv has_trigger(name, name) : text
fnv has_schema(name, text) : text
fnv has_schema(name) : text
fnv has_type(name, name, text) : text
fnv has_type(name, name) : text
fnv has_type(name, text) : text
fnv has_type(name) : text
fnv has_enum(name, name, text) : text
fnv has_enum(name, name) : text
fnv has_enum(name, text) : text
fnv has_enum(name) : text
fnv has_role(name, text) : text
fnv has_role(name) : text
fnv tables_are(name, name[], text) : text
fnv tables_are(name[], text) : text
fnv tables_are(name, name[]) : text
fnv tables_are(name[]) : text
fnv function_returns(name, name, name[], text, text) : text
fnv function_returns(name, name, name[], text) : text
fnv function_returns(name, name, text, text) : text
fnv function_returns(name, name, text) : text
fnv function_returns(name, name[], text, text) : text
fnv function_returns(name, name[], text) : text
fnv function_returns(name, text, text) : text
fnv function_returns(name, text) : text
fnv is_definer(name, name, name[], text) : text
fnv is_definer(name, name, name[]) : text
fnv is_definer(name, name, text) : text
fnv is_definer(name, name) : text
fnv is_definer(name, name[], text) : text
fnv is_definer(name, name[]) : text
fnv is_definer(name, text) : text
fnv is_definer(name) : text
fnv volatility_is(name, name, name[], text, text) : text
fnv volatility_is(name, name, name[], text) : text
fnv volatility_is(name, name, text, text) : text
fnv volatility_is(name, name, text) : text
fnv volatility_is(name, name[], text, text) : text
fnv volatility_is(name, name[], text) : text
fnv volatility_is(name, text, text) : text
fnv volatility_is(name, text) : text
fnv runtests(name, text) : setof text
fnv runtests(name) : setof text
fnv runtests(text) : setof text
fnv runtests() : setof text
fnv set_eq(text, text, text) : text
fnv set_eq(text, text) : text
fnv set_eq(text, anyarray, text) : text
fnv set_eq(text, anyarray) : text
fnv bag_eq(text, text, text) : text
fnv bag_eq(text, text) : text
fnv bag_eq(text, anyarray, text) : text
fnv bag_eq(text, anyarray) : text
fnv results_eq(refcursor, refcursor, text) : text
fnv results_eq(refcursor, refcursor) : text
fnv results_eq(text, text, text) : text
fnv results_eq(text, text) : text
fnv results_eq(text, anyarray, text) : text
fnv results_eq(text, anyarray) : text
fnv results_eq(text, refcursor, text) : text
fnv results_eq(text, refcursor) : text
fnv results_eq(refcursor, text, text) : text
fnv results_eq(refcursor, text) : text
fnv results_eq(refcursor, anyarray, text) : text
fnv results_eq(refcursor, anyarray) : text
fnv results_ne(refcursor, refcursor, text) : text
fnv results_ne(refcursor, refcursor) : text
fnv results_ne(text, text, text) : text
fnv results_ne(text, text) : text
fnv results_ne(text, anyarray, text) : text
fnv results_ne(text, anyarray) : text
fnv results_ne(text, refcursor, text) : text
fnv results_ne(text, refcursor) : text
fnv results_ne(refcursor, text, text) : text
fnv results_ne(refcursor, text) : text
fnv results_ne(refcursor, anyarray, text) : text
fnv results_ne(refcursor, anyarray) : text
fnv is_empty(text, text) : text
fnv is_empty(text) : text
fnv isnt_empty(text, text) : text
fnv isnt_empty(text) : text
fnv collect_tap(variadic text[]) : text
fnv collect_tap(varchar[]) : text
fnv throws_like(text, text, text) : text
fnv throws_like(text, text) : text
fnv row_eq(text, anyelement, text) : text
fnv row_eq(text, anyelement) : text
fnv columns_are(name, name, name[], text) : text
fnv columns_are(name, name, name[]) : text
fnv columns_are(name, name[], text) : text
fnv columns_are(name, name[]) : text
fnv has_extension(name, name, text) : text
fnv has_extension(name, name) : text
fnv has_extension(name, text) : text
fnv has_extension(name) : text
fnv policies_are(name, name, name[], text) : text
fnv policies_are(name, name, name[]) : text
fnv policies_are(name, name[], text) : text
fnv policies_are(name, name[]) : text
fnv policy_roles_are(name, name, name, name[], text) : text
fnv policy_roles_are(name, name, name, name[]) : text
fnv policy_roles_are(name, name, name[], text) : text
fnv policy_roles_are(name, name, name[]) : text
fnv policy_cmd_is(name, name, name, text, text) : text
fnv policy_cmd_is(name, name, name, text) : text
fnv policy_cmd_is(name, name, text, text) : text
fnv policy_cmd_is(name, name, text) : text
