#include "bench/load/requests.hpp"

#include "server/feed/csv_reader.hpp"
#include "server/feed/text_source.hpp"

#include <charconv>
#include <stdexcept>

namespace bench::load {

using world::Question;
using world::World;

namespace {

// What is after the request line of every request, up to the fields of a body.
constexpr std::string_view common_fields = "Host: 127.0.0.1\r\nAccept: application/json\r\n";

std::string customer_text(std::uint32_t id, Codes codes) {
  return codes == Codes::ids ? std::to_string(id) : world::customer_code(id);
}

std::string article_text(std::uint32_t id, Codes codes) {
  return codes == Codes::ids ? std::to_string(id) : world::sku_code(id);
}

std::string price_text(const Question& question, Codes codes) {
  std::string text = "GET /v1/customers/" + customer_text(question.customer_id, codes) +
                     "/prices/" + article_text(question.sku_id, codes) +
                     "?quantity=" + std::to_string(question.qty) +
                     "&date=" + world::iso_date(question.at) + " HTTP/1.1\r\n";
  return text.append(common_fields) + "\r\n";
}

std::string quote_text(std::span<const Question> lines, Codes codes) {
  std::string body = R"({"customer":")" + customer_text(lines.front().customer_id, codes) +
                     R"(","date":")" + world::iso_date(lines.front().at) + R"(","lines":[)";
  for (const auto& line : lines) {
    if (body.back() == '}') body += ',';
    body += R"({"article":")" + article_text(line.sku_id, codes) + R"(","quantity":)" +
            std::to_string(line.qty) + "}";
  }
  body += "]}";
  std::string text = "POST /v1/quote HTTP/1.1\r\n";
  text += common_fields;
  text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size());
  return text.append("\r\n\r\n").append(body);
}

// ---- invoices
// -------------------------------------------------------------------------------------

enum Column : std::size_t {
  invoice,
  code,
  description,
  quantity,
  moment,
  price,
  customer,
  country
};

std::int32_t whole_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && end == text.data() + text.size() ? value : 0;
}

bool is_above_zero(std::string_view decimal) {
  return !decimal.starts_with('-') && decimal.find_first_of("123456789") != std::string_view::npos;
}

// The lines of an invoice stand together in the file; lines without a customer get the invoice's
// number for one.
class InvoiceReader {
 public:
  InvoiceReader(const World& world, RequestSet& set, InvoiceCounts& counts, Codes codes)
      : world_{world}, set_{set}, counts_{counts}, codes_{codes} {}

  void take(std::span<const std::string_view> fields) {
    if (fields[invoice].starts_with('C') || fields[invoice].starts_with('A')) {
      ++counts_.reversed;
      return;
    }
    const auto count = whole_number(fields[quantity]);
    if (count <= 0 || !is_above_zero(fields[price])) {
      ++counts_.without_sale;
      return;
    }
    if (fields[invoice] != invoice_) {
      finish();
      invoice_ = fields[invoice];
    }
    const auto buyer = fields[customer].empty() ? fields[invoice] : fields[customer];
    set_.questions.push_back({static_cast<std::uint32_t>(set_.questions.size() + 1),
                              stand_in(buyer, world_.size().customers),
                              stand_in(fields[code], world_.size().skus), count, world::fixed_day});
  }

  void finish() {
    const auto lines = set_.questions.size() - first_;
    if (lines == 0) return;
    const auto asked = std::span{set_.questions}.subspan(first_);
    set_.requests.push_back({quote_text(asked, codes_), first_, lines});
    first_ = set_.questions.size();
    ++counts_.invoices;
    counts_.lines += lines;
  }

 private:
  const World& world_;
  RequestSet& set_;
  InvoiceCounts& counts_;
  Codes codes_;
  std::string invoice_;
  std::size_t first_ = 0;
};

}  // namespace

RequestSet price_requests(const World& world, std::size_t count, Codes codes) {
  RequestSet set{"one price", {}, world::lookup_questions(world, count)};
  for (std::size_t i = 0; i < set.questions.size(); ++i)
    set.requests.push_back({price_text(set.questions[i], codes), i, 1});
  return set;
}

RequestSet quote_requests(const World& world, std::size_t quotes, Codes codes) {
  RequestSet set{"quote of " + std::to_string(world::lines_per_quote) + " lines",
                 {},
                 world::quote_questions(world, quotes)};
  const std::span all{set.questions};
  for (std::size_t i = 0; i < all.size(); i += world::lines_per_quote) {
    set.requests.push_back(
        {quote_text(all.subspan(i, world::lines_per_quote), codes), i, world::lines_per_quote});
  }
  return set;
}

std::optional<RequestSet> invoice_requests(const World& world, const std::string& path,
                                           InvoiceCounts& counts, std::string& why, Codes codes) {
  const auto text = server::feed::read_file(path);
  if (!text) {
    why = path + ": " + text.error().detail;
    return std::nullopt;
  }
  RequestSet set{"invoice, replayed", {}, {}};
  server::feed::CsvReader rows{*text, {}};
  InvoiceReader reader{world, set, counts, codes};
  bool is_head = true;
  while (rows.next()) {
    const auto fields = rows.fields();
    if (rows.problem() || fields.size() != country + 1 ||
        (is_head && fields[invoice] != "InvoiceNo")) {
      throw std::runtime_error{path + ", line " + std::to_string(rows.line()) +
                               ": is not a line of the Online Retail invoices"};
    }
    if (!is_head) reader.take(fields);
    is_head = false;
  }
  reader.finish();
  return set;
}

std::uint32_t stand_in(std::string_view text, std::uint32_t count) {
  std::uint64_t hash = 14'695'981'039'346'656'037U;
  for (const char c : text) {
    const bool is_lower = c >= 'a' && c <= 'z';
    hash ^= static_cast<unsigned char>(is_lower ? c - 'a' + 'A' : c);
    hash *= 1'099'511'628'211U;
  }
  return static_cast<std::uint32_t>(hash % count) + 1;
}

}  // namespace bench::load
