#include "store/position.h"

#include <fcntl.h>

#include <array>
#include <cstring>

#include "store/segment.h"

namespace hecate::store {
namespace {

struct Slot {
  uint64_t turn = 0, sequence = 0, output = 0, hash = 0;

  [[nodiscard]] uint64_t expected() const {
    const std::array<uint64_t, 3> hashed{turn, sequence, output};
    return hash_of_payload({reinterpret_cast<const char*>(hashed.data()), sizeof hashed});
  }
};

}  // namespace

bool PositionFile::open(const std::string& path) {
  file_ = File::open(path, O_RDWR | O_CREAT);
  if (!file_.is_open()) return false;
  for (uint64_t at = 0; at < 2; ++at) {
    std::array<char, sizeof(Slot)> bytes{};
    if (file_.read_at(at * sizeof(Slot), bytes.data(), bytes.size()) != static_cast<int64_t>(bytes.size())) continue;
    Slot slot;
    std::memcpy(&slot, bytes.data(), sizeof slot);
    if (slot.hash != slot.expected() || slot.turn <= turn_) continue;
    turn_ = slot.turn;
    position_ = {slot.sequence, slot.output};
  }
  return true;
}

bool PositionFile::write(const Position& position) {
  Slot slot{turn_ + 1, position.sequence, position.output, 0};
  slot.hash = slot.expected();
  std::array<char, sizeof(Slot)> bytes{};
  std::memcpy(bytes.data(), &slot, sizeof slot);
  if (!file_.write_at((slot.turn % 2) * sizeof(Slot), {bytes.data(), bytes.size()})) return false;
  turn_ = slot.turn;
  position_ = position;
  return true;
}

}  // namespace hecate::store
