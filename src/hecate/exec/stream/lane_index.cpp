#include "exec/stream/lane_index.h"

#include <algorithm>

#include "exec/stream/lane_index_step.h"

namespace hecate::stream {

void LineIndex::reserve(size_t size) {
  if (marks && size <= capacity) return;
  capacity = std::max(size, size_t{64} << 10);
  marks = std::make_unique_for_overwrite<uint32_t[]>(capacity + kSlack);
  backslashes = std::make_unique_for_overwrite<uint64_t[]>(capacity / 64 + 2);
  suspects = std::make_unique_for_overwrite<Suspect[]>(capacity / 64 + 2);
  fragments = std::make_unique_for_overwrite<Fragments[]>(capacity / 64 + 2);
}

namespace lane {
namespace {

BlockMasks masks_of(const char* block, const FragmentTables& fragments) {
  BlockMasks masks;
  for (size_t i = 0; i < 64; ++i) {
    const char c = block[i];
    const uint64_t bit = uint64_t{1} << i;
    if (c == '"') masks.quotes |= bit;
    if (c == '\\') masks.backslashes |= bit;
    if (c == '\n') masks.breaks |= bit;
    if (c < ' ') masks.unusual |= bit;
  }
  if (fragments.empty) return masks;
  for (size_t i = 0; i < 64; ++i) {
    const auto look = [&](size_t place) {
      return fragments.by_byte[place][static_cast<uint8_t>(block[i + place]) & 0x7FU];
    };
    if ((look(0) & look(1) & look(2)) != 0) masks.fragments |= uint64_t{1} << i;
  }
  return masks;
}

void run(std::string_view text, const FragmentTables& fragments, LineIndex& out) {
  PassState state;
  begin(out, text, state);
  for_blocks(text, [&](const char* block, size_t number) {
    const BlockMasks masks = masks_of(block, fragments);
    out.backslashes[number] = masks.backslashes;
    const uint64_t escaped = escaped_bytes(masks.backslashes, state.escaped);
    suspect(state, number, masks.unusual & ~masks.breaks, escaped);
    if (masks.fragments != 0) *state.fragments++ = {masks.fragments, static_cast<uint32_t>(number)};
    state.marks = put_marks(state.marks, static_cast<uint32_t>(number * 64), (masks.quotes & ~escaped) | masks.breaks);
  });
  finish(text, state, out);
}

}  // namespace

const IndexKernel kPortableKernel{"portable", [] { return true; }, run};

}  // namespace lane

const std::vector<IndexKernel>& index_kernels() {
  static const std::vector<IndexKernel> kKernels{
#if defined(__x86_64__)
      lane::kAvx512Kernel, lane::kAvx2Kernel,
#endif
      lane::kPortableKernel};
  return kKernels;
}

const IndexKernel& best_index_kernel() {
  const auto& kernels = index_kernels();
  return *std::find_if(kernels.begin(), kernels.end(), [](const IndexKernel& kernel) { return kernel.supported(); });
}

}  // namespace hecate::stream
