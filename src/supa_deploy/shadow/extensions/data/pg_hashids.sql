-- The shape of pg_hashids: the number itself is the hash.
create function id_encode(bigint) returns text language sql immutable strict return $1::text;
create function id_encode(bigint, text) returns text language sql immutable strict return $1::text;
create function id_encode(bigint, text, integer) returns text language sql immutable strict return lpad($1::text, greatest($3, length($1::text)), '0');
create function id_encode(bigint, text, integer, text) returns text language sql immutable strict return lpad($1::text, greatest($3, length($1::text)), '0');
create function id_encode(bigint[]) returns text language sql immutable strict return array_to_string($1, 'x');
create function id_encode(bigint[], text) returns text language sql immutable strict return array_to_string($1, 'x');
create function id_encode(bigint[], text, integer) returns text language sql immutable strict return array_to_string($1, 'x');
create function id_encode(bigint[], text, integer, text) returns text language sql immutable strict return array_to_string($1, 'x');
create function id_decode(text) returns bigint[] language sql immutable strict return string_to_array($1, 'x')::bigint[];
create function id_decode(text, text) returns bigint[] language sql immutable strict return string_to_array($1, 'x')::bigint[];
create function id_decode(text, text, integer) returns bigint[] language sql immutable strict return string_to_array($1, 'x')::bigint[];
create function id_decode(text, text, integer, text) returns bigint[] language sql immutable strict return string_to_array($1, 'x')::bigint[];
create function id_decode_once(text) returns bigint language sql immutable strict return $1::bigint;
create function id_decode_once(text, text) returns bigint language sql immutable strict return $1::bigint;
create function id_decode_once(text, text, integer) returns bigint language sql immutable strict return $1::bigint;
create function id_decode_once(text, text, integer, text) returns bigint language sql immutable strict return $1::bigint;
fni+ hash_encode(bigint) : text
fni+ hash_encode(bigint, text) : text
fni+ hash_encode(bigint, text, integer) : text
fni+ hash_decode(text, text, integer) : bigint
