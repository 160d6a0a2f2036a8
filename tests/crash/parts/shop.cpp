#include "tests/crash/parts/shop.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string_view>

namespace tests::crash {

namespace {

constexpr std::size_t lines_per_question = 5'000;
constexpr std::uint64_t days = 300;  // that a number can stand for

constexpr std::string_view rules = R"json({
  "procedure": "shop",
  "title": "Price",
  "condition_types": {"price": {"value": "price", "title": "Price"}},
  "steps": [
    {"step": "price", "title": "Price",
     "find": {"type": "price", "accesses": [{"keys": ["article"]}], "search": "first",
              "choose": ["highest_threshold"], "tie": "refuse", "required": true}},
    {"step": "line_amount", "title": "Amount", "amount": "round(extended(price, price), 2, 'half_up')"}
  ],
  "answer": {"price": "price", "unit_price": "price", "line_amount": "line_amount"}
}
)json";

constexpr std::string_view bands = R"json({
  "availability_bands": [
    {"set": "shop", "expected_band": "expected", "bands": [
      {"band": "none", "texts": {"en": "none"}},
      {"band": "few", "from": 1, "texts": {"en": "few"}},
      {"band": "many", "from": 500, "texts": {"en": "many"}},
      {"band": "expected", "texts": {"en": "expected"}}]}
  ],
  "lookup": [{"set": "shop"}]
}
)json";

constexpr std::string_view goods_feed = R"json({
  "feed": "goods",
  "files": "goods*.csv",
  "dates": {"formats": "%Y-%m-%d"},
  "records": [
    {"kind": "conditions", "fields": {"type": {"constant": "price"}, "article": "article", "value": "price",
                                      "currency": {"constant": "EUR"}, "key": "article"}},
    {"kind": "stock", "fields": {"article": "article", "warehouse": {"constant": "HQ"}, "on_hand": "on_hand"}},
    {"kind": "receipts", "fields": {"article": "article", "warehouse": {"constant": "HQ"}, "date": "date",
                                    "quantity": {"constant": "1000000"}, "reference": "article"}}
  ]
}
)json";

void write(const std::string& file, std::string_view text) {
  std::ofstream out{file, std::ios::binary};
  out << text;
  if (!out.flush()) throw std::runtime_error{file + " can't be written"};
}

std::string article_code(const Range& range, std::size_t group, std::size_t article) {
  return fmt::format("S{}-{:03}-{:03}", range.sender, group, article);
}

// The day of the receipt that stands for a number.
std::string day_of(std::uint64_t number) {
  const auto day = number % days;
  return fmt::format("2030-{:02}-{:02}", day / 28 + 1, day % 28 + 1);
}

bool is_many(std::uint64_t number) { return number % 2 == 1; }

std::string header_of(Kind kind) {
  switch (kind) {
    case Kind::prices:
      return "type,article,value,currency,key\n";
    case Kind::goods:
      return "article,price,on_hand,date\n";
    case Kind::tiers:
      break;
  }
  return "type,article,value,currency,from_quantity,key\n";
}

void append_rows(const Range& range, const std::string& article, std::uint64_t number,
                 std::string& out) {
  auto to = std::back_inserter(out);
  switch (range.kind) {
    case Kind::prices:
      fmt::format_to(to, "price,{0},{1},EUR,{0}\n", article, number);
      return;
    case Kind::goods:
      fmt::format_to(to, "{},{},{},{}\n", article, number, is_many(number) ? 1'000 : 10,
                     day_of(number));
      return;
    case Kind::tiers:
      for (std::size_t tier = 1; tier <= tiers_per_article; ++tier)
        fmt::format_to(to, "price,{0},{1},EUR,{2},{0}-{2}\n", article, number, tier);
      return;
  }
}

class Question {
 public:
  void add(const std::string& article, std::uint64_t quantity) {
    text_ += fmt::format(R"({}{{"article":"{}","quantity":"{}"}})", text_.empty() ? "" : ",",
                         article, quantity);
    ++lines_;
  }

  std::size_t lines() const { return lines_; }

  std::string text() const {
    return R"({"customer":"K1","date":"2026-02-01","lines":[)" + text_ + "]}";
  }

 private:
  std::string text_;
  std::size_t lines_ = 0;
};

// The values of all members of that name, which must be one; of `count` lines.
std::string only_value(const std::string& answer, std::string_view name, std::size_t count) {
  const std::string sought = fmt::format("\"{}\":\"", name);
  std::string value;
  std::size_t found = 0;
  for (auto at = answer.find(sought); at != std::string::npos; at = answer.find(sought, at)) {
    at += sought.size();
    const auto end = answer.find('"', at);
    const auto here = std::string_view{answer}.substr(at, end - at);
    if (found++ == 0) value = here;
    if (here != value)
      throw std::runtime_error{fmt::format("{} is {} here and {} there", name, value, here)};
  }
  if (found != count)
    throw std::runtime_error{fmt::format("{} of {} lines have a {}", found, count, name)};
  return value;
}

}  // namespace

std::string feed_of(const Range& range) {
  return range.kind == Kind::goods ? "goods" : "conditions";
}

std::string batch_text(const Range& range, std::size_t group, std::uint64_t number) {
  std::string text = header_of(range.kind);
  for (std::size_t article = 0; article < range.articles; ++article)
    append_rows(range, article_code(range, group, article), number, text);
  return text;
}

void write_shop(const std::string& folder, const std::vector<Range>& ranges) {
  std::filesystem::create_directories(folder);
  write(folder + "/shop.json", rules);
  write(folder + "/bands.json", bands);
  write(folder + "/goods.feed.json", goods_feed);
  write(folder + "/currencies.csv", "code,decimals\nEUR,2\n");
  write(folder + "/customers.csv", "code,name,currency\nK1,Karlsson AB,EUR\n");
  write(folder + "/warehouses.csv", "code,name\nHQ,Head quarters\n");
  std::string articles = "code,name,base_unit\n";
  std::string conditions[3];
  for (const Range& range : ranges) {
    std::string& rows = conditions[static_cast<std::size_t>(range.kind)];
    if (rows.empty()) rows = header_of(range.kind);
    for (std::size_t group = 0; group < groups_per_sender; ++group) {
      for (std::size_t article = 0; article < range.articles; ++article) {
        const auto code = article_code(range, group, article);
        articles += code + ",,PCE\n";
        append_rows(range, code, 1, rows);
      }
      if (range.kind == Kind::tiers) break;  // one large group
    }
  }
  write(folder + "/articles.csv", articles);
  const char* const files[]{"conditions.csv", "goods.csv", "conditions_tiers.csv"};
  for (std::size_t i = 0; i < std::size(files); ++i) {
    if (!conditions[i].empty()) write(folder + "/" + files[i], conditions[i]);
  }
}

std::string question_about(const Range& range, std::size_t group, std::uint64_t pick) {
  Question question;
  for (std::size_t article = 0; article < range.articles; ++article) {
    const auto tier = range.kind == Kind::tiers ? (pick + article * 7) % tiers_per_article + 1 : 1;
    // More than ever lies there: the day of the receipt is told.
    question.add(article_code(range, group, article), range.kind == Kind::goods ? 500'000 : tier);
  }
  return question.text();
}

std::vector<std::string> questions_about_all(const Range& range, std::size_t group) {
  if (range.kind != Kind::tiers) return {question_about(range, group, 0)};
  std::vector<std::string> questions;
  Question question;
  for (std::size_t article = 0; article < range.articles; ++article) {
    for (std::size_t tier = 1; tier <= tiers_per_article; ++tier)
      question.add(article_code(range, group, article), tier);
    if (question.lines() + tiers_per_article <= lines_per_question) continue;
    questions.push_back(question.text());
    question = {};
  }
  if (question.lines() > 0) questions.push_back(question.text());
  return questions;
}

std::uint64_t number_of(const Range& range, const std::string& answer) {
  std::size_t lines = 0;
  for (auto at = answer.find("\"article\":"); at != std::string::npos;
       at = answer.find("\"article\":", at + 1))
    ++lines;
  if (lines == 0) throw std::runtime_error{"no line was answered: " + answer.substr(0, 300)};
  const auto number = std::stoull(only_value(answer, "unit_price", lines));
  if (range.kind == Kind::goods) {
    const auto day = only_value(answer, "expected", lines);
    const auto band = only_value(answer, "band", lines);
    if (day != day_of(number) || band != (is_many(number) ? "many" : "few"))
      throw std::runtime_error{
          fmt::format("the price is of batch {}, and the answer has {} of {}", number, band, day)};
  }
  return number;
}

std::string without_ages(const std::string& answer) {
  const auto from = answer.find("\"freshness\":[");
  if (from == std::string::npos) return answer;
  const auto to = answer.find("],", from);
  return answer.substr(0, from) + answer.substr(to == std::string::npos ? from : to + 2);
}

}  // namespace tests::crash
