# Finds libduckdb and its C header: DUCKDB_ROOT, then the system, then .deps/duckdb, where tools/setup.sh
# puts the pinned release. Defines DuckDB::DuckDB and DuckDB_LIBRARY.
find_path(DuckDB_INCLUDE_DIR duckdb.h
  HINTS ${DUCKDB_ROOT} $ENV{DUCKDB_ROOT} ${PROJECT_SOURCE_DIR}/.deps/duckdb PATH_SUFFIXES include)
find_library(DuckDB_LIBRARY duckdb
  HINTS ${DUCKDB_ROOT} $ENV{DUCKDB_ROOT} ${PROJECT_SOURCE_DIR}/.deps/duckdb PATH_SUFFIXES lib)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(DuckDB REQUIRED_VARS DuckDB_LIBRARY DuckDB_INCLUDE_DIR
  REASON_FAILURE_MESSAGE "run tools/setup.sh, or set DUCKDB_ROOT")
if(DuckDB_FOUND AND NOT TARGET DuckDB::DuckDB)
  add_library(DuckDB::DuckDB SHARED IMPORTED)
  set_target_properties(DuckDB::DuckDB PROPERTIES
    IMPORTED_LOCATION ${DuckDB_LIBRARY} IMPORTED_NO_SONAME FALSE
    INTERFACE_INCLUDE_DIRECTORIES ${DuckDB_INCLUDE_DIR})
endif()
