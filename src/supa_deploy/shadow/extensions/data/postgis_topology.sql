-- The shape of PostGIS Topology: its schema, its tables and what makes a topology.
create table topology.topology (
  id serial not null primary key, name varchar not null unique, srid integer not null, precision float8 not null,
  hasz boolean not null default false
);
create table topology.layer (
  topology_id integer not null references topology.topology (id), layer_id integer not null,
  schema_name varchar not null, table_name varchar not null, feature_column varchar not null,
  feature_type integer not null, level integer not null default 0, child_id integer default null,
  unique (schema_name, table_name, feature_column), primary key (topology_id, layer_id)
);
create type topology.topogeometry as (topology_id integer, layer_id integer, id bigint, type integer);
create domain topology.topoelement as bigint[];
create domain topology.topoelementarray as bigint[];
fnv+ topology.createtopology(atopology varchar, srid integer default 0, prec float8 default 0, hasz boolean default false) : integer
fnv+ topology.droptopology(atopology varchar) : text
fnv+ topology.addtopogeometrycolumn(toponame varchar, schema varchar, tbl varchar, col varchar, ltype varchar) : integer
fnv+ topology.droptopogeometrycolumn(schema varchar, tbl varchar, col varchar) : text
fnv+ topology.st_createtopogeo(atopology varchar, acollection @extschema:postgis@.geometry) : text
fnv+ topology.totopogeom(ageom @extschema:postgis@.geometry, atopology varchar, alayer integer, atolerance float8 default 0) : topology.topogeometry
grant usage on schema topology to public;
grant select on all tables in schema topology to public;
