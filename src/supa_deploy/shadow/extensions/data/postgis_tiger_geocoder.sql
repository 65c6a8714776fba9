-- The shape of the TIGER geocoder: its schemas and its first function.
create schema if not exists tiger_data;
create type tiger.norm_addy as (
  address integer, predirabbrev varchar, streetname varchar, streettypeabbrev varchar, postdirabbrev varchar,
  internal varchar, location varchar, stateabbrev varchar, zip varchar, parsed boolean, zip4 varchar,
  address_alphanumeric varchar
);
fni tiger.normalize_address(in_rawinput varchar) : tiger.norm_addy
fni tiger.pagc_normalize_address(in_rawinput varchar) : tiger.norm_addy
fni tiger.geocode(input varchar, max_results integer default 10, restrict_geom @extschema:postgis@.geometry default null, out addy tiger.norm_addy, out geomout @extschema:postgis@.geometry, out rating integer) : setof record
grant usage on schema tiger, tiger_data to public;
