# What `cmake --install` and the .deb hold: bin/hecate, which finds ../share/hecate by its own place, and libduckdb
# beside it where it is not the system's.
set(HECATE_LIBRARY_DIR lib/hecate)
set(HECATE_SHARE_DIR share/hecate)

if(TARGET hecate)
  set_target_properties(hecate PROPERTIES INSTALL_RPATH "$ORIGIN/../${HECATE_LIBRARY_DIR}")
  install(TARGETS hecate RUNTIME DESTINATION bin)

  get_filename_component(duckdb_library ${DuckDB_LIBRARY} REALPATH)
  if(NOT duckdb_library MATCHES "^/usr/lib/")
    # By the name that DuckDB's releases carry as SONAME, whatever version the file itself is called by.
    install(FILES ${duckdb_library} RENAME libduckdb.so DESTINATION ${HECATE_LIBRARY_DIR})
    set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${HECATE_LIBRARY_DIR})
  endif()

  # The program writes its own completions, so that they cannot be older than its commands.
  install(CODE "
    foreach(shell bash zsh fish)
      execute_process(COMMAND \"$<TARGET_FILE:hecate>\" completion \${shell}
        OUTPUT_FILE \"${PROJECT_BINARY_DIR}/completion.\${shell}\" RESULT_VARIABLE result)
      if(NOT result EQUAL 0)
        message(FATAL_ERROR \"hecate completion \${shell} failed: \${result}\")
      endif()
    endforeach()")
  install(FILES ${PROJECT_BINARY_DIR}/completion.bash RENAME hecate DESTINATION share/bash-completion/completions)
  install(FILES ${PROJECT_BINARY_DIR}/completion.zsh RENAME _hecate DESTINATION share/zsh/vendor-completions)
  install(FILES ${PROJECT_BINARY_DIR}/completion.fish RENAME hecate.fish DESTINATION share/fish/vendor_completions.d)
endif()

install(DIRECTORY content catalogs examples DESTINATION ${HECATE_SHARE_DIR}
  PATTERN "__pycache__" EXCLUDE PATTERN "*.pyc" EXCLUDE)
install(DIRECTORY docs DESTINATION share/doc/hecate FILES_MATCHING PATTERN "*.md")
install(FILES README.md CHANGELOG.md NOTICE LICENSE DESTINATION share/doc/hecate)
install(FILES NOTICE RENAME copyright DESTINATION share/doc/hecate)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME hecate)
set(CPACK_PACKAGE_CONTACT "The Hecate developers")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY ${PROJECT_DESCRIPTION})
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION admin)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
include(CPack)
