#include "server/cli/draft_compare.hpp"

#include "engine/base/parallel.hpp"
#include "server/cli/answer_view.hpp"
#include "server/cli/asked_folder.hpp"
#include "server/cli/csv.hpp"
#include "server/cli/draft_basket.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"
#include "server/cli/suggest.hpp"
#include "server/json/comparison_text.hpp"
#include "server/node/clock.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>
#include <utility>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::quote::ListComparison;
using engine::quote::ListDifference;
using engine::snapshot::Snapshot;
using json::DifferenceCells;
using rules::Json;

namespace {

constexpr std::size_t compared_rows_shown = 20;      // in a table, unless said
constexpr std::size_t compared_rows_asked = 10'000;  // of a node at most, and in a table

std::size_t rows_told(const CompareOptions& options, const Run& run) {
  const bool is_table = run.format == Format::table;
  const std::size_t limit = options.limit.value_or(is_table ? compared_rows_shown : 0);
  const std::size_t all = is_table ? compared_rows_asked : SIZE_MAX;
  return limit == 0 ? all : std::min(limit, all);
}

// ---- lists, as tables and CSV
// -------------------------------------------------------------------

// "3.6000 EUR per 100 PCE"; where there is no price, why.
std::string price_text(const json::PriceCells& price) {
  if (price.unit_price.empty()) return price.outcome;
  std::string text = price.unit_price + " " + price.currency;
  const bool is_per_one = price.price_unit == "1";
  if (is_per_one && price.price_unit_of_measure.empty()) return text;
  text += " per ";
  if (!is_per_one) text += price.price_unit + (price.price_unit_of_measure.empty() ? "" : " ");
  return text + price.price_unit_of_measure;
}

std::string percent_text(const std::string& percent) {
  return percent.empty() ? percent : percent + " %";
}

std::string largest_text(const Json& answer, std::string_view name) {
  const Json* largest = answer.find(name);
  if (largest == nullptr || !largest->is(Json::Kind::object)) return "";
  const DifferenceCells cells = json::difference_cells(*largest);
  return fmt::format("{}, customer {}, article {}: {} instead of {}", percent_text(cells.percent),
                     cells.customer, cells.article, price_text(cells.draft),
                     price_text(cells.live));
}

void add_totals(const Json& answer, Report& report) {
  static constexpr std::array<std::pair<const char*, const char*>, 8> told{
      {{"dearer", "dearer"},
       {"cheaper", "cheaper"},
       {"new", "priced by the draft only"},
       {"gone", "priced live only"},
       {"other_currency", "in another currency"},
       {"same", "the same"},
       {"unpriced", "without a price in both"},
       {"customers_changed", "customers with a change"}}};
  const Json* totals = answer.find("totals");
  if (totals == nullptr) return;
  for (const auto& [name, label] : told) report.fact(name, label, number_in(*totals, name));
  report.fact("largest_rise", "largest rise", largest_text(answer, "largest_rise"));
  report.fact("largest_fall", "largest fall", largest_text(answer, "largest_fall"));
}

// As people read it; `answer` is the whole document.
void show_comparison(const Json& answer, Run& run) {
  Report report;
  report.fact("draft", "draft", text_at(answer, "draft/name"));
  report.fact("based_on", "based on generation", text_at(answer, "draft/based_on"));
  report.fact("date", "date", text_at(answer, "date"));
  report.fact("quantity", "quantity", text_at(answer, "quantity"));
  report.fact("customers", "customers", number_in(answer, "customers"));
  report.fact("articles", "articles", number_in(answer, "articles"));
  add_totals(answer, report);
  Table& rows = report.table("changes", "",
                             {{"customer", "customer"},
                              {"article", "article"},
                              {"live_price", "live price", Align::right},
                              {"draft_price", "draft price", Align::right},
                              {"percent", "percent", Align::right},
                              {"change", "change"}});
  for (const Json& row : items_of(answer, "changes")) {
    const DifferenceCells cells = json::difference_cells(row);
    rows.add({cells.customer, cells.article, price_text(cells.live), price_text(cells.draft),
              percent_text(cells.percent), cells.change});
  }
  if (const auto left_out = number_in(answer, "left_out"); left_out > 0)
    rows.note(fmt::format("and {} more (--format csv shows all)", grouped(left_out)));
  report.write(run);
}

constexpr std::array<std::string_view, 14> difference_columns{"customer",
                                                              "article",
                                                              "change",
                                                              "percent",
                                                              "live_unit_price",
                                                              "live_price_unit",
                                                              "live_price_unit_of_measure",
                                                              "live_currency",
                                                              "live_outcome",
                                                              "draft_unit_price",
                                                              "draft_price_unit",
                                                              "draft_price_unit_of_measure",
                                                              "draft_currency",
                                                              "draft_outcome"};

void append_difference_row(const DifferenceCells& cells, std::string& out) {
  const std::array<std::string_view, difference_columns.size()> row{
      cells.customer,
      cells.article,
      cells.change,
      cells.percent,
      cells.live.unit_price,
      cells.live.price_unit,
      cells.live.price_unit_of_measure,
      cells.live.currency,
      cells.live.outcome,
      cells.draft.unit_price,
      cells.draft.price_unit,
      cells.draft.price_unit_of_measure,
      cells.draft.currency,
      cells.draft.outcome};
  append_csv_row(out, row);
}

void note_unlisted(const Json& answer, Run& run) {
  const auto count = number_in(answer, "customers_without_list");
  if (count == 0) return;
  fmt::print(run.err, "{} customers have no list, neither live nor with the draft:\n",
             grouped(count));
  const auto told = items_of(answer, "without_list");
  constexpr std::size_t told_max = 10;
  for (std::size_t i = 0; i < std::min(told_max, told.size()); ++i) {
    fmt::print(run.err, "  {}: {} ({})\n", text_in(told[i], "customer"), text_in(told[i], "detail"),
               text_in(told[i], "code"));
  }
  if (count > told_max) fmt::print(run.err, "  and {} more\n", grouped(count - told_max));
  if (run.exit == Exit::ok) run.exit = Exit::findings;
}

// Differences as they come: CSV and JSON go out, the rows of a table are kept.
class ChangeOutput {
 public:
  ChangeOutput(const json::ComparisonTold& told, std::size_t limit, Run& run)
      : told_{told}, limit_{limit}, run_{run}, opening_{json::comparison_opening(told)} {
    if (run.format == Format::csv) append_csv_row(text_, difference_columns);
    if (run.format == Format::json) text_ = opening_;
  }

  bool take(std::span<const ListDifference> differences) {
    for (const ListDifference& difference : differences) {
      if (shown_ == limit_) break;
      const DifferenceCells cells = json::difference_cells(*told_.comparison, difference);
      if (run_.format == Format::csv) {
        append_difference_row(cells, text_);
      } else {
        if (shown_ > 0) text_ += ',';
        json::write_difference(cells, text_);
      }
      ++shown_;
    }
    return run_.format == Format::table || flush();
  }

  void end(const engine::quote::ComparisonTotals& totals) {
    const auto closing = json::comparison_closing(told_, totals, totals.different() - shown_);
    const auto answer = rules::parse_json(
        opening_ + (run_.format == Format::table ? text_ : std::string{}) + closing);
    if (!answer) return fail(run_, answer.error());
    if (run_.format == Format::table) {
      show_comparison(*answer, run_);
    } else {
      if (run_.format == Format::json) text_ += closing + "\n";
      flush();
    }
    note_unlisted(*answer, run_);
  }

 private:
  bool flush() {
    write_out(run_, text_);
    text_.clear();
    return run_.exit != Exit::world_failed;
  }

  const json::ComparisonTold& told_;
  std::size_t limit_;
  Run& run_;
  std::string opening_;
  std::string text_;
  std::size_t shown_ = 0;
};

// ---- lists, in a data folder
// --------------------------------------------------------------------

Result<std::vector<std::uint8_t>> compared_articles(const Snapshot& snapshot,
                                                    const CompareOptions& options) {
  auto wanted = articles_of(snapshot, options.article_group);
  if (!wanted || options.articles.empty()) return wanted;
  std::vector<std::uint8_t> named(snapshot.articles().base_units.size(), 0);
  for (const std::string& code : options.articles) {
    const auto article = snapshot.find_article(code);
    if (!article) {
      return Fault{FaultCode::bad_request, "--articles",
                   "article '" + code + "' is not known" +
                       did_you_mean(near_matches(code, *snapshot.articles().codes))};
    }
    named[article->raw()] = wanted->empty() ? 1 : (*wanted)[article->raw()];
  }
  return named;
}

struct Compared {
  std::vector<std::uint8_t> wanted;
  engine::quote::ComparedCustomers customers;
  ListComparison comparison;
};

Result<void> prepare(const CompareOptions& options, const AskedFolder& folder, Compared& made) {
  const auto quantity = list_quantity(options.quantity);
  if (!quantity) return quantity.error();
  const auto request = list_request(options.asked);
  if (!request) return request.error();
  const auto ids = listed_customers(*folder.snapshot, options.asked.customer, options.listed);
  if (!ids) return ids.error();
  auto wanted = compared_articles(*folder.snapshot, options);
  if (!wanted) return wanted.error();
  const auto clock = node::Clock::in(node::time_zone_of(*folder.snapshot));
  if (!clock) return clock.error();
  auto customers = engine::quote::compared_customers(*folder.live, *folder.snapshot, *ids, *request,
                                                     clock->now());
  if (!customers) return customers.error();
  made.wanted = *std::move(wanted);
  made.customers = *std::move(customers);
  made.comparison = {folder.live.get(), folder.snapshot.get(), made.customers.customers, *quantity,
                     made.wanted};
  return {};
}

void compare_lists_in_folder(const CompareOptions& options, Run& run) {
  const auto folder = open_asked(options.draft, run);
  if (!folder) return fail(run, folder.error());
  Compared compared;
  if (auto ok = prepare(options, *folder, compared); !ok) return fail(run, ok.error());
  const engine::base::WorkerLimit workers{options.threads};
  const json::ComparisonTold told{options.draft, folder->based_on, &compared.comparison,
                                  &compared.customers.unlisted};
  ChangeOutput output{told, rows_told(options, run), run};
  Progress progress{run.err};
  const auto totals = engine::quote::compare_lists(
      compared.comparison,
      [&](std::span<const ListDifference> found) { return output.take(found); },
      [&](std::uint64_t done, std::uint64_t all) { progress.show("comparing", done, all); });
  progress.clear();
  if (run.exit == Exit::world_failed) return;
  output.end(totals);
}

// ---- lists, at a running node
// -------------------------------------------------------------------

std::string comparison_address(const CompareOptions& options, std::size_t limit) {
  std::string path = "/v1/drafts/" + http::percent_encoded(options.draft) +
                     "/compare?limit=" + std::to_string(limit);
  const auto add = [&path](std::string_view name, std::string_view value) {
    if (!value.empty())
      path += "&" + http::percent_encoded(name) + "=" + http::percent_encoded(value);
  };
  add("customer", options.asked.customer);
  add("group", options.listed.group);
  add("all", options.listed.all ? "true" : "");
  add("article_group", options.article_group);
  for (const std::string& article : options.articles) add("article", article);
  add("quantity", options.quantity);
  add("date", options.asked.date);
  add("currency", options.asked.currency);
  add("sales_organisation", options.asked.sales_organisation);
  add("site", options.asked.site);
  add("channel", options.asked.channel);
  add("document_kind", options.asked.document_kind);
  for (const std::string& field : options.asked.fields) {
    const auto equals = field.find('=');
    if (equals != std::string::npos)
      add(std::string_view{field}.substr(0, equals), std::string_view{field}.substr(equals + 1));
  }
  return path;
}

// A node reads a draft when it is first asked for, which takes as long as a start.
Result<std::string> text_once_read(const std::string& url, const std::string& path, Run& run) {
  constexpr std::chrono::seconds patience{120};
  const auto until = std::chrono::steady_clock::now() + patience;
  for (bool is_told = false;; is_told = true) {
    const auto answer = http::get(url, path);
    if (!answer) return answer.error();
    if (answer->status == 200) return answer->body;
    const bool is_reading =
        answer->status == 503 && answer->body.find("\"draft_not_ready\"") != std::string::npos;
    if (!is_reading || std::chrono::steady_clock::now() >= until) return fault_of(url, *answer);
    if (!is_told) fmt::print(run.err, "netto: {} reads the draft first\n", url);
    std::this_thread::sleep_for(std::chrono::milliseconds{500});
  }
}

void compare_lists_at_node(const CompareOptions& options, Run& run) {
  const std::size_t limit = std::min(rows_told(options, run), compared_rows_asked);
  const auto text = text_once_read(options.asked.url, comparison_address(options, limit), run);
  if (!text) return fail(run, text.error());
  const auto answer = rules::parse_json(*text);
  if (!answer) return fail(run, answer.error());
  if (run.format == Format::table) {
    show_comparison(*answer, run);
  } else if (run.format == Format::json) {
    write_out(run, *text + "\n");
  } else {
    std::string rows;
    append_csv_row(rows, difference_columns);
    for (const Json& row : items_of(*answer, "changes"))
      append_difference_row(json::difference_cells(row), rows);
    write_out(run, rows);
    if (const auto left_out = number_in(*answer, "left_out"); left_out > 0)
      fmt::print(run.err, "netto: {} more are not shown; the data folder (--data) shows all\n",
                 grouped(left_out));
  }
  note_unlisted(*answer, run);
}

}  // namespace

void add_compare_options(CLI::App& command, CompareOptions& options) {
  add_header_options(command, options.asked);
  command
      .add_option("lines", options.asked.lines,
                  "A basket, as of netto quote; without one whole price lists are compared")
      ->type_name("ARTICLE[:QUANTITY[:UNIT]]");
  command
      .add_option("--group", options.listed.group,
                  "Instead of one customer those of this customer group, and of groups below it")
      ->type_name("CODE");
  command.add_flag("--all", options.listed.all, "Instead of one customer all of them");
  command.add_option("--articles", options.articles, "Only these articles of the lists")
      ->type_name("CODE,...")
      ->delimiter(',');
  command
      .add_option("--article-group", options.article_group,
                  "Only articles of this group, and of groups below it")
      ->type_name("CODE");
  command
      .add_option("--quantity", options.quantity, "Of every article of a list, in its base unit")
      ->type_name("NUMBER")
      ->capture_default_str();
  command
      .add_option(
          "--limit", options.limit,
          "Changes shown of lists; CSV and JSON show all unless said, tables 20, at most 10,000")
      ->type_name("ROWS");
  command
      .add_option("--threads", options.threads, "At most so many; all that there are without it")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1'024));
  command.add_option("--url", options.asked.url, "At the running node of this address")
      ->type_name("URL");
}

void compare_draft(const CompareOptions& options, Run& run) {
  const bool is_basket = !options.asked.lines.empty();
  const bool names_lists =
      options.listed.are_many() || !options.articles.empty() || !options.article_group.empty();
  if (is_basket && names_lists) {
    return fail(run, Fault{FaultCode::bad_request, "lines",
                           "a basket is one customer's; without one, lists are compared"});
  }
  if (is_basket) return compare_basket(options.draft, options.asked, run);
  if (options.asked.url.empty()) return compare_lists_in_folder(options, run);
  compare_lists_at_node(options, run);
}

}  // namespace server::cli
