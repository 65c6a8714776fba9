-- The shape of PostGIS: values keep their text, predicates are true, measures are zero.
create type spheroid;
create type geometry;
create type box3d;
create type box2d;
create type box2df;
create type gidx;
create type geography;

-- A type modifier is PostGIS's own number, printed by way of an enum of as many labels as were asked for.
create type postgis_stand_in_modifier as enum ();
create function postgis_stand_in_modifier(given cstring[], usual_srid integer) returns integer
  language plpgsql security definer set search_path = pg_catalog, @extschema@ as $body$
declare
  names constant text[] := array['Point', 'LineString', 'Polygon', 'MultiPoint', 'MultiLineString', 'MultiPolygon',
    'GeometryCollection', 'CircularString', 'CompoundCurve', 'CurvePolygon', 'MultiCurve', 'MultiSurface',
    'PolyhedralSurface', 'Triangle', 'Tin'];
  asked text[] := regexp_match(lower(given[1]::text), '^\s*([a-z]+?)\s*(z?)(m?)\s*$');
  kind integer;
  srid integer := coalesce(given[2]::text, '0')::integer;
  modifier integer;
begin
  if asked is null then
    raise 'Invalid geometry type modifier: %', given[1];
  end if;
  select place into kind from unnest(names) with ordinality as n (name, place) where lower(name) = asked[1];
  if kind is null and asked[1] <> 'geometry' then
    raise 'Invalid geometry type modifier: %', given[1];
  end if;
  if srid = 0 then
    srid := usual_srid;
  end if;
  modifier := (srid << 8) | (coalesce(kind, 0) << 2) | ((asked[2] <> '')::integer << 1) | (asked[3] <> '')::integer;
  if modifier = 0 then
    return -1;
  end if;
  insert into pg_enum (oid, enumtypid, enumsortorder, enumlabel)
  select modifier::oid, 'postgis_stand_in_modifier'::regtype, coalesce(max(enumsortorder), 0) + 1,
    '(' || coalesce(names[kind], 'Geometry') || upper(asked[2] || asked[3])
      || case when srid <> 0 then ',' || srid else '' end || ')'
  from pg_enum where enumtypid = 'postgis_stand_in_modifier'::regtype
  having not coalesce(bool_or(oid = modifier::oid), false);
  return modifier;
end
$body$;
create function geometry_typmod_in(cstring[]) returns integer language plpgsql stable strict security definer
  set search_path = pg_catalog, @extschema@ as 'begin return postgis_stand_in_modifier($1, 0); end';
create function geography_typmod_in(cstring[]) returns integer language plpgsql stable strict security definer
  set search_path = pg_catalog, @extschema@ as 'begin return postgis_stand_in_modifier($1, 4326); end';
create function postgis_typmod_srid(integer) returns integer language sql immutable strict parallel safe
  return case when $1 < 0 then 0 else ($1 >> 8) & 2097151 end;
create function postgis_typmod_dims(integer) returns integer language sql immutable strict parallel safe
  return case when $1 < 0 then 2 else 2 + ($1 & 1) + (($1 >> 1) & 1) end;
create function postgis_typmod_type(integer) returns text language sql immutable strict parallel safe
  return case when $1 < 0 then 'Geometry' else (array['Geometry', 'Point', 'LineString', 'Polygon', 'MultiPoint',
    'MultiLineString', 'MultiPolygon', 'GeometryCollection', 'CircularString', 'CompoundCurve', 'CurvePolygon',
    'MultiCurve', 'MultiSurface', 'PolyhedralSurface', 'Triangle', 'Tin'])[1 + (($1 >> 2) & 63)]
    || case when $1 & 2 > 0 then 'Z' else '' end || case when $1 & 1 > 0 then 'M' else '' end end;

do $do$
declare
  kind text;
  operation text[];
begin
  foreach kind in array array['spheroid', 'geometry', 'box3d', 'box2d', 'box2df', 'gidx', 'geography'] loop
    execute format('create function %s_in(cstring) returns %1$s language internal immutable strict parallel safe as ''textin''', kind);
    execute format('create function %s_out(%1$s) returns cstring language internal immutable strict parallel safe as ''textout''', kind);
    if kind in ('geometry', 'geography') then
      execute format('create function %s_typmod_out(integer) returns cstring language internal stable strict as ''enum_out''', kind);
      execute format('create function %s_recv(internal) returns %1$s language internal stable strict parallel safe as ''textrecv''', kind);
      execute format('create function %s_send(%1$s) returns bytea language internal stable strict parallel safe as ''textsend''', kind);
      execute format('create type %s (input = %1$s_in, output = %1$s_out, receive = %1$s_recv, send = %1$s_send, typmod_in = %1$s_typmod_in, typmod_out = %1$s_typmod_out, delimiter = '':'', alignment = double, storage = main)', kind);
      -- It writes into pg_enum; a type takes only a function that says it does not.
      execute format('alter function %s_typmod_in(cstring[]) volatile', kind);
      foreach operation slice 1 in array array[['lt', 'lt'], ['le', 'le'], ['eq', 'eq'], ['neq', 'ne'], ['ge', 'ge'], ['gt', 'gt']] loop
        execute format('create function %s_%s(%1$s, %1$s) returns boolean language internal immutable strict parallel safe as %3$L', kind, operation[1], 'bytea' || operation[2]);
      end loop;
      execute format('create function %s_cmp(%1$s, %1$s) returns integer language internal immutable strict parallel safe as ''byteacmp''', kind);
      execute format('create function %s_hash(%1$s) returns integer language internal immutable strict parallel safe as ''hashvarlena''', kind);
      execute format('create operator < (leftarg = %s, rightarg = %1$s, function = %1$s_lt, commutator = >, negator = >=, restrict = contsel, join = contjoinsel)', kind);
      execute format('create operator <= (leftarg = %s, rightarg = %1$s, function = %1$s_le, commutator = >=, negator = >, restrict = contsel, join = contjoinsel)', kind);
      execute format('create operator = (leftarg = %s, rightarg = %1$s, function = %1$s_eq, commutator = =, negator = <>, restrict = contsel, join = contjoinsel, hashes, merges)', kind);
      execute format('create operator <> (leftarg = %s, rightarg = %1$s, function = %1$s_neq, commutator = <>, negator = =, restrict = contsel, join = contjoinsel)', kind);
      execute format('create operator >= (leftarg = %s, rightarg = %1$s, function = %1$s_ge, commutator = <=, negator = <, restrict = contsel, join = contjoinsel)', kind);
      execute format('create operator > (leftarg = %s, rightarg = %1$s, function = %1$s_gt, commutator = <, negator = <=, restrict = contsel, join = contjoinsel)', kind);
      execute format('create operator class btree_%s_ops default for type %1$s using btree as operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >, function 1 %1$s_cmp(%1$s, %1$s)', kind);
      execute format('create operator class hash_%s_ops default for type %1$s using hash as operator 1 =, function 1 %1$s_hash(%1$s)', kind);
      execute format('create function %s(%1$s, integer, boolean) returns %1$s language sql immutable strict parallel safe return $1', kind);
      execute format('create cast (%s as %1$s) with function %1$s(%1$s, integer, boolean) as implicit', kind);
    else
      execute format('create type %s (input = %1$s_in, output = %1$s_out, internallength = variable, storage = plain)', kind);
    end if;
  end loop;
end
$do$;

create type geometry_dump as (path integer[], geom geometry);
create type valid_detail as (valid boolean, reason varchar, location geometry);
create table spatial_ref_sys (
  srid integer not null primary key check (srid > 0 and srid <= 998999),
  auth_name varchar(256),
  auth_srid integer,
  srtext varchar(2048),
  proj4text varchar(2048)
);
grant select on spatial_ref_sys to public;
insert into spatial_ref_sys (srid, auth_name, auth_srid) values
  (2154, 'EPSG', 2154), (3395, 'EPSG', 3395), (3857, 'EPSG', 3857), (4269, 'EPSG', 4269), (4326, 'EPSG', 4326);

-- Conversions that keep what is there
create function geometry(text) returns geometry language sql immutable strict parallel safe return $1::geometry;
create function text(geometry) returns text language sql immutable strict parallel safe return $1::text;
create function geometry(bytea) returns geometry language sql immutable strict parallel safe return encode($1, 'hex')::geometry;
create function bytea(geometry) returns bytea language sql immutable strict parallel safe return convert_to($1::text, 'UTF8');
create function geography(bytea) returns geography language sql immutable strict parallel safe return encode($1, 'hex')::geography;
create function bytea(geography) returns bytea language sql immutable strict parallel safe return convert_to($1::text, 'UTF8');
create function geography(geometry) returns geography language sql immutable strict parallel safe return $1::text::geography;
create function geometry(geography) returns geometry language sql immutable strict parallel safe return $1::text::geometry;

-- Functions by their shapes
fni+ geometry_overlaps_nd(geometry, geometry) : bool
fni+ geometry_contains_nd(geometry, geometry) : bool
fni+ geometry_within_nd(geometry, geometry) : bool
fni+ geometry_same_nd(geometry, geometry) : bool
fni+ geometry_distance_centroid_nd(geometry, geometry) : float8
fni+ geometry(point) : geometry
fni+ geometry(path) : geometry
fni+ geometry(polygon) : geometry
fni+ geometry(box2d) : geometry
fni+ geometry(box3d) : geometry
fni+ "json"(geometry) : json
fni+ "jsonb"(geometry) : jsonb
fni+ equals(geom1 geometry, geom2 geometry) : bool
fni st_box2dfromgeohash(text, int default null) : box2d
fni+ st_swapordinates(geom geometry, ords text) : geometry
fni postgis_lib_version() : text
fni+ point(geometry) : point
fni+ path(geometry) : path
fni+ polygon(geometry) : polygon
fni+ st_x(geometry) : float8
fni+ st_y(geometry) : float8
fni+ st_z(geometry) : float8
fni+ st_m(geometry) : float8
fni+ st_startm(geometry) : float8
fni+ st_endm(geometry) : float8
fni+ st_setstartm(geometry, float8) : geometry
fni+ st_setendm(geometry, float8) : geometry
fni+ geometry_overlaps(geom1 geometry, geom2 geometry) : bool
fni+ geometry_same(geom1 geometry, geom2 geometry) : bool
fni+ geometry_distance_centroid(geom1 geometry, geom2 geometry) : float8
fni+ geometry_distance_box(geom1 geometry, geom2 geometry) : float8
fni+ geometry_contains(geom1 geometry, geom2 geometry) : bool
fni+ geometry_within(geom1 geometry, geom2 geometry) : bool
fni+ geometry_left(geom1 geometry, geom2 geometry) : bool
fni+ geometry_overleft(geom1 geometry, geom2 geometry) : bool
fni+ geometry_below(geom1 geometry, geom2 geometry) : bool
fni+ geometry_overbelow(geom1 geometry, geom2 geometry) : bool
fni+ geometry_overright(geom1 geometry, geom2 geometry) : bool
fni+ geometry_right(geom1 geometry, geom2 geometry) : bool
fni+ geometry_overabove(geom1 geometry, geom2 geometry) : bool
fni+ geometry_above(geom1 geometry, geom2 geometry) : bool
fni+ geometry_distance_cpa(geometry, geometry) : float8
fni+ st_shiftlongitude(geometry) : geometry
fni+ st_wrapx(geom geometry, wrap float8, move float8) : geometry
fni+ st_xmin(box3d) : float8
fni+ st_ymin(box3d) : float8
fni+ st_zmin(box3d) : float8
fni+ st_xmax(box3d) : float8
fni+ st_ymax(box3d) : float8
fni+ st_zmax(box3d) : float8
fni+ st_xsize(box3d) : float8
fni+ st_ysize(box3d) : float8
fni+ st_zsize(box3d) : float8
fni+ st_mmin(geometry) : float8
fni+ st_mmax(geometry) : float8
fni+ st_msize(geometry) : float8
fni+ st_expand(box2d,float8) : box2d
fni+ st_expand(box box2d, dx float8, dy float8) : box2d
fni+ postgis_getbbox(geometry) : box2d
fni+ st_makebox2d(geom1 geometry, geom2 geometry) : box2d
fns+ st_estimatedextent(text,text,text,bool) : box2d
fns+ st_estimatedextent(text,text,text) : box2d
fns+ st_estimatedextent(text,text) : box2d
fns+ st_findextent(text,text,text) : box2d
fns+ st_findextent(text,text) : box2d
fni+ postgis_addbbox(geometry) : geometry
fni+ postgis_dropbbox(geometry) : geometry
fni+ postgis_hasbbox(geometry) : bool
fni st_quantizecoordinates(g geometry, prec_x int, prec_y int default NULL, prec_z int default NULL, prec_m int default NULL) : geometry
fni+ st_memsize(geometry) : int
fni+ st_summary(geometry) : text
fni+ st_npoints(geometry) : int
fni+ st_nrings(geometry) : int
fni+ st_3dlength(geometry) : float8
fni+ st_length2d(geometry) : float8
fni+ st_length(geometry) : float8
fni+ st_lengthspheroid(geometry, spheroid) : float8
fni+ st_length2dspheroid(geometry, spheroid) : float8
fni+ st_3dperimeter(geometry) : float8
fni+ st_perimeter2d(geometry) : float8
fni+ st_perimeter(geometry) : float8
fni+ st_area2d(geometry) : float8
fni+ st_area(geometry) : float8
fni+ st_ispolygoncw(geometry) : bool
fni+ st_ispolygonccw(geometry) : bool
fni+ st_distancespheroid(geom1 geometry, geom2 geometry, spheroid) : float8
fni+ st_distancespheroid(geom1 geometry, geom2 geometry) : float8
fni+ st_distance(geom1 geometry, geom2 geometry) : float8
fni+ st_pointinsidecircle(geometry,float8,float8,float8) : bool
fni+ st_azimuth(geom1 geometry, geom2 geometry) : float8
fni+ st_project(geom1 geometry, distance float8, azimuth float8) : geometry
fni+ st_project(geom1 geometry, geom2 geometry, distance float8) : geometry
fni+ st_angle(pt1 geometry, pt2 geometry, pt3 geometry, pt4 geometry default 'POINT EMPTY'::geometry) : float8
fni+ st_lineextend(geom geometry, distance_forward float8, distance_backward float8 default 0.0) : geometry
fni+ st_force2d(geometry) : geometry
fni+ st_force3dz(geom geometry, zvalue float8 default 0.0) : geometry
fni+ st_force3d(geom geometry, zvalue float8 default 0.0) : geometry
fni+ st_force3dm(geom geometry, mvalue float8 default 0.0) : geometry
fni+ st_force4d(geom geometry, zvalue float8 default 0.0, mvalue float8 default 0.0) : geometry
fni+ st_forcecollection(geometry) : geometry
fni+ st_collectionextract(geometry, int) : geometry
fni+ st_collectionextract(geometry) : geometry
fni+ st_collectionhomogenize(geometry) : geometry
fni+ st_multi(geometry) : geometry
fni+ st_forcecurve(geometry) : geometry
fni+ st_forcesfs(geometry) : geometry
fni+ st_forcesfs(geometry, version text) : geometry
fni+ st_expand(box3d,float8) : box3d
fni+ st_expand(box box3d, dx float8, dy float8, dz float8 default 0) : box3d
fni+ st_expand(geometry,float8) : geometry
fni+ st_expand(geom geometry, dx float8, dy float8, dz float8 default 0, dm float8 default 0) : geometry
fni+ st_envelope(geometry) : geometry
fni+ st_boundingdiagonal(geom geometry, fits bool default false) : geometry
fni+ st_reverse(geometry) : geometry
fni+ st_scroll(geometry, geometry) : geometry
fni+ st_forcepolygoncw(geometry) : geometry
fni+ st_forcepolygonccw(geometry) : geometry
fni+ st_forcerhr(geometry) : geometry
fni+ postgis_noop(geometry) : geometry
fni+ postgis_geos_noop(geometry) : geometry
fni+ st_normalize(geom geometry) : geometry
fni+ st_zmflag(geometry) : smallint
fni+ st_ndims(geometry) : smallint
fni+ st_hasz(geometry) : bool
fni+ st_hasm(geometry) : bool
fni+ st_asewkt(geometry) : TEXT
fni+ st_asewkt(geometry, int) : TEXT
fni st_astwkb(geom geometry, prec int default NULL, prec_z int default NULL, prec_m int default NULL, with_sizes bool default NULL, with_boxes bool default NULL) : bytea
fni st_astwkb(geom geometry[], ids bigint[], prec int default NULL, prec_z int default NULL, prec_m int default NULL, with_sizes bool default NULL, with_boxes bool default NULL) : bytea
fni+ st_asewkb(geometry) : BYTEA
fni+ st_ashexewkb(geometry) : TEXT
fni+ st_ashexewkb(geometry, text) : TEXT
fni+ st_asewkb(geometry,text) : bytea
fni+ st_aslatlontext(geom geometry, tmpl text default '') : text
fni+ geomfromewkb(bytea) : geometry
fni+ st_geomfromewkb(bytea) : geometry
fni+ st_geomfromtwkb(bytea) : geometry
fni+ geomfromewkt(text) : geometry
fni+ st_geomfromewkt(text) : geometry
fni+ st_makepoint(float8, float8) : geometry
fni+ st_makepoint(float8, float8, float8) : geometry
fni+ st_makepoint(float8, float8, float8, float8) : geometry
fni+ st_makepointm(float8, float8, float8) : geometry
fni+ st_3dmakebox(geom1 geometry, geom2 geometry) : box3d
fni+ st_makeline(geometry[]) : geometry
fni+ st_linefrommultipoint(geometry) : geometry
fni+ st_makeline(geom1 geometry, geom2 geometry) : geometry
fni+ st_addpoint(geom1 geometry, geom2 geometry) : geometry
fni+ st_addpoint(geom1 geometry, geom2 geometry, int) : geometry
fni+ st_removepoint(geometry, int) : geometry
fni+ st_setpoint(geometry, int, geometry) : geometry
fni+ st_makeenvelope(float8, float8, float8, float8, int default 0) : geometry
fni+ st_tileenvelope(zoom int, x int, y int, bounds geometry default 'SRID=3857;LINESTRING(-20037508.342789244 -20037508.342789244, 20037508.342789244 20037508.342789244)'::geometry, margin float8 default 0.0) : geometry
fni+ st_makepolygon(geometry, geometry[]) : geometry
fni+ st_makepolygon(geometry) : geometry
fni+ st_buildarea(geometry) : geometry
fni+ st_polygonize(geometry[]) : geometry
fni+ st_clusterintersecting(geometry[]) : geometry[]
fni+ st_clusterwithin(geometry[], float8) : geometry[]
fni+ st_clusterrelatewin(geom geometry, relate_matrix text) : int
fni+ st_minimumspanningtree(geometry) : int
fni+ st_linemerge(geometry) : geometry
fni+ st_linemerge(geometry, bool) : geometry
fni+ st_affine(geometry,float8,float8,float8,float8,float8,float8,float8,float8,float8,float8,float8,float8) : geometry
fni+ st_affine(geometry,float8,float8,float8,float8,float8,float8) : geometry
fni+ st_rotate(geometry,float8) : geometry
fni+ st_rotate(geometry,float8,float8,float8) : geometry
fni+ st_rotate(geometry,float8,geometry) : geometry
fni+ st_rotatez(geometry,float8) : geometry
fni+ st_rotatex(geometry,float8) : geometry
fni+ st_rotatey(geometry,float8) : geometry
fni+ st_translate(geometry,float8,float8,float8) : geometry
fni+ st_translate(geometry,float8,float8) : geometry
fni+ st_scale(geometry,geometry) : geometry
fni+ st_scale(geometry,geometry,origin geometry) : geometry
fni+ st_scale(geometry,float8,float8,float8) : geometry
fni+ st_scale(geometry,float8,float8) : geometry
fni+ st_transscale(geometry,float8,float8,float8,float8) : geometry
fni+ st_dump(geometry) : SETOF geometry_dump
fni+ st_dumprings(geometry) : SETOF geometry_dump
fni+ st_dumppoints(geometry) : SETOF geometry_dump
fni+ st_dumpsegments(geometry) : SETOF geometry_dump
fnv populate_geometry_columns(use_typmod bool default true) : text
fnv populate_geometry_columns(tbl_oid oid, use_typmod bool default true) : int
fnv+ addgeometrycolumn(catalog_name varchar,schema_name varchar,table_name varchar,column_name varchar,new_srid_in int,new_type varchar,new_dim int, use_typmod bool default true) : text
fns+ addgeometrycolumn(schema_name varchar,table_name varchar,column_name varchar,new_srid int,new_type varchar,new_dim int, use_typmod bool default true) : text
fnv+ addgeometrycolumn(table_name varchar,column_name varchar,new_srid int,new_type varchar,new_dim int, use_typmod bool default true) : text
fnv+ dropgeometrycolumn(catalog_name varchar, schema_name varchar,table_name varchar,column_name varchar) : text
fnv+ dropgeometrycolumn(schema_name varchar, table_name varchar,column_name varchar) : text
fnv+ dropgeometrycolumn(table_name varchar, column_name varchar) : text
fnv+ dropgeometrytable(catalog_name varchar, schema_name varchar, table_name varchar) : text
fnv+ dropgeometrytable(schema_name varchar, table_name varchar) : text
fnv+ dropgeometrytable(table_name varchar) : text
fnv+ updategeometrysrid(catalogn_name varchar,schema_name varchar,table_name varchar,column_name varchar,new_srid_in int) : text
fnv+ updategeometrysrid(varchar,varchar,varchar,int) : text
fnv+ updategeometrysrid(varchar,varchar,int) : text
fns+ find_srid(varchar,varchar,varchar) : int
fni+ get_proj4_from_srid(int) : text
fni+ st_setsrid(geom geometry, srid int) : geometry
fni+ st_srid(geom geometry) : int
fni+ postgis_transform_geometry(geom geometry, text, text, int) : geometry
fni+ postgis_srs_codes(auth_name text) : SETOF TEXT
fni+ postgis_srs(text, text) : TABLE( auth_name TEXT, auth_srid TEXT, srname TEXT, srtext TEXT, proj4text TEXT, point_sw GEOMETRY, point_ne GEOMETRY )
fni+ postgis_srs_all() : TABLE( auth_name TEXT, auth_srid TEXT, srname TEXT, srtext TEXT, proj4text TEXT, point_sw GEOMETRY, point_ne GEOMETRY )
fni+ postgis_srs_search(bounds geometry, authname text default 'EPSG') : TABLE( auth_name TEXT, auth_srid TEXT, srname TEXT, srtext TEXT, proj4text TEXT, point_sw GEOMETRY, point_ne GEOMETRY )
fni+ st_transform(geometry,int) : geometry
fnv st_transform(geom geometry, to_proj text) : geometry
fni+ st_transform(geom geometry, from_proj text, to_proj text) : geometry
fnv st_transform(geom geometry, from_proj text, to_srid int) : geometry
fni+ postgis_transform_pipeline_geometry(geom geometry, pipeline text, forward bool, to_srid int) : geometry
fni+ st_transformpipeline(geom geometry, pipeline text, to_srid int default 0) : geometry
fni+ st_inversetransformpipeline(geom geometry, pipeline text, to_srid int default 0) : geometry
fni postgis_version() : text
fni postgis_liblwgeom_version() : text
fni postgis_proj_version() : text
fni postgis_proj_compiled_version() : text
fni postgis_wagyu_version() : text
fni postgis_scripts_installed() : text
fni postgis_scripts_released() : text
fni postgis_geos_version() : text
fni postgis_geos_compiled_version() : text
fni postgis_lib_revision() : text
fni postgis_svn_version() : text
fni postgis_libxml_version() : text
fni postgis_scripts_build_date() : text
fni postgis_lib_build_date() : text
fni postgis_full_version() : text
fni+ box2d(geometry) : box2d
fni+ box3d(geometry) : box3d
fni+ box(geometry) : box
fni+ box2d(box3d) : box2d
fni+ box3d(box2d) : box3d
fni+ box(box3d) : box
fni+ box3dtobox(box3d) : box
fni+ st_simplify(geometry, float8) : geometry
fni+ st_simplify(geometry, float8, bool) : geometry
fni+ st_simplifyvw(geometry, float8) : geometry
fni+ st_seteffectivearea(geometry, float8 default -1, int default 1) : geometry
fni st_filterbym(geometry, float8, float8 default null, bool default false) : geometry
fni+ st_chaikinsmoothing(geometry, int default 1, bool default false) : geometry
fni+ st_catmullromsmoothing(geometry, int default 5) : geometry
fni+ st_snaptogrid(geometry, float8, float8, float8, float8) : geometry
fni+ st_snaptogrid(geometry, float8, float8) : geometry
fni+ st_snaptogrid(geometry, float8) : geometry
fni+ st_snaptogrid(geom1 geometry, geom2 geometry, float8, float8, float8, float8) : geometry
fni+ st_segmentize(geometry, float8) : geometry
fni+ st_lineinterpolatepoint(geometry, float8) : geometry
fni+ st_lineinterpolatepoints(geometry, float8, repeat bool default true) : geometry
fni+ st_linesubstring(geometry, float8, float8) : geometry
fni+ st_linelocatepoint(geom1 geometry, geom2 geometry) : float8
fni+ st_addmeasure(geometry, float8, float8) : geometry
fni+ st_closestpointofapproach(geometry, geometry) : float8
fni+ st_distancecpa(geometry, geometry) : float8
fni+ st_cpawithin(geometry, geometry, float8) : bool
fni+ st_isvalidtrajectory(geometry) : bool
fni+ st_intersection(geom1 geometry, geom2 geometry, gridSize float8 default -1) : geometry
fni+ st_buffer(geom geometry, radius float8, options text default '') : geometry
fni+ st_buffer(geom geometry, radius float8, quadsegs int) : geometry
fni+ st_minimumboundingradius(geometry, out center geometry, out radius float8) : record
fni+ st_minimumboundingcircle(inputgeom geometry, segs_per_quarter int default 48) : geometry
fni+ st_orientedenvelope(geometry) : geometry
fni+ st_offsetcurve(line geometry, distance float8, params text default '') : geometry
fnv+ st_generatepoints(area geometry, npoints int) : geometry
fni+ st_generatepoints(area geometry, npoints int, seed int) : geometry
fni+ st_convexhull(geometry) : geometry
fni+ st_simplifypreservetopology(geometry, float8) : geometry
fni+ st_isvalidreason(geometry) : text
fni+ st_isvaliddetail(geom geometry, flags int default 0) : valid_detail
fni+ st_isvalidreason(geometry, int) : text
fni+ st_isvalid(geometry, int) : bool
fni+ st_hausdorffdistance(geom1 geometry, geom2 geometry) : float8
fni+ st_hausdorffdistance(geom1 geometry, geom2 geometry, float8) : float8
fni+ st_frechetdistance(geom1 geometry, geom2 geometry, float8 default -1) : float8
fni+ st_maximuminscribedcircle(geometry, out center geometry, out nearest geometry, out radius float8) : record
fni+ st_largestemptycircle(geom geometry, tolerance float8 default 0.0, boundary geometry default 'POINT EMPTY'::geometry, out center geometry, out nearest geometry, out radius float8) : record
fni+ st_difference(geom1 geometry, geom2 geometry, gridsize float8 default -1.0) : geometry
fni+ st_boundary(geometry) : geometry
fni+ st_points(geometry) : geometry
fni+ st_symdifference(geom1 geometry, geom2 geometry, gridSize float8 default -1.0) : geometry
fnv st_symmetricdifference(geom1 geometry, geom2 geometry) : geometry
fni+ st_union(geom1 geometry, geom2 geometry) : geometry
fni+ st_union(geom1 geometry, geom2 geometry, gridSize float8) : geometry
fni+ st_unaryunion(geometry, gridSize float8 default -1.0) : geometry
fni+ st_removerepeatedpoints(geom geometry, tolerance float8 default 0.0) : geometry
fni+ st_clipbybox2d(geom geometry, box box2d) : geometry
fni+ st_subdivide(geom geometry, maxvertices int default 256, gridSize float8 default -1.0) : setof geometry
fni+ st_reduceprecision(geom geometry, gridsize float8) : geometry
fni+ st_makevalid(geometry) : geometry
fni+ st_makevalid(geom geometry, params text) : geometry
fni+ st_cleangeometry(geometry) : geometry
fni+ st_split(geom1 geometry, geom2 geometry) : geometry
fni+ st_sharedpaths(geom1 geometry, geom2 geometry) : geometry
fni+ st_snap(geom1 geometry, geom2 geometry, float8) : geometry
fni+ st_relatematch(text, text) : bool
fni+ st_node(g geometry) : geometry
fni+ st_delaunaytriangles(g1 geometry, tolerance float8 default 0.0, flags int default 0) : geometry
fni+ st_triangulatepolygon(g1 geometry) : geometry
fni _st_voronoi(g1 geometry, clip geometry default NULL, tolerance float8 default 0.0, return_polygons bool default true) : geometry
fni st_voronoipolygons(g1 geometry, tolerance float8 default 0.0, extend_to geometry default NULL) : geometry
fni st_voronoilines(g1 geometry, tolerance float8 default 0.0, extend_to geometry default NULL) : geometry
fni st_combinebbox(box3d,geometry) : box3d
fni st_combinebbox(box3d,box3d) : box3d
fni st_combinebbox(box2d,geometry) : box2d
fni st_collect(geom1 geometry, geom2 geometry) : geometry
fni+ st_collect(geometry[]) : geometry
fni+ st_union(geometry[]) : geometry
fni+ st_coverageunion(geometry[]) : geometry
fni+ st_relate(geom1 geometry, geom2 geometry) : text
fni+ st_relate(geom1 geometry, geom2 geometry, int) : text
fni+ st_relate(geom1 geometry, geom2 geometry, text) : bool
fni+ st_disjoint(geom1 geometry, geom2 geometry) : bool
fni+ _st_linecrossingdirection(line1 geometry, line2 geometry) : int
fni+ _st_dwithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ _st_touches(geom1 geometry, geom2 geometry) : bool
fni+ _st_intersects(geom1 geometry, geom2 geometry) : bool
fni+ _st_crosses(geom1 geometry, geom2 geometry) : bool
fni+ _st_contains(geom1 geometry, geom2 geometry) : bool
fni+ _st_containsproperly(geom1 geometry, geom2 geometry) : bool
fni+ _st_covers(geom1 geometry, geom2 geometry) : bool
fni+ _st_coveredby(geom1 geometry, geom2 geometry) : bool
fni _st_within(geom1 geometry, geom2 geometry) : bool
fni+ _st_overlaps(geom1 geometry, geom2 geometry) : bool
fni+ _st_dfullywithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ _st_3ddwithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ _st_3ddfullywithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ _st_3dintersects(geom1 geometry, geom2 geometry) : bool
fni+ _st_orderingequals(geom1 geometry, geom2 geometry) : bool
fni+ _st_equals(geom1 geometry, geom2 geometry) : bool
fni+ st_linecrossingdirection(line1 geometry, line2 geometry) : int
fni+ st_dwithin(geom1 geometry, geom2 geometry, float8) : bool
fni+ st_touches(geom1 geometry, geom2 geometry) : bool
fni+ st_intersects(geom1 geometry, geom2 geometry) : bool
fni+ st_crosses(geom1 geometry, geom2 geometry) : bool
fni+ st_contains(geom1 geometry, geom2 geometry) : bool
fni+ st_containsproperly(geom1 geometry, geom2 geometry) : bool
fni+ st_within(geom1 geometry, geom2 geometry) : bool
fni+ st_covers(geom1 geometry, geom2 geometry) : bool
fni+ st_coveredby(geom1 geometry, geom2 geometry) : bool
fni+ st_overlaps(geom1 geometry, geom2 geometry) : bool
fni+ st_dfullywithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ st_3ddwithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ st_3ddfullywithin(geom1 geometry, geom2 geometry,float8) : bool
fni+ st_3dintersects(geom1 geometry, geom2 geometry) : bool
fni+ st_orderingequals(geom1 geometry, geom2 geometry) : bool
fni+ st_equals(geom1 geometry, geom2 geometry) : bool
fni+ st_isvalid(geometry) : bool
fni+ st_minimumclearance(geometry) : float8
fni+ st_minimumclearanceline(geometry) : geometry
fni+ st_centroid(geometry) : geometry
fni st_geometricmedian(g geometry, tolerance float8 default NULL, max_iter int default 10000, fail_if_not_converged bool default false) : geometry
fni+ st_isring(geometry) : bool
fni+ st_pointonsurface(geometry) : geometry
fni+ st_issimple(geometry) : bool
fni+ st_iscollection(geometry) : bool
fni _st_geomfromgml(text, int) : geometry
fni+ st_geomfromgml(text, int) : geometry
fni+ st_geomfromgml(text) : geometry
fni+ st_gmltosql(text) : geometry
fni+ st_gmltosql(text, int) : geometry
fni+ st_geomfromkml(text) : geometry
fni+ st_geomfrommarc21(marc21xml text) : geometry
fni+ st_asmarc21(geom geometry, format text default 'hdddmmss') : TEXT
fni+ st_geomfromgeojson(text) : geometry
fni+ st_geomfromgeojson(json) : geometry
fni+ st_geomfromgeojson(jsonb) : geometry
fni+ postgis_libjson_version() : text
fni+ st_linefromencodedpolyline(txtin text, nprecision int default 5) : geometry
fni+ st_asencodedpolyline(geom geometry, nprecision int default 5) : TEXT
fni+ st_assvg(geom geometry, rel int default 0, maxdecimaldigits int default 15) : TEXT
fni _st_asgml(int, geometry, int, int, text, text) : TEXT
fni st_asgml(geom geometry, maxdecimaldigits int default 15, options int default 0) : TEXT
fni st_asgml(version int, geom geometry, maxdecimaldigits int default 15, options int default 0, nprefix text default null, id text default null) : TEXT
fni+ st_askml(geom geometry, maxdecimaldigits int default 15, nprefix TEXT default '') : TEXT
create function st_asgeojson(geom geometry, maxdecimaldigits int default 9, options int default 8) returns text immutable strict parallel safe language sql return '{"type": "Point", "coordinates": []}'::text;
fns+ st_asgeojson(r record, geom_column text default '', maxdecimaldigits int default 9, pretty_bool bool default false, id_column text default '') : text
fni st_asmvtgeom(geom geometry, bounds box2d, extent int default 4096, buffer int default 256, clip_geom bool default true) : geometry
fni+ postgis_libprotobuf_version() : text
fni+ st_fromflatgeobuftotable(text, text, bytea) : void
fni st_fromflatgeobuf(anyelement, bytea) : setof anyelement
fni+ st_geohash(geom geometry, maxchars int default 0) : TEXT
fni+ _st_sortablehash(geom geometry) : bigint
fni st_pointfromgeohash(text, int default NULL) : geometry
fni st_geomfromgeohash(text, int default NULL) : geometry
fni+ st_numpoints(geometry) : int
fni+ st_numgeometries(geometry) : int
fni+ st_geometryn(geometry,int) : geometry
fni+ st_dimension(geometry) : int
fni+ st_exteriorring(geometry) : geometry
fni+ st_numinteriorrings(geometry) : int
fni+ st_numinteriorring(geometry) : int
fni+ st_interiorringn(geometry,int) : geometry
fni+ geometrytype(geometry) : text
fni+ st_geometrytype(geometry) : text
fni+ st_pointn(geometry,int) : geometry
fni+ st_numpatches(geometry) : int
fni+ st_patchn(geometry, int) : geometry
fni+ st_startpoint(geometry) : geometry
fni+ st_endpoint(geometry) : geometry
fni+ st_isclosed(geometry) : bool
fni+ st_isempty(geometry) : bool
fni+ st_asbinary(geometry,text) : bytea
fni+ st_asbinary(geometry) : bytea
fni+ st_astext(geometry) : TEXT
fni+ st_astext(geometry, int) : TEXT
fni+ st_geometryfromtext(text) : geometry
fni+ st_geometryfromtext(text, int) : geometry
fni+ st_geomfromtext(text) : geometry
fni+ st_geomfromtext(text, int) : geometry
fni+ st_wkttosql(text) : geometry
fni+ st_pointfromtext(text) : geometry
fni+ st_pointfromtext(text, int) : geometry
fni+ st_linefromtext(text) : geometry
fni+ st_linefromtext(text, int) : geometry
fni+ st_polyfromtext(text) : geometry
fni+ st_polyfromtext(text, int) : geometry
fni+ st_polygonfromtext(text, int) : geometry
fni+ st_polygonfromtext(text) : geometry
fni+ st_mlinefromtext(text, int) : geometry
fni+ st_mlinefromtext(text) : geometry
fni+ st_multilinestringfromtext(text) : geometry
fni+ st_multilinestringfromtext(text, int) : geometry
fni+ st_mpointfromtext(text, int) : geometry
fni+ st_mpointfromtext(text) : geometry
fni+ st_multipointfromtext(text) : geometry
fni+ st_mpolyfromtext(text, int) : geometry
fni+ st_mpolyfromtext(text) : geometry
fni+ st_multipolygonfromtext(text, int) : geometry
fni+ st_multipolygonfromtext(text) : geometry
fni+ st_geomcollfromtext(text, int) : geometry
fni+ st_geomcollfromtext(text) : geometry
fni+ st_geomfromwkb(bytea) : geometry
fni+ st_geomfromwkb(bytea, int) : geometry
fni+ st_pointfromwkb(bytea, int) : geometry
fni+ st_pointfromwkb(bytea) : geometry
fni+ st_linefromwkb(bytea, int) : geometry
fni+ st_linefromwkb(bytea) : geometry
fni+ st_linestringfromwkb(bytea, int) : geometry
fni+ st_linestringfromwkb(bytea) : geometry
fni+ st_polyfromwkb(bytea, int) : geometry
fni+ st_polyfromwkb(bytea) : geometry
fni+ st_polygonfromwkb(bytea, int) : geometry
fni+ st_polygonfromwkb(bytea) : geometry
fni+ st_mpointfromwkb(bytea, int) : geometry
fni+ st_mpointfromwkb(bytea) : geometry
fni+ st_multipointfromwkb(bytea, int) : geometry
fni+ st_multipointfromwkb(bytea) : geometry
fni+ st_multilinefromwkb(bytea) : geometry
fni+ st_mlinefromwkb(bytea, int) : geometry
fni+ st_mlinefromwkb(bytea) : geometry
fni+ st_mpolyfromwkb(bytea, int) : geometry
fni+ st_mpolyfromwkb(bytea) : geometry
fni+ st_multipolyfromwkb(bytea, int) : geometry
fni+ st_multipolyfromwkb(bytea) : geometry
fni+ st_geomcollfromwkb(bytea, int) : geometry
fni+ st_geomcollfromwkb(bytea) : geometry
fni+ _st_maxdistance(geom1 geometry, geom2 geometry) : float8
fni+ st_maxdistance(geom1 geometry, geom2 geometry) : float8
fni+ st_maxdistance(geom geometry) : float8
fni+ st_closestpoint(geom1 geometry, geom2 geometry) : geometry
fni+ st_shortestline(geom1 geometry, geom2 geometry) : geometry
fni+ _st_longestline(geom1 geometry, geom2 geometry) : geometry
fni+ st_longestline(geom1 geometry, geom2 geometry) : geometry
fni+ st_longestline(geom geometry) : geometry
fni+ st_flipcoordinates(geometry) : geometry
fni+ st_bdpolyfromtext(text, int) : geometry
fni+ st_bdmpolyfromtext(text, int) : geometry
fni+ st_astext(geography) : TEXT
fni+ st_astext(geography, int) : TEXT
fni+ st_astext(text) : text
fni+ st_geographyfromtext(text) : geography
fni+ st_geogfromtext(text) : geography
fni+ st_geogfromwkb(bytea) : geography
fni+ geography_overlaps(geography, geography) : bool
fni+ geography_distance_knn(geography, geography) : float8
fni+ st_assvg(geog geography, rel int default 0, maxdecimaldigits int default 15) : text
fni+ st_assvg(text) : text
fni+ st_asgml(version int, geog geography, maxdecimaldigits int default 15, options int default 0, nprefix text default 'gml', id text default '') : text
fni+ st_asgml(geog geography, maxdecimaldigits int default 15, options int default 0, nprefix text default 'gml', id text default '') : text
fni+ st_asgml(text) : text
fni+ st_askml(geog geography, maxdecimaldigits int default 15, nprefix text default '') : text
fni+ st_askml(text) : text
create function st_asgeojson(geog geography, maxdecimaldigits int default 9, options int default 0) returns text immutable strict parallel safe language sql return '{"type": "Point", "coordinates": []}'::text;
create function st_asgeojson(text) returns text immutable strict parallel safe language sql return '{"type": "Point", "coordinates": []}'::text;
fni+ st_distance(geog1 geography, geog2 geography, use_spheroid bool default true) : float8
fni+ st_distance(text, text) : float8
fni+ _st_expand(geography, float8) : geography
fni+ _st_distanceuncached(geography, geography, float8, bool) : float8
fni+ _st_distanceuncached(geography, geography, bool) : float8
fni+ _st_distanceuncached(geography, geography) : float8
fni+ _st_distancetree(geography, geography, float8, bool) : float8
fni+ _st_distancetree(geography, geography) : float8
fni+ _st_dwithinuncached(geography, geography, float8, bool) : bool
fni _st_dwithinuncached(geography, geography, float8) : bool
fni+ st_area(geog geography, use_spheroid bool default true) : float8
fni+ st_area(text) : float8
fni+ st_length(geog geography, use_spheroid bool default true) : float8
fni+ st_length(text) : float8
fni st_project(geog geography, distance float8, azimuth float8) : geography
fni+ st_project(geog_from geography, geog_to geography, distance float8) : geography
fni+ st_azimuth(geog1 geography, geog2 geography) : float8
fni+ st_perimeter(geog geography, use_spheroid bool default true) : float8
fni+ _st_pointoutside(geography) : geography
fni+ st_segmentize(geog geography, max_segment_length float8) : geography
fni+ _st_bestsrid(geography, geography) : int
fni+ _st_bestsrid(geography) : int
fni+ st_asbinary(geography) : bytea
fni st_asbinary(geography, text) : bytea
fni+ st_asewkt(geography) : TEXT
fni+ st_asewkt(geography, int) : TEXT
fni+ st_asewkt(text) : text
fni+ geometrytype(geography) : text
fni+ st_summary(geography) : text
fni+ st_geohash(geog geography, maxchars int default 0) : TEXT
fni+ st_srid(geog geography) : int
fni+ st_setsrid(geog geography, srid int) : geography
fni+ st_centroid(geography, use_spheroid bool default true) : geography
fni+ st_centroid(text) : geometry
fni+ _st_covers(geog1 geography, geog2 geography) : bool
fni+ _st_dwithin(geog1 geography, geog2 geography, tolerance float8, use_spheroid bool default true) : bool
fni+ _st_coveredby(geog1 geography, geog2 geography) : bool
fni+ st_covers(geog1 geography, geog2 geography) : bool
fni+ st_dwithin(geog1 geography, geog2 geography, tolerance float8, use_spheroid bool default true) : bool
fni+ st_coveredby(geog1 geography, geog2 geography) : bool
fni+ st_intersects(geog1 geography, geog2 geography) : bool
fni+ st_buffer(geography, float8) : geography
fni+ st_buffer(geography, float8, int) : geography
fni+ st_buffer(geography, float8, text) : geography
fni+ st_buffer(text, float8) : geometry
fni+ st_buffer(text, float8, int) : geometry
fni+ st_buffer(text, float8, text) : geometry
fni+ st_intersection(geography, geography) : geography
fni+ st_intersection(text, text) : geometry
fni st_covers(text, text) : bool
fni st_coveredby(text, text) : bool
fni st_dwithin(text, text, float8) : bool
fni st_intersects(text, text) : bool
fni+ st_closestpoint(geography, geography, use_spheroid bool default true) : geography
fni st_closestpoint(text, text) : geometry
fni+ st_shortestline(geography, geography, use_spheroid bool default true) : geography
fni st_shortestline(text, text) : geometry
fni+ st_linesubstring(geography, float8, float8) : geography
fni st_linesubstring(text, float8, float8) : geometry
fni+ st_linelocatepoint(geography, geography, use_spheroid bool default true) : float
fni st_linelocatepoint(text, text) : float
fni+ st_lineinterpolatepoints(geography, float8, use_spheroid bool default true, repeat bool default true) : geography
fni st_lineinterpolatepoints(text, float8) : geometry
fni+ st_lineinterpolatepoint(geography, float8, use_spheroid bool default true) : geography
fni st_lineinterpolatepoint(text, float8) : geometry
fni+ st_distancesphere(geom1 geometry, geom2 geometry) : float8
fni+ st_distancesphere(geom1 geometry, geom2 geometry, radius float8) : float8
fni+ postgis_type_name(geomname varchar, coord_dimension int, use_new_name bool default true) : varchar
fns+ postgis_constraint_srid(geomschema text, geomtable text, geomcolumn text) : int
fns+ postgis_constraint_dims(geomschema text, geomtable text, geomcolumn text) : int
fns+ postgis_constraint_type(geomschema text, geomtable text, geomcolumn text) : varchar
fni+ st_3ddistance(geom1 geometry, geom2 geometry) : float8
fni+ st_3dmaxdistance(geom1 geometry, geom2 geometry) : float8
fni+ st_3dclosestpoint(geom1 geometry, geom2 geometry) : geometry
fni+ st_3dshortestline(geom1 geometry, geom2 geometry) : geometry
fni+ st_3dlongestline(geom1 geometry, geom2 geometry) : geometry
fni+ st_coorddim(Geometry geometry) : smallint
fni+ st_curvetoline(geom geometry, tol float8 default 32, toltype int default 0, flags int default 0) : geometry
fni+ st_hasarc(Geometry geometry) : bool
fni+ st_linetocurve(Geometry geometry) : geometry
fni+ st_numcurves(Geometry geometry) : int
fni+ st_curven(Geometry geometry, i int) : geometry
fni+ st_point(float8, float8) : geometry
fni+ st_point(float8, float8, srid int) : geometry
fni+ st_pointz(XCoordinate float8, YCoordinate float8, ZCoordinate float8, srid int default 0) : geometry
fni+ st_pointm(XCoordinate float8, YCoordinate float8, MCoordinate float8, srid int default 0) : geometry
fni+ st_pointzm(XCoordinate float8, YCoordinate float8, ZCoordinate float8, MCoordinate float8, srid int default 0) : geometry
fni+ st_polygon(geometry, int) : geometry
fni+ st_wkbtosql(WKB bytea) : geometry
fni+ st_locatebetween(Geometry geometry, FromMeasure float8, ToMeasure float8, LeftRightOffset float8 default 0.0) : geometry
fni+ st_locatealong(Geometry geometry, Measure float8, LeftRightOffset float8 default 0.0) : geometry
fni+ st_locatebetweenelevations(Geometry geometry, FromElevation float8, ToElevation float8) : geometry
fni+ st_interpolatepoint(Line geometry, Point geometry) : float8
fni+ st_3dinterpolatepoint(Line geometry, Point geometry) : float8
fni+ st_hexagon(size float8, cell_i int, cell_j int, origin geometry default 'POINT(0 0)') : geometry
fni+ st_square(size float8, cell_i int, cell_j int, origin geometry default 'POINT(0 0)') : geometry
fni+ st_hexagongrid(size float8, bounds geometry, OUT geom geometry, OUT i int, OUT j int) : SETOF record
fni+ st_squaregrid(size float8, bounds geometry, OUT geom geometry, OUT i int, OUT j int) : SETOF record
fni+ st_simplifypolygonhull(geom geometry, vertex_fraction float8, is_outer bool default true) : geometry
fni+ st_concavehull(param_geom geometry, param_pctconvex float, param_allow_holes bool default false) : geometry
fni+ _st_concavehull(param_inputgeom geometry) : geometry
fni _st_asx3d(int, geometry, int, int, text) : TEXT
fni st_asx3d(geom geometry, maxdecimaldigits int default 15, options int default 0) : TEXT
fni+ st_angle(line1 geometry, line2 geometry) : float8
fni+ st_3dlineinterpolatepoint(geometry, float8) : geometry
fni+ st_removeirrelevantpointsforview(geometry, box2d, bool default false) : geometry
fni+ st_removesmallparts(geometry, float8, float8) : geometry

-- Over a window, which only PostgreSQL's own functions can be
create function st_clusterdbscan(geometry, eps float8, minpoints int) returns int window language internal immutable as 'window_rank';
create function st_clusterwithinwin(geometry, distance float8) returns int window language internal immutable as 'window_rank';
create function st_clusterintersectingwin(geometry) returns int window language internal immutable as 'window_rank';
create function st_coveragesimplify(geom geometry, tolerance float8, simplifyBoundary bool default true) returns geometry window language internal immutable as 'window_first_value';
create function st_coverageinvalidedges(geom geometry, tolerance float8 default 0.0) returns geometry window language internal immutable as 'window_first_value';
create function st_coverageclean(geom geometry, gapMaximumWidth float8 default 0.0, snappingDistance float8 default -1.0, overlapMergeStrategy text default 'MERGE_LONGEST_BORDER') returns geometry window language internal immutable as 'window_first_value';
create function st_coverageedges(geoms geometry[], edgetype int default 0) returns geometry window language internal immutable as 'window_first_value';
create function st_coverageedges(geom geometry, edgetype int default 0) returns geometry window language internal immutable as 'window_first_value';
create function st_clusterkmeans(geom geometry, k int, max_radius float8 default null) returns int window language internal immutable as 'window_rank';

-- Operators
create operator && (leftarg = geometry, rightarg = geometry, function = geometry_overlaps, commutator = &&);
create operator ~= (leftarg = geometry, rightarg = geometry, function = geometry_same, commutator = ~=);
create operator <-> (leftarg = geometry, rightarg = geometry, function = geometry_distance_centroid, commutator = <->);
create operator <#> (leftarg = geometry, rightarg = geometry, function = geometry_distance_box, commutator = <#>);
create operator @ (leftarg = geometry, rightarg = geometry, function = geometry_within, commutator = ~);
create operator ~ (leftarg = geometry, rightarg = geometry, function = geometry_contains, commutator = @);
create operator << (leftarg = geometry, rightarg = geometry, function = geometry_left, commutator = >>);
create operator &< (leftarg = geometry, rightarg = geometry, function = geometry_overleft);
create operator <<| (leftarg = geometry, rightarg = geometry, function = geometry_below, commutator = |>>);
create operator &<| (leftarg = geometry, rightarg = geometry, function = geometry_overbelow);
create operator &> (leftarg = geometry, rightarg = geometry, function = geometry_overright);
create operator >> (leftarg = geometry, rightarg = geometry, function = geometry_right, commutator = <<);
create operator |&> (leftarg = geometry, rightarg = geometry, function = geometry_overabove);
create operator |>> (leftarg = geometry, rightarg = geometry, function = geometry_above, commutator = <<|);
create operator &&& (leftarg = geometry, rightarg = geometry, function = geometry_overlaps_nd, commutator = &&&);
create operator ~~ (leftarg = geometry, rightarg = geometry, function = geometry_contains_nd, commutator = @@);
create operator @@ (leftarg = geometry, rightarg = geometry, function = geometry_within_nd, commutator = ~~);
create operator ~~= (leftarg = geometry, rightarg = geometry, function = geometry_same_nd, commutator = ~~=);
create operator <<->> (leftarg = geometry, rightarg = geometry, function = geometry_distance_centroid_nd, commutator = <<->>);
create operator |=| (leftarg = geometry, rightarg = geometry, function = geometry_distance_cpa, commutator = |=|);
create operator && (leftarg = geography, rightarg = geography, function = geography_overlaps, commutator = &&);
create operator <-> (leftarg = geography, rightarg = geography, function = geography_distance_knn, commutator = <->);

-- Casts
create cast (geometry as point) with function point(geometry);
create cast (point as geometry) with function geometry(point);
create cast (geometry as path) with function path(geometry);
create cast (path as geometry) with function geometry(path);
create cast (geometry as polygon) with function polygon(geometry);
create cast (polygon as geometry) with function geometry(polygon);
create cast (geometry as box2d) with function box2d(geometry) as implicit;
create cast (geometry as box3d) with function box3d(geometry) as implicit;
create cast (geometry as box) with function box(geometry) as assignment;
create cast (box3d as box2d) with function box2d(box3d) as implicit;
create cast (box2d as box3d) with function box3d(box2d) as implicit;
create cast (box2d as geometry) with function geometry(box2d) as implicit;
create cast (box3d as box) with function box(box3d) as implicit;
create cast (box3d as geometry) with function geometry(box3d) as implicit;
create cast (text as geometry) with function geometry(text) as implicit;
create cast (geometry as text) with function text(geometry) as implicit;
create cast (bytea as geometry) with function geometry(bytea) as implicit;
create cast (geometry as bytea) with function bytea(geometry) as implicit;
create cast (geometry as json) with function "json"(geometry);
create cast (geometry as jsonb) with function "jsonb"(geometry);
create cast (bytea as geography) with function geography(bytea) as implicit;
create cast (geography as bytea) with function bytea(geography) as implicit;
create cast (geometry as geography) with function geography(geometry) as implicit;
create cast (geography as geometry) with function geometry(geography);

-- Aggregates
fni st_stand_in_within(geometry[], geometry, float8) : geometry[]
fni+ st_stand_in_union(geometry, geometry, float8) : geometry
fni st_stand_in_bytea(bytea, anyelement) : bytea
fni st_stand_in_bytea(bytea, anyelement, text) : bytea
fni st_stand_in_bytea(bytea, anyelement, text, int) : bytea
fni st_stand_in_bytea(bytea, anyelement, text, int, text) : bytea
fni st_stand_in_bytea(bytea, anyelement, text, int, text, text) : bytea
fni st_stand_in_bytea(bytea, anyelement, bool) : bytea
fni st_stand_in_bytea(bytea, anyelement, bool, text) : bytea
create aggregate st_extent(geometry) (sfunc = st_combinebbox, stype = box3d, finalfunc = box2d, parallel = safe);
create aggregate st_3dextent(geometry) (sfunc = st_combinebbox, stype = box3d, parallel = safe);
create aggregate st_memunion(geometry) (sfunc = st_union, stype = geometry, parallel = safe);
create aggregate st_union(geometry) (sfunc = st_union, stype = geometry, parallel = safe);
create aggregate st_union(geometry, gridsize float8) (sfunc = st_stand_in_union, stype = geometry, parallel = safe);
create aggregate st_collect(geometry) (sfunc = st_collect, stype = geometry, parallel = safe);
create aggregate st_polygonize(geometry) (sfunc = st_collect, stype = geometry, parallel = safe);
create aggregate st_makeline(geometry) (sfunc = st_makeline, stype = geometry, parallel = safe);
create aggregate st_coverageunion(geometry) (sfunc = st_union, stype = geometry, parallel = safe);
create aggregate st_clusterintersecting(geometry) (sfunc = array_append, stype = geometry[], parallel = safe);
create aggregate st_clusterwithin(geometry, float8) (sfunc = st_stand_in_within, stype = geometry[], parallel = safe);
create aggregate st_asmvt(anyelement) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asmvt(anyelement, text) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asmvt(anyelement, text, integer) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asmvt(anyelement, text, integer, text) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asmvt(anyelement, text, integer, text, text) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asgeobuf(anyelement) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asgeobuf(anyelement, text) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asflatgeobuf(anyelement) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asflatgeobuf(anyelement, boolean) (sfunc = st_stand_in_bytea, stype = bytea);
create aggregate st_asflatgeobuf(anyelement, boolean, text) (sfunc = st_stand_in_bytea, stype = bytea);

-- GiST, as pg_trgm does it for text: what the types keep is text
do $do$
declare
  entry text[];
  key text;
begin
  foreach key in array array['box2df', 'gidx'] loop
    execute format('create function %s_stand_in_same(%1$s, %1$s, internal) returns internal language c immutable strict parallel safe as ''$libdir/pg_trgm'', ''gtrgm_same''', key);
    execute format('create function %s_stand_in_union(internal, internal) returns %1$s language c immutable strict parallel safe as ''$libdir/pg_trgm'', ''gtrgm_union''', key);
  end loop;
  foreach key in array array['geometry', 'geography'] loop
    execute format('create function %s_stand_in_consistent(internal, %1$s, smallint, oid, internal) returns boolean language c immutable strict parallel safe as ''$libdir/pg_trgm'', ''gtrgm_consistent''', key);
  end loop;
  create function postgis_stand_in_compress(internal) returns internal language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_compress';
  create function postgis_stand_in_decompress(internal) returns internal language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_decompress';
  create function postgis_stand_in_penalty(internal, internal, internal) returns internal language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_penalty';
  create function postgis_stand_in_picksplit(internal, internal) returns internal language c immutable strict parallel safe as '$libdir/pg_trgm', 'gtrgm_picksplit';
  foreach entry slice 1 in array array[
    ['gist_geometry_ops_2d', 'default', 'geometry', 'box2df', '&&'], ['gist_geometry_ops_nd', '', 'geometry', 'gidx', '&&&'],
    ['gist_geography_ops', 'default', 'geography', 'gidx', '&&']
  ] loop
    execute format('create operator class %s %s for type %s using gist as storage %s, operator 3 %s,
      function 1 %3$s_stand_in_consistent(internal, %3$s, smallint, oid, internal),
      function 2 %4$s_stand_in_union(internal, internal), function 3 postgis_stand_in_compress(internal),
      function 4 postgis_stand_in_decompress(internal), function 5 postgis_stand_in_penalty(internal, internal, internal),
      function 6 postgis_stand_in_picksplit(internal, internal), function 7 %4$s_stand_in_same(%4$s, %4$s, internal)',
      entry[1], entry[2], entry[3], entry[4], entry[5]);
  end loop;
  foreach entry slice 1 in array array[
    ['spgist_geometry_ops_2d', 'default', 'geometry'], ['spgist_geometry_ops_3d', '', 'geometry'],
    ['spgist_geometry_ops_nd', '', 'geometry'], ['spgist_geography_ops_nd', 'default', 'geography']
  ] loop
    execute format('create operator class %s %s for type %s using spgist as
      function 1 spg_text_config(internal, internal), function 2 spg_text_choose(internal, internal),
      function 3 spg_text_picksplit(internal, internal), function 4 spg_text_inner_consistent(internal, internal),
      function 5 spg_text_leaf_consistent(internal, internal)', entry[1], entry[2], entry[3]);
  end loop;
  foreach entry slice 1 in array array[
    ['brin_geometry_inclusion_ops_2d', 'default', 'geometry'], ['brin_geometry_inclusion_ops_3d', '', 'geometry'],
    ['brin_geometry_inclusion_ops_4d', '', 'geometry'], ['brin_geography_inclusion_ops', 'default', 'geography']
  ] loop
    execute format('create operator class %s %s for type %s using brin as
      operator 1 <, operator 2 <=, operator 3 =, operator 4 >=, operator 5 >,
      function 1 brin_minmax_opcinfo(internal), function 2 brin_minmax_add_value(internal, internal, internal, internal),
      function 3 brin_minmax_consistent(internal, internal, internal), function 4 brin_minmax_union(internal, internal, internal)',
      entry[1], entry[2], entry[3]);
  end loop;
end
$do$;

-- What there is of geometry in this database
create view geometry_columns as
  select current_database()::varchar(256) as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geometry_column, postgis_typmod_dims(a.atttypmod) as coord_dimension,
    postgis_typmod_srid(a.atttypmod) as srid,
    upper(rtrim(postgis_typmod_type(a.atttypmod), 'ZM'))::varchar(30) as type
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
  join pg_namespace n on n.oid = c.relnamespace
  where a.atttypid = 'geometry'::regtype and c.relkind in ('r', 'v', 'm', 'f', 'p');
create view geography_columns as
  select current_database() as f_table_catalog, n.nspname as f_table_schema, c.relname as f_table_name,
    a.attname as f_geography_column, postgis_typmod_dims(a.atttypmod) as coord_dimension,
    postgis_typmod_srid(a.atttypmod) as srid, postgis_typmod_type(a.atttypmod) as type
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
  join pg_namespace n on n.oid = c.relnamespace
  where a.atttypid = 'geography'::regtype and c.relkind in ('r', 'v', 'm', 'f', 'p');
grant select on geometry_columns, geography_columns to public;
