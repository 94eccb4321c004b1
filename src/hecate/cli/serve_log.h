#pragma once

#include <CLI/CLI.hpp>

#include "cli/common.h"

namespace hecate::cli {

/// `serve log`: what a server keeps, as any command reads it.
Command add_serve_log(CLI::App& serve);

}  // namespace hecate::cli
