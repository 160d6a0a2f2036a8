// Where a request begins and ends in the bytes of a connection, and whether its framing can be
// trusted: a body has either a length or chunks, never both; heads, bodies and fields are limited
// before anything is stored or parsed. That settles pipelined requests, smuggling and slow senders
// in one place, ahead of the HTTP library. Fed again with the same bytes and more of them it goes
// on where it stopped, so bytes are looked at once. One connection, one framer; no sockets, no
// clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace server::http {

struct Refusal {
  int status = 0;  // 0: none
  std::string_view code;
  std::string detail;
};

class Framer {
 public:
  enum class State : std::uint8_t { incomplete, complete, refused };

  // `buffered` is everything received since the last request ended.
  State look(std::string_view buffered);

  // Of a complete request:
  std::string_view head(std::string_view buffered) const {
    return buffered.substr(head_begin_, head_end_ - head_begin_);
  }

  std::string_view body(std::string_view buffered) const;

  // Bytes of `buffered` that it takes up.
  std::size_t size() const { return position_; }

  const Refusal& refusal() const { return refusal_; }

  // Whether the caller waits for "100 Continue" before it sends the body.
  bool awaits_continue() const { return stage_ > Stage::head && expects_continue_; }

  // Whether its body may be as large as a batch, and take as long.
  bool is_batch() const { return is_batch_; }

  // For the next request.
  void restart() { *this = Framer{}; }

 private:
  enum class Stage : std::uint8_t {
    head,
    sized_body,
    chunk_size,
    chunk_data,
    chunk_end,
    trailer,
    done
  };

  State refuse(int status, std::string_view code, std::string detail);
  bool find_head_end(std::string_view buffered);
  bool read_head(std::string_view head);
  bool read_request_line(std::string_view line);
  bool read_field(std::string_view line);
  std::size_t body_max() const;
  State refuse_too_large();
  bool read_length(std::string_view value);
  bool begin_body();
  // One step of a chunked body; false when it needs more bytes or is refused.
  bool step(std::string_view buffered);
  bool read_chunk_size(std::string_view line);

  Stage stage_ = Stage::head;
  bool expects_continue_ = false;
  bool is_chunked_ = false;
  bool has_length_ = false;
  bool takes_body_ = false;  // by its method
  bool is_http_10_ = false;
  bool is_batch_ = false;       // by its method and address
  std::size_t head_begin_ = 0;  // after blank lines, which are allowed before a request
  std::size_t head_end_ = 0;
  std::size_t scanned_ = 0;   // no end of the head before here
  std::size_t position_ = 0;  // everything before is framed
  std::size_t length_ = 0;    // of the body, or of what is left of a chunk
  std::string decoded_;       // a chunked body without its chunks
  Refusal refusal_;
};

}  // namespace server::http
