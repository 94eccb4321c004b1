#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hecate::risk {

struct Tactic {
  std::string id;    // "TA0003"
  std::string name;  // "privilege-escalation"
};

/// MITRE ATT&CK's matrix: which tactics a technique serves.
class Attack {
 public:
  /// Reads tactics.tsv and techniques.tsv of a folder (catalogs/attack). Where they cannot be read nothing is known.
  [[nodiscard]] static Attack load(const std::string& folder);

  /// Of "T1053.003". A sub-technique that is not known serves what its technique does.
  [[nodiscard]] std::vector<Tactic> tactics_of(std::string_view technique) const;
  /// By its name; one that is not known has no id.
  [[nodiscard]] Tactic tactic(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> ids_;  // of tactics, by name
  std::map<std::string, std::vector<std::string>, std::less<>> tactics_;
};

}  // namespace hecate::risk
