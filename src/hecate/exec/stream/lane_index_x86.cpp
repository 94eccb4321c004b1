#if defined(__x86_64__)

#include <immintrin.h>

#include "exec/stream/lane_index_step.h"

// Everything that a kernel inlines must be compiled for its processor; the rest of the program is not.
#define HECATE_AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi,avx512vbmi2,bmi,bmi2,lzcnt,popcnt")))
#define HECATE_AVX2 __attribute__((target("avx2,bmi,bmi2,lzcnt,popcnt")))

namespace hecate::stream::lane {
namespace {

// --- AVX-512: VBMI looks up 64 entries at once, VBMI2 compresses bytes (Ice Lake, Zen 4) ---

constexpr size_t kAhead = 2048;  // no processor reads ahead over the end of a page by itself

struct Tables512 {
  // By the low 6 bits of a byte: a superset, for half the price of a look-up by 7.
  __m512i fragments[3];
  __m512i escapes_low, escapes_high;
};

HECATE_AVX512 Tables512 load_tables(const FragmentTables& fragments) {
  Tables512 tables;
  for (size_t place = 0; place < 3; ++place) {
    const uint8_t* by_byte = fragments.by_byte[place].data();
    tables.fragments[place] = _mm512_or_si512(_mm512_loadu_si512(by_byte), _mm512_loadu_si512(by_byte + 64));
  }
  std::array<uint8_t, 128> escapes{};
  for (const char c : {'"', '\\', '/', 'b', 'f', 'n', 'r', 't'}) escapes[static_cast<size_t>(c)] = 1;
  tables.escapes_low = _mm512_loadu_si512(escapes.data());
  tables.escapes_high = _mm512_loadu_si512(escapes.data() + 64);
  return tables;
}

HECATE_AVX512 inline uint64_t fragments_in(const char* block, __m512i first, const Tables512& tables) {
  const __m512i second = _mm512_loadu_si512(block + 1);
  const __m512i third = _mm512_loadu_si512(block + 2);
  const __m512i a = _mm512_permutexvar_epi8(first, tables.fragments[0]);
  const __m512i b = _mm512_permutexvar_epi8(second, tables.fragments[1]);
  const __m512i c = _mm512_permutexvar_epi8(third, tables.fragments[2]);
  return _mm512_test_epi8_mask(_mm512_and_si512(a, b), c);
}

HECATE_AVX512 inline uint32_t* put_marks_512(uint32_t* to, uint32_t base, uint64_t bits) {
  const __m512i iota =
      _mm512_set_epi8(63, 62, 61, 60, 59, 58, 57, 56, 55, 54, 53, 52, 51, 50, 49, 48, 47, 46, 45, 44, 43, 42, 41, 40,
                      39, 38, 37, 36, 35, 34, 33, 32, 31, 30, 29, 28, 27, 26, 25, 24, 23, 22, 21, 20, 19, 18, 17, 16,
                      15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const __m512i places = _mm512_maskz_compress_epi8(bits, iota);
  const __m512i offset = _mm512_set1_epi32(static_cast<int>(base));
  const auto count = static_cast<size_t>(std::popcount(bits));
  _mm512_storeu_si512(to, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_castsi512_si128(places))));
  if (count > 16) {
    _mm512_storeu_si512(to + 16, _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(places, 1))));
    if (count > 32) {
      _mm512_storeu_si512(to + 32,
                          _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(places, 2))));
      _mm512_storeu_si512(to + 48,
                          _mm512_add_epi32(offset, _mm512_cvtepu8_epi32(_mm512_extracti32x4_epi32(places, 3))));
    }
  }
  return to + count;
}

[[gnu::always_inline]] HECATE_AVX512 inline void step_512(const char* block, size_t number, const Tables512& tables,
                                                          bool look_for_fragments, PassState& state) {
  __builtin_prefetch(block + kAhead);
  const __m512i bytes = _mm512_loadu_si512(block);
  const uint64_t quotes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('"'));
  const uint64_t backslashes = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\\'));
  // As signed bytes, those that are not ASCII are below the blank, too.
  uint64_t unusual = _mm512_cmplt_epi8_mask(bytes, _mm512_set1_epi8(' '));
  uint64_t breaks = 0;
  if (unusual != 0) {
    breaks = _mm512_cmpeq_epi8_mask(bytes, _mm512_set1_epi8('\n'));
    unusual &= ~breaks;
  }
  state.backslashes[number] = backslashes;
  // Without a branch: every second block of Windows events has a backslash, and which ones cannot be foreseen.
  const uint64_t escaped = escaped_bytes(backslashes, state.escaped);
  const __m512i good = _mm512_permutex2var_epi8(tables.escapes_low, bytes, tables.escapes_high);
  const uint64_t others = escaped & _mm512_testn_epi8_mask(good, good);
  suspect(state, number, unusual, others);
  if (look_for_fragments) {
    const uint64_t fragments = fragments_in(block, bytes, tables);
    if (fragments != 0) *state.fragments++ = {fragments, static_cast<uint32_t>(number)};
  }
  state.marks = put_marks_512(state.marks, static_cast<uint32_t>(number * 64), (quotes & ~escaped) | breaks);
}

HECATE_AVX512 void run_512(std::string_view text, const FragmentTables& fragments, LineIndex& out) {
  PassState state;
  begin(out, text, state);
  const Tables512 tables = load_tables(fragments);
  const bool look_for_fragments = !fragments.empty;
  size_t at = 0;
  for (; at + 64 + 2 <= text.size(); at += 64) {
    step_512(text.data() + at, at / 64, tables, look_for_fragments, state);
  }
  char rest[192];
  std::memset(rest, ' ', sizeof(rest));
  std::memcpy(rest, text.data() + at, text.size() - at);
  for (size_t done = 0; at + done < text.size(); done += 64) {
    step_512(rest + done, (at + done) / 64, tables, look_for_fragments, state);
  }
  finish(text, state, out);
}

// --- AVX2 ---

struct Tables256 {
  __m256i low[3], high[3];
};

HECATE_AVX2 inline __m256i twice(const std::array<uint8_t, 16>& table) {
  return _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table.data())));
}

HECATE_AVX2 inline __m256i load_256(const char* at) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(at)); }

HECATE_AVX2 inline uint64_t mask_of(__m256i low, __m256i high) {
  const auto first = static_cast<uint32_t>(_mm256_movemask_epi8(low));
  const auto second = static_cast<uint32_t>(_mm256_movemask_epi8(high));
  return first | static_cast<uint64_t>(second) << 32;
}

HECATE_AVX2 inline uint64_t equal_to(__m256i low, __m256i high, char c) {
  const __m256i wanted = _mm256_set1_epi8(c);
  return mask_of(_mm256_cmpeq_epi8(low, wanted), _mm256_cmpeq_epi8(high, wanted));
}

HECATE_AVX2 inline __m256i buckets(__m256i bytes, const Tables256& tables, size_t place) {
  const __m256i nibble = _mm256_set1_epi8(0x0F);
  const __m256i low = _mm256_shuffle_epi8(tables.low[place], _mm256_and_si256(bytes, nibble));
  const __m256i high = _mm256_shuffle_epi8(tables.high[place], _mm256_and_si256(_mm256_srli_epi16(bytes, 4), nibble));
  return _mm256_and_si256(low, high);
}

HECATE_AVX2 inline __m256i fragments_256(const char* at, const Tables256& tables) {
  const __m256i a = buckets(load_256(at), tables, 0);
  const __m256i b = buckets(load_256(at + 1), tables, 1);
  const __m256i c = buckets(load_256(at + 2), tables, 2);
  return _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_and_si256(a, b), c), _mm256_setzero_si256());
}

[[gnu::always_inline]] HECATE_AVX2 inline void step_256(const char* block, size_t number, const Tables256& tables,
                                                        bool look_for_fragments, PassState& state) {
  const __m256i low = load_256(block);
  const __m256i high = load_256(block + 32);
  const uint64_t quotes = equal_to(low, high, '"');
  const uint64_t backslashes = equal_to(low, high, '\\');
  const uint64_t breaks = equal_to(low, high, '\n');
  const __m256i blank = _mm256_set1_epi8(' ');
  const uint64_t unusual = mask_of(_mm256_cmpgt_epi8(blank, low), _mm256_cmpgt_epi8(blank, high)) & ~breaks;
  state.backslashes[number] = backslashes;
  uint64_t escaped = 0;
  uint64_t others = 0;
  if ((backslashes | state.escaped) != 0) {
    escaped = escaped_bytes(backslashes, state.escaped);
    const uint64_t simple = equal_to(low, high, '\\') | equal_to(low, high, 'r') | equal_to(low, high, 'n') |
                            equal_to(low, high, 't') | quotes;
    others = escaped & ~simple;
  }
  suspect(state, number, unusual, others);
  if (look_for_fragments) {
    const uint64_t fragments = ~mask_of(fragments_256(block, tables), fragments_256(block + 32, tables));
    if (fragments != 0) *state.fragments++ = {fragments, static_cast<uint32_t>(number)};
  }
  state.marks = put_marks(state.marks, static_cast<uint32_t>(number * 64), (quotes & ~escaped) | breaks);
}

HECATE_AVX2 void run_256(std::string_view text, const FragmentTables& fragments, LineIndex& out) {
  PassState state;
  begin(out, text, state);
  Tables256 tables;
  for (size_t place = 0; place < 3; ++place) {
    tables.low[place] = twice(fragments.by_low[place]);
    tables.high[place] = twice(fragments.by_high[place]);
  }
  const bool look_for_fragments = !fragments.empty;
  size_t at = 0;
  for (; at + 64 + 2 <= text.size(); at += 64) {
    step_256(text.data() + at, at / 64, tables, look_for_fragments, state);
  }
  char rest[192];
  std::memset(rest, ' ', sizeof(rest));
  std::memcpy(rest, text.data() + at, text.size() - at);
  for (size_t done = 0; at + done < text.size(); done += 64) {
    step_256(rest + done, (at + done) / 64, tables, look_for_fragments, state);
  }
  finish(text, state, out);
}

bool has_avx512() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0 &&
         __builtin_cpu_supports("avx512vl") != 0 && __builtin_cpu_supports("avx512vbmi") != 0 &&
         __builtin_cpu_supports("avx512vbmi2") != 0 && __builtin_cpu_supports("bmi2") != 0;
}

bool has_avx2() { return __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("bmi2") != 0; }

}  // namespace

const IndexKernel kAvx512Kernel{"avx512", has_avx512, run_512};
const IndexKernel kAvx2Kernel{"avx2", has_avx2, run_256};

}  // namespace hecate::stream::lane

#endif
