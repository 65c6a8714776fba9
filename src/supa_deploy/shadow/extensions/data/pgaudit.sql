-- The shape of pgAudit: its event triggers' functions, and nothing is logged.
create function pgaudit_ddl_command_end() returns event_trigger language plpgsql as 'begin end';
create function pgaudit_sql_drop() returns event_trigger language plpgsql as 'begin end';
