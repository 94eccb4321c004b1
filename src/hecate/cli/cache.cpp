#include <elf.h>
#include <link.h>

#include <cstdlib>

#include "cli/common.h"
#include "engine/ruleset.h"

namespace hecate::cli {
namespace {

/// HECATE_CACHE_DIR, else hecate/ in the folder that the XDG Base Directory Specification names ("All paths set in
/// these environment variables must be absolute. If an implementation encounters a relative path […] it should […]
/// ignore it.").
std::string cache_folder() {
  const auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value == nullptr ? "" : value);
  };
  if (std::string own = variable("HECATE_CACHE_DIR"); !own.empty()) return own;
  if (const std::string caches = variable("XDG_CACHE_HOME"); caches.starts_with('/')) return caches + "/hecate";
  if (const std::string home = variable("HOME"); home.starts_with('/')) return home + "/.cache/hecate";
  return {};
}

/// The note that the linker makes of all that it links: another program has another one.
std::string build_id_in(const char* notes, size_t size) {
  while (size >= sizeof(ElfW(Nhdr))) {
    const auto* note = reinterpret_cast<const ElfW(Nhdr)*>(notes);
    const auto padded = [](size_t bytes) { return (bytes + 3) & ~size_t{3}; };
    const size_t name = padded(note->n_namesz);
    const size_t whole = sizeof(*note) + name + padded(note->n_descsz);
    if (whole > size) break;
    const std::string_view owner(notes + sizeof(*note), note->n_namesz);
    if (note->n_type == NT_GNU_BUILD_ID && owner == std::string_view("GNU\0", 4)) {
      return {notes + sizeof(*note) + name, note->n_descsz};
    }
    notes += whole;
    size -= whole;
  }
  return {};
}

/// Of the program and of the libraries that it was loaded with; empty where the program has none.
std::string build_ids() {
  std::string ids;
  dl_iterate_phdr(
      [](dl_phdr_info* object, size_t /*size*/, void* out) {
        std::string id;
        for (size_t i = 0; i < object->dlpi_phnum && id.empty(); ++i) {
          const auto& header = object->dlpi_phdr[i];
          if (header.p_type != PT_NOTE) continue;
          // NOLINTNEXTLINE(performance-no-int-to-ptr): an address is what the loader gives
          id = build_id_in(reinterpret_cast<const char*>(object->dlpi_addr + header.p_vaddr), header.p_memsz);
        }
        auto& known = *static_cast<std::string*>(out);
        const bool program = known.empty();
        known += id;
        return program && id.empty() ? 1 : 0;
      },
      &ids);
  return ids;
}

}  // namespace

void CacheOptions::add_to(CLI::App& app) {
  app.add_flag("--no-cache", off, "Compile every rule, and keep none of them for the next run");
}

std::unique_ptr<content::RuleCache> CacheOptions::open() const {
  std::string folder = cache_folder();
  std::string program = build_ids();
  // Without a name for the program there is no telling whether its rules are still what it would compile.
  if (off || folder.empty() || program.empty()) return nullptr;
  return std::make_unique<content::RuleCache>(std::move(folder), std::move(program), engine::runnable);
}

}  // namespace hecate::cli
