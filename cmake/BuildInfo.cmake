# Writes OUT with the version and the commit of SOURCE; touches it only where something changed.
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_QUIET RESULT_VARIABLE failed)
if(failed OR NOT commit)
  set(commit "no commit")
endif()
set(text "#pragma once\n\n#define HECATE_VERSION \"${VERSION}\"\n#define HECATE_COMMIT \"${commit}\"\n")
file(WRITE ${OUT}.new "${text}")
execute_process(COMMAND ${CMAKE_COMMAND} -E copy_if_different ${OUT}.new ${OUT})
file(REMOVE ${OUT}.new)
