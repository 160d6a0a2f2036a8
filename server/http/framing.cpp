#include "server/http/framing.hpp"

#include "server/http/limits.hpp"
#include "server/http/query.hpp"

#include <algorithm>
#include <charconv>

namespace server::http {

namespace {

constexpr std::string_view line_end = "\r\n";

bool is_token_character(char c) {
  const bool alphanumeric =
      (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
  return alphanumeric || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_token_character);
}

bool is_control(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; }

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Framer::State Framer::refuse(int status, std::string_view code, std::string detail) {
  refusal_ = Refusal{status, code, std::move(detail)};
  return State::refused;
}

std::size_t Framer::body_max() const {
  return is_batch_ ? limits::batch_bytes : limits::body_bytes;
}

Framer::State Framer::refuse_too_large() {
  return refuse(413, "too_large",
                "A body has at most " + std::to_string(body_max()) + " bytes here (" +
                    (is_batch_ ? "batch_bytes" : "body_bytes") + ").");
}

Framer::State Framer::look(std::string_view buffered) {
  if (stage_ == Stage::head) {
    if (!find_head_end(buffered)) return refusal_.status != 0 ? State::refused : State::incomplete;
    if (!read_head(head(buffered)) || !begin_body()) return State::refused;
    position_ = head_end_;
  }
  if (stage_ == Stage::sized_body) {
    if (buffered.size() - head_end_ < length_) return State::incomplete;
    position_ = head_end_ + length_;
    stage_ = Stage::done;
  }
  while (stage_ != Stage::done && step(buffered)) {
  }
  if (refusal_.status != 0) return State::refused;
  return stage_ == Stage::done ? State::complete : State::incomplete;
}

std::string_view Framer::body(std::string_view buffered) const {
  return is_chunked_ ? std::string_view{decoded_} : buffered.substr(head_end_, length_);
}

// ---- head
// -----------------------------------------------------------------------------------------

bool Framer::find_head_end(std::string_view buffered) {
  while (buffered.substr(head_begin_).starts_with(line_end)) head_begin_ += line_end.size();
  if (head_begin_ > limits::header_bytes) {
    refuse(400, "bad_request", "There are too many blank lines before the request.");
    return false;
  }
  const auto from = std::max(head_begin_, scanned_ < 3 ? 0 : scanned_ - 3);
  const auto end = buffered.find("\r\n\r\n", from);
  scanned_ = buffered.size();
  const auto size = (end == std::string_view::npos ? buffered.size() : end) - head_begin_;
  if (size > limits::header_bytes) {
    const bool in_target =
        buffered.find(line_end, head_begin_) - head_begin_ > limits::header_bytes;
    refuse(in_target ? 414 : 431, in_target ? "target_too_long" : "headers_too_large",
           "A request line and its header fields have at most " +
               std::to_string(limits::header_bytes) + " bytes (header_bytes).");
    return false;
  }
  if (end == std::string_view::npos) {
    if (buffered.find("\n\n", from) != std::string_view::npos) {
      refuse(400, "bad_request", "Lines of a request end with a carriage return and a line feed.");
    }
    return false;
  }
  head_end_ = end + 4;
  return true;
}

bool Framer::read_head(std::string_view text) {
  text.remove_suffix(line_end.size());
  std::size_t lines = 0;
  while (!text.empty()) {
    const auto end = text.find(line_end);
    const auto line = text.substr(0, end);
    if (std::ranges::any_of(line, is_control)) {
      refuse(400, "bad_request", "The request line or a header field has a control character.");
      return false;
    }
    if (lines > limits::header_fields) {
      refuse(431, "headers_too_large",
             "A request has at most " + std::to_string(limits::header_fields) +
                 " header fields (header_fields).");
      return false;
    }
    if (!(lines == 0 ? read_request_line(line) : read_field(line))) return false;
    ++lines;
    text.remove_prefix(end + line_end.size());
  }
  return true;
}

bool Framer::read_request_line(std::string_view line) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  const bool three_parts = first != std::string_view::npos && last > first;
  const auto version = three_parts ? line.substr(last + 1) : std::string_view{};
  const auto target = three_parts ? line.substr(first + 1, last - first - 1) : std::string_view{};
  if (!three_parts || !is_token(line.substr(0, first)) || target.empty() ||
      target.find(' ') != std::string_view::npos) {
    refuse(400, "bad_request", "The request line is not of the form METHOD /path HTTP/1.1.");
    return false;
  }
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    refuse(505, "wrong_version", "Only HTTP/1.1 and HTTP/1.0 are spoken here.");
    return false;
  }
  if (target.size() > limits::target_bytes) {
    refuse(414, "target_too_long",
           "A path with its query has at most " + std::to_string(limits::target_bytes) +
               " bytes (target_bytes).");
    return false;
  }
  const auto method = line.substr(0, first);
  takes_body_ = method == "POST" || method == "PUT" || method == "PATCH";
  is_http_10_ = version == "HTTP/1.0";
  is_batch_ =
      method == "POST" && (target.starts_with("/v1/feeds/") || target.starts_with("/v1/drafts/") ||
                           target.starts_with("/v1/documents"));
  return true;
}

bool Framer::read_field(std::string_view line) {
  const auto colon = line.find(':');
  const auto name = line.substr(0, colon);
  if (colon == std::string_view::npos || !is_token(name)) {
    refuse(400, "bad_request", "A header field is not of the form Name: value.");
    return false;
  }
  const auto value = trimmed(line.substr(colon + 1));
  if (equals_ignoring_case(name, "Content-Length")) return read_length(value);
  if (equals_ignoring_case(name, "Transfer-Encoding")) {
    if (is_chunked_ || !equals_ignoring_case(value, "chunked")) {
      refuse(501, "unsupported", "The only transfer encoding taken is chunked.");
      return false;
    }
    is_chunked_ = true;
  }
  if (equals_ignoring_case(name, "Expect")) {
    if (!equals_ignoring_case(value, "100-continue")) {
      refuse(417, "unsupported", "The only expectation that can be met is 100-continue.");
      return false;
    }
    expects_continue_ = true;
  }
  return true;
}

bool Framer::read_length(std::string_view value) {
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), length);
  const bool whole = !value.empty() && end == value.data() + value.size();
  if (error == std::errc::result_out_of_range) {
    length = limits::batch_bytes + 1;
  } else if (error != std::errc{} || !whole || (has_length_ && length != length_)) {
    refuse(400, "bad_request", "Content-Length is not one number.");
    return false;
  }
  has_length_ = true;
  length_ = length;
  return true;
}

bool Framer::begin_body() {
  if (is_chunked_ && (has_length_ || is_http_10_)) {
    refuse(400, "bad_request",
           "A body has either a Content-Length or chunks, and chunks need HTTP/1.1.");
    return false;
  }
  if (takes_body_ && !has_length_ && !is_chunked_) {
    refuse(411, "length_required", "A body needs a Content-Length or chunks.");
    return false;
  }
  if (length_ > body_max()) {
    refuse_too_large();
    return false;
  }
  stage_ = is_chunked_ ? Stage::chunk_size : Stage::sized_body;
  return true;
}

// ---- chunks
// ---------------------------------------------------------------------------------------

bool Framer::step(std::string_view buffered) {
  const auto rest = buffered.substr(position_);
  if (stage_ == Stage::chunk_data) {
    const auto part = rest.substr(0, length_);
    decoded_ += part;
    position_ += part.size();
    length_ -= part.size();
    if (length_ == 0) stage_ = Stage::chunk_end;
    return length_ == 0;
  }
  const auto end = rest.find(line_end);
  if (end == std::string_view::npos) {
    if (rest.size() > limits::header_bytes)
      refuse(400, "bad_request", "A chunk has no end of line.");
    return false;
  }
  const auto line = rest.substr(0, end);
  position_ += end + line_end.size();
  if (stage_ == Stage::chunk_size) return read_chunk_size(line);
  if (stage_ == Stage::chunk_end) {
    if (!line.empty()) {
      refuse(400, "bad_request", "A chunk is longer than it says.");
      return false;
    }
    stage_ = Stage::chunk_size;
  } else if (line.empty()) {
    stage_ = Stage::done;
  } else if (position_ > head_end_ + limits::chunked_overhead * body_max()) {
    refuse_too_large();
    return false;
  }
  return true;
}

bool Framer::read_chunk_size(std::string_view line) {
  const auto digits = trimmed(line.substr(0, line.find(';')));
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), size, 16);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    refuse(400, "bad_request", "A chunk does not begin with its size.");
    return false;
  }
  // Chunks of a byte or two cost several times the body in framing; that is limited, too.
  const bool too_large = error != std::errc{} || size > body_max() - decoded_.size() ||
                         position_ > head_end_ + limits::chunked_overhead * body_max();
  if (too_large) {
    refuse_too_large();
    return false;
  }
  length_ = size;
  stage_ = size == 0 ? Stage::trailer : Stage::chunk_data;
  return true;
}

}  // namespace server::http
