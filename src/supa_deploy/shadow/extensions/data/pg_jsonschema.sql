-- The shape of pg_jsonschema: everything matches every schema.
fni+ json_matches_schema(schema json, instance json) : bool
fni+ jsonb_matches_schema(schema json, instance jsonb) : bool
fni+ jsonschema_is_valid(schema json) : bool
fni+ jsonschema_validation_errors(schema json, instance json) : text[]
