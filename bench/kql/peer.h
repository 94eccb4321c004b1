#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>

#include "common/answers.h"

namespace hecate::bench {

/// Another engine in a process of its own, which is asked line by line: a search's name goes in, one line of JSON comes
/// out (`seconds`, `rows`, `how`, or `error`).
class Peer {
 public:
  /// `command` is the shell's.
  explicit Peer(const std::string& command);
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  struct Reply {
    Answer answer;
    std::string how;  // in which of its dialects the peer was asked
  };
  [[nodiscard]] Reply ask(const std::string& search);

 private:
  pid_t process_ = -1;
  std::FILE* requests_ = nullptr;
  std::FILE* replies_ = nullptr;
};

}  // namespace hecate::bench
