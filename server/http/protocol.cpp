#include "server/http/protocol.hpp"

#include "server/http/limits.hpp"
#include "server/http/problem.hpp"

#include <httplib.h>

#include <algorithm>
#include <cstring>

namespace server::http {

namespace {

// The head of a request to read from and the head of its response to write to, where httplib
// expects a socket.
class HeadStream final : public httplib::Stream {
 public:
  void restart(std::string_view request_head) {
    unread_ = request_head;
    written_.clear();
  }

  const std::string& written() const { return written_; }

  bool is_readable() const override { return !unread_.empty(); }

  bool is_writable() const override { return true; }

  ssize_t read(char* to, std::size_t size) override {
    const auto count = std::min(size, unread_.size());
    std::memcpy(to, unread_.data(), count);
    unread_.remove_prefix(count);
    return static_cast<ssize_t>(count);
  }

  ssize_t write(const char* from, std::size_t size) override {
    written_.append(from, size);
    return static_cast<ssize_t>(size);
  }

  // Addresses are not looked at: asking for them would cost two system calls a request.
  void get_remote_ip_and_port(std::string&, int&) const override {}

  void get_local_ip_and_port(std::string&, int&) const override {}

  // Not the socket's number, which httplib would compare with what select() can hold.
  socket_t socket() const override { return 0; }

 private:
  std::string_view unread_;
  std::string written_;
};

std::string_view field(const httplib::Request& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view{} : std::string_view{found->second};
}

}  // namespace

class Protocol::Inner final : private httplib::Server {
 public:
  explicit Inner(http::Handler& handler) : handler_{handler} {
    set_keep_alive_timeout(std::chrono::seconds{limits::idle_time}.count());
    set_keep_alive_max_count(limits::requests_per_connection);
    // Before its own routing, which would match regular expressions and copy the body.
    set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      respond(request, response);
      return HandlerResponse::Handled;
    });
  }

  After answer(std::string_view request_head, std::string_view request_body, After wanted) {
    request_body_ = request_body;
    is_handled_ = false;
    stream_.restart(request_head);
    bool caller_closes = false;
    process_request(stream_, wanted == After::close, caller_closes, [](httplib::Request& request) {
      // What httplib would act upon by itself: partial answers, compression, a second "100
      // Continue".
      request.ranges.clear();
      request.headers.erase("Accept-Encoding");
      request.headers.erase("Expect");
    });
    if (!is_handled_) return refuse();
    head_ = stream_.written();
    return caller_closes || wanted == After::close ? After::close : After::keep;
  }

  std::string_view head() const { return head_; }

  std::string_view body() const {
    return sends_body_ ? std::string_view{response_.body} : std::string_view{};
  }

 private:
  void respond(const httplib::Request& request, httplib::Response& response) {
    is_handled_ = true;
    handler_.handle({request.method, request.target, field(request, "Content-Type"),
                     field(request, "Content-Encoding"), field(request, "If-None-Match"),
                     request_body_, field(request, "X-Request-Id"), field(request, "traceparent"),
                     field(request, "Idempotency-Key"), field(request, "Accept")},
                    response_);
    sends_body_ = request.method != "HEAD" && response_.status != 304;
    response.status = response_.status;
    response.set_header("Content-Type", std::string{response_.content_type});
    response.set_header("Content-Length", std::to_string(response_.body.size()));
    if (!response_.allow.empty()) response.set_header("Allow", std::string{response_.allow});
    if (!response_.etag.empty()) {
      response.set_header("ETag", response_.etag);
      response.set_header("Cache-Control", "no-cache");
    }
    if (!response_.freshness.empty()) response.set_header("Netto-Freshness", response_.freshness);
    if (!response_.request_id.empty()) response.set_header("X-Request-Id", response_.request_id);
    if (!response_.traceparent.empty()) response.set_header("traceparent", response_.traceparent);
    if (response_.retry_after) response.set_header("Retry-After", "1");
  }

  // A head that is framed well and still makes no sense to httplib: an unknown method, a bad range.
  After refuse() {
    refused_ = refusal_text(
        {400, "bad_request", "The request line or a header field can't be understood."});
    head_ = refused_;
    sends_body_ = false;
    return After::close;
  }

  http::Handler& handler_;
  HeadStream stream_;
  http::Response response_;
  std::string refused_;
  std::string_view request_body_;
  std::string_view head_;
  bool is_handled_ = false;
  bool sends_body_ = false;
};

Protocol::Protocol(Handler& handler) : inner_{std::make_unique<Inner>(handler)} {}

Protocol::~Protocol() = default;

Protocol::After Protocol::answer(std::string_view request_head, std::string_view request_body,
                                 After wanted) {
  return inner_->answer(request_head, request_body, wanted);
}

std::string_view Protocol::head() const { return inner_->head(); }

std::string_view Protocol::body() const { return inner_->body(); }

namespace {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 408:
      return "Request Timeout";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 417:
      return "Expectation Failed";
    case 431:
      return "Request Header Fields Too Large";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "Bad Request";
  }
}

}  // namespace

std::string refusal_text(const Refusal& refusal) {
  Response response;
  write_problem({refusal.status, refusal.code, refusal.detail}, response);
  std::string text = "HTTP/1.1 " + std::to_string(refusal.status) + " ";
  text += reason_phrase(refusal.status);
  text += "\r\nContent-Type: ";
  text += response.content_type;
  text += "\r\nContent-Length: " + std::to_string(response.body.size());
  if (response.retry_after) text += "\r\nRetry-After: 1";
  text += "\r\nConnection: close\r\n\r\n";
  return text + response.body;
}

}  // namespace server::http
