#include "risk/attack.h"

#include <fstream>
#include <sstream>

namespace hecate::risk {
namespace {

/// Calls `take` with the cells of each line.
template <typename Take>
void read_cells(const std::string& path, const Take& take) {
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells(1);
    for (const char c : line) {
      if (c == '\t') {
        cells.emplace_back();
      } else {
        cells.back() += c;
      }
    }
    take(cells);
  }
}

}  // namespace

Attack Attack::load(const std::string& folder) {
  Attack attack;
  read_cells(folder + "/tactics.tsv", [&](const std::vector<std::string>& cells) {
    if (cells.size() == 2) attack.ids_[cells[1]] = cells[0];
  });
  read_cells(folder + "/techniques.tsv", [&](const std::vector<std::string>& cells) {
    if (cells.size() != 3) return;
    std::istringstream names(cells[2]);
    std::vector<std::string>& tactics = attack.tactics_[cells[0]];
    for (std::string name; names >> name;) tactics.push_back(name);
  });
  return attack;
}

Tactic Attack::tactic(std::string_view name) const {
  const auto known = ids_.find(name);
  return {known == ids_.end() ? std::string() : known->second, std::string(name)};
}

std::vector<Tactic> Attack::tactics_of(std::string_view technique) const {
  auto known = tactics_.find(technique);
  if (known == tactics_.end()) known = tactics_.find(technique.substr(0, technique.find('.')));
  std::vector<Tactic> result;
  if (known == tactics_.end()) return result;
  for (const std::string& name : known->second) result.push_back(tactic(name));
  return result;
}

}  // namespace hecate::risk
