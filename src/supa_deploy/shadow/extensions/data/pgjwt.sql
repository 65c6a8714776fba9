-- pgjwt: tokens are really signed, with pgcrypto.
create function url_encode(data bytea) returns text language sql immutable
  return translate(encode(data, 'base64'), E'+/=\n', '-_');
create function url_decode(data text) returns bytea language sql immutable
  return decode(rpad(translate(data, '-_', '+/'), (length(data) + 3) / 4 * 4, '='), 'base64');
create function algorithm_sign(signables text, secret text, algorithm text) returns text language sql immutable
  return url_encode(@extschema:pgcrypto@.hmac(signables, secret,
    case algorithm when 'HS256' then 'sha256' when 'HS384' then 'sha384' when 'HS512' then 'sha512' end));
create function sign(payload json, secret text, algorithm text default 'HS256') returns text language sql immutable
  as $body$
  with head as (
    select @extschema@.url_encode(convert_to('{"alg":"' || algorithm || '","typ":"JWT"}', 'utf8')) || '.'
      || @extschema@.url_encode(convert_to(payload::text, 'utf8')) as data
  )
  select data || '.' || @extschema@.algorithm_sign(data, secret, algorithm) from head
$body$;
create function try_cast_double(inp text) returns double precision language plpgsql immutable as $body$
begin
  return inp::double precision;
exception when data_exception then
  return null;
end
$body$;
create function verify(token text, secret text, algorithm text default 'HS256')
  returns table (header json, payload json, valid boolean) language sql immutable as $body$
  select convert_from(@extschema@.url_decode(part[1]), 'utf8')::json, convert_from(@extschema@.url_decode(part[2]), 'utf8')::json,
    part[3] = @extschema@.algorithm_sign(part[1] || '.' || part[2], secret, algorithm)
  from (select regexp_split_to_array(token, '\.') as part) as t
$body$;
