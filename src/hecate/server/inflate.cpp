#include "server/inflate.h"

#include <zlib.h>

#include <algorithm>

namespace hecate::server {
namespace {

constexpr int kGzip = 16;
constexpr int kGzipOrZlib = 32;

/// inflateInit2() and its end.
class Stream {
 public:
  Stream() : good_(inflateInit2(&stream_, MAX_WBITS + kGzipOrZlib) == Z_OK) {}
  ~Stream() { inflateEnd(&stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  [[nodiscard]] bool good() const { return good_; }
  z_stream* operator->() { return &stream_; }
  z_stream* get() { return &stream_; }

 private:
  z_stream stream_{};
  bool good_;
};

Bytef* bytes_of(std::string_view text) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
}  // NOLINT: zlib's API

}  // namespace

Inflated inflate(std::string_view packed, uint64_t most, std::string& out) {
  out.clear();
  Stream stream;
  if (!stream.good()) return Inflated::Corrupt;
  stream->next_in = bytes_of(packed);
  stream->avail_in = static_cast<uInt>(packed.size());
  while (true) {
    // Grows with what comes out, not with what a header says will.
    const size_t done = out.size();
    const size_t room = std::min<uint64_t>(std::max<size_t>(size_t{16} << 10U, done), most - done + 1);
    out.resize(done + room);
    stream->next_out = bytes_of(std::string_view(out).substr(done));
    stream->avail_out = static_cast<uInt>(room);
    const int result = ::inflate(stream.get(), Z_NO_FLUSH);
    out.resize(out.size() - stream->avail_out);
    if (out.size() > most) return Inflated::TooLarge;
    if (result == Z_STREAM_END) {
      if (stream->avail_in == 0) return Inflated::Good;
      if (inflateReset(stream.get()) != Z_OK) return Inflated::Corrupt;
      continue;
    }
    if (result != Z_OK) return Inflated::Corrupt;
  }
}

std::string deflate(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, MAX_WBITS + kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
  std::string out(deflateBound(&stream, static_cast<uLong>(text.size())), '\0');
  stream.next_in = bytes_of(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = bytes_of(out);
  stream.avail_out = static_cast<uInt>(out.size());
  const int result = ::deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return result == Z_STREAM_END ? out : std::string();
}

}  // namespace hecate::server
