#pragma once

#include <functional>
#include <string>
#include <vector>

#include "ingest/position.h"
#include "ingest/reader.h"

namespace hecate::ingest {

struct FollowOptions {
  std::vector<std::string> files;
  std::string position_file;  // empty: nothing is kept
  ReadOptions read;
  /// Called several times a second, and at the end, while no record is visited: what was found goes out here, before
  /// the position is saved.
  /// False where it cannot go out: then following ends, and the position stays where it was.
  std::function<bool()> on_pause;
};

/// Streams the records of files that grow through `visit`, one at a time, until the process is told to stop (SIGINT,
/// SIGTERM). A half-written line waits for its end. Files are followed through rotation, by renaming (`mv log log.1`)
/// and by cutting off (copytruncate), and where their names are not there yet.
///
/// With a position file the next run goes on where this one stopped, also in files that were rotated meanwhile: no
/// record is lost, none visited twice. Only where the process is killed may it visit again what it did in the last
/// moments. False where the position file cannot be used (reported). SIGINT and SIGTERM must be blocked in all threads.
bool follow_files(const FollowOptions& options, const Visit& visit, ReadStats& stats, DiagnosticSink& sink);

}  // namespace hecate::ingest
