#include "server/audit/packed.hpp"

#include <zlib.h>

namespace server::audit {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

namespace {

constexpr char plain = 'p';
constexpr char deflated = 'z';

const Bytef* bytes_of(const char* text) { return reinterpret_cast<const Bytef*>(text); }

Bytef* bytes_of(char* text) { return reinterpret_cast<Bytef*>(text); }

}  // namespace

std::string packed(std::string_view text) {
  std::string out(1 + compressBound(text.size()), deflated);
  uLongf size = out.size() - 1;
  const int code =
      compress2(bytes_of(out.data() + 1), &size, bytes_of(text.data()), text.size(), Z_BEST_SPEED);
  if (code == Z_OK && size < text.size()) {
    out.resize(1 + size);
    return out;
  }
  out.assign(1, plain);
  out += text;
  return out;
}

Result<void> append_unpacked(std::string_view bytes, std::size_t size, std::string& out) {
  const Fault damaged{FaultCode::store_corrupt, "", "content is not what was written"};
  if (bytes.empty()) return damaged;
  const std::string_view rest = bytes.substr(1);
  if (bytes.front() == plain) {
    if (rest.size() != size) return damaged;
    out += rest;
    return {};
  }
  const std::size_t before = out.size();
  out.resize(before + size);
  uLongf got = size;
  const int code =
      uncompress(bytes_of(out.data() + before), &got, bytes_of(rest.data()), rest.size());
  if (bytes.front() != deflated || code != Z_OK || got != size) return damaged;
  return {};
}

}  // namespace server::audit
