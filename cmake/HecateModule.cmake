# hecate_module(<folder> [DEPENDS <module>...] [LINK <library>...])
#
# One target for each folder below src/hecate: hecate_<folder with / as _>. A module sees the headers of the
# modules that it depends on and no others: each gets an include folder of its own that holds a link to just
# that module, so that a wrong #include does not compile.
function(hecate_module folder)
  cmake_parse_arguments(ARG "" "" "DEPENDS;LINK" ${ARGN})
  string(REPLACE "/" "_" name ${folder})
  set(target hecate_${name})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/hecate/${folder}/*.cpp)

  set(gate ${PROJECT_BINARY_DIR}/include/${name})
  get_filename_component(parent ${folder} DIRECTORY)
  file(MAKE_DIRECTORY ${gate}/${parent})
  if(NOT EXISTS ${gate}/${folder})
    file(CREATE_LINK ${PROJECT_SOURCE_DIR}/src/hecate/${folder} ${gate}/${folder} SYMBOLIC)
  endif()

  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${gate})
    target_link_libraries(${target} PUBLIC hecate_options)
    foreach(module ${ARG_DEPENDS})
      target_link_libraries(${target} PUBLIC hecate_${module})
    endforeach()
    target_link_libraries(${target} PUBLIC ${ARG_LINK})
    if(HECATE_PRECOMPILE AND NOT CMAKE_CXX_CLANG_TIDY)
      target_precompile_headers(${target} PRIVATE
        <algorithm> <array> <functional> <map> <memory> <optional> <span> <string> <string_view> <unordered_map>
        <utility> <variant> <vector> <fmt/format.h>)
    endif()
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${gate})
    target_link_libraries(${target} INTERFACE hecate_options)
    foreach(module ${ARG_DEPENDS})
      target_link_libraries(${target} INTERFACE hecate_${module})
    endforeach()
    target_link_libraries(${target} INTERFACE ${ARG_LINK})
  endif()
endfunction()

# hecate_test(<name> SOURCES <file>... MODULES <module>...): a GoogleTest binary registered with CTest.
function(hecate_test name)
  cmake_parse_arguments(ARG "" "" "SOURCES;MODULES" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  foreach(module ${ARG_MODULES})
    target_link_libraries(${name} PRIVATE hecate_${module})
  endforeach()
  target_link_libraries(${name} PRIVATE GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE HECATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES TIMEOUT 300)
endfunction()
