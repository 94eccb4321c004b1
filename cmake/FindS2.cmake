# Finds S2, Google's library of geometry on the sphere (Debian's libs2-dev), and what of Abseil its headers use.
# Defines S2::S2.
find_path(S2_INCLUDE_DIR s2/s2polygon.h)
find_library(S2_LIBRARY s2)
find_package(absl QUIET)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(S2 REQUIRED_VARS S2_LIBRARY S2_INCLUDE_DIR absl_FOUND
  REASON_FAILURE_MESSAGE "install libs2-dev")
if(S2_FOUND AND NOT TARGET S2::S2)
  add_library(S2::S2 UNKNOWN IMPORTED)
  set_target_properties(S2::S2 PROPERTIES
    IMPORTED_LOCATION ${S2_LIBRARY} INTERFACE_INCLUDE_DIRECTORIES ${S2_INCLUDE_DIR}
    INTERFACE_LINK_LIBRARIES "absl::base;absl::flat_hash_map;absl::btree;absl::inlined_vector;absl::strings;absl::hash")
endif()
