#include "engine/base/decimal.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/price_list_file.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/report.hpp"
#include "server/cli/suggest.hpp"
#include "server/node/clock.hpp"
#include "server/node/node.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Quantity;
using engine::base::Result;

namespace {

constexpr const char* closing =
    "Every article's price for one customer and day, in the order in which articles came in. Line "
    "scope only: what an\n"
    "order as a whole would change is no part of a list. The file is complete or it is not there.\n"
    "\n"
    "Examples:\n"
    "  netto pricelist --customer K1003 --output K1003.csv\n"
    "  netto pricelist --customer K1003 --date 2027-01-01 --only-priced --output next-year.csv\n"
    "  netto pricelist --customer K1003 --quantity 100 --format json > K1003.ndjson\n"
    "\n"
    "Exit codes: 0 done; 2 the customer, day or a field can't be used; 3 the data folder or the "
    "output can't be used.";

struct Options {
  AskOptions header;
  std::string quantity = "1";
  std::string output = "-";
  bool only_priced = false;
};

// A file that appears under its name when it is complete; until then, and where that never comes,
// nobody sees it.
class NewFile {
 public:
  explicit NewFile(std::string path)
      : path_{std::move(path)},
        partial_{path_ + ".partial-" + std::to_string(::getpid())},
        file_{std::fopen(partial_.c_str(), "wbx")} {}

  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  ~NewFile() {
    if (file_ != nullptr) std::fclose(file_);
    if (!is_kept_) std::remove(partial_.c_str());
  }

  std::FILE* stream() { return file_; }

  bool keep() {
    const bool is_written = std::fflush(file_) == 0 && ::fsync(::fileno(file_)) == 0;
    const bool is_closed = std::fclose(std::exchange(file_, nullptr)) == 0;
    is_kept_ = is_written && is_closed && std::rename(partial_.c_str(), path_.c_str()) == 0;
    return is_kept_;
  }

 private:
  std::string path_;
  std::string partial_;
  std::FILE* file_;
  bool is_kept_ = false;
};

Result<Quantity> quantity_of(const std::string& text) {
  const auto decimal = engine::base::parse_decimal(text);
  if (!decimal) return Fault{decimal.error().code, "--quantity", decimal.error().detail};
  const auto quantity = Quantity::exactly(*decimal);
  if (!quantity || *quantity <= Quantity{} ||
      *quantity > Quantity::whole(engine::base::limits::quantity_whole)) {
    return Fault{FaultCode::out_of_range, "--quantity",
                 "a quantity lies above 0 and at most at a billion, with at most six decimals"};
  }
  return *quantity;
}

// The question without lines that says whose list it is.
Result<engine::quote::Question> question_of(const engine::snapshot::Snapshot& snapshot,
                                            const AskOptions& options) {
  engine::quote::QuoteRequest request;
  request.customer = options.customer;
  request.currency = options.currency;
  request.language = options.language;
  if (!options.date.empty()) {
    const auto date = engine::base::parse_civil(options.date);
    if (!date) return Fault{date.error().code, "--date", date.error().detail};
    request.date = *date;
  }
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) request.fields.emplace_back(name, value);
  };
  add("sales_organisation", options.sales_organisation);
  add("site", options.site);
  add("channel", options.channel);
  add("document_kind", options.document_kind);
  for (const auto& field : options.fields) {
    const auto equals = field.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Fault{FaultCode::bad_request, "--field",
                   "'" + field + "' is not of the form NAME=VALUE"};
    }
    request.fields.emplace_back(std::string_view{field}.substr(0, equals),
                                std::string_view{field}.substr(equals + 1));
  }
  const auto clock = node::Clock::in(node::time_zone_of(snapshot));
  if (!clock) return clock.error();
  auto question = engine::quote::resolve(snapshot, request, clock->now());
  if (question) return question;
  auto fault = question.error();
  if (!fault.where.empty()) fault.where.erase(0, 1);
  if (fault.code == FaultCode::unknown_customer) {
    fault.detail += did_you_mean(near_matches(options.customer, *snapshot.customers().codes));
  }
  return fault;
}

void write_to(std::FILE* stream, const engine::snapshot::Snapshot& snapshot,
              const engine::quote::Question& question, const PriceListOptions& list, Run& run,
              std::optional<PriceListCounts>& counts) {
  Progress bar{run.err};
  const auto written = write_price_list(
      snapshot, question, list,
      [&](std::string_view text) {
        return std::fwrite(text.data(), 1, text.size(), stream) == text.size();
      },
      [&](std::uint64_t done, std::uint64_t all) { bar.show("pricing", done, all); });
  bar.clear();
  if (written) {
    counts = *written;
  } else {
    fail(run, written.error());
    run.exit = Exit::world_failed;
  }
}

void run_pricelist(const Options& options, Run& run) {
  if (run.format_given && run.format == Format::table) {
    return fail(
        run, Fault{FaultCode::unsupported, "--format", "a price list is written as csv or json"});
  }
  const auto quantity = quantity_of(options.quantity);
  if (!quantity) return fail(run, quantity.error());
  const auto node = node::Node::open(run.data);
  if (!node) return fail(run, node.error());
  const auto snapshot = (*node)->snapshot();
  const auto question = question_of(*snapshot, options.header);
  if (!question) return fail(run, question.error());
  const PriceListOptions list{run.format == Format::json ? RowFormat::ndjson : RowFormat::csv,
                              options.only_priced ? RowsOf::priced : RowsOf::all, *quantity};
  std::optional<PriceListCounts> counts;
  if (options.output == "-") return write_to(run.out, *snapshot, *question, list, run, counts);
  const auto begin = std::chrono::steady_clock::now();
  NewFile file{options.output};
  if (file.stream() != nullptr) write_to(file.stream(), *snapshot, *question, list, run, counts);
  if (file.stream() == nullptr || (counts && !file.keep())) {
    fail(run, Fault{FaultCode::file_unreadable, options.output, "the file can't be written"});
    run.exit = Exit::world_failed;
  } else if (counts) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begin);
    fmt::print(run.err, "{}: {} articles, {} with a price, each by itself (line scope), in {} ms\n",
               options.output, grouped(counts->articles), grouped(counts->priced), took.count());
  }
}

}  // namespace

void add_pricelist(CLI::App& app, Run& run) {
  auto* command = app.add_subcommand("pricelist", "Write a customer's whole price list");
  command->footer(closing);
  const auto options = std::make_shared<Options>();
  add_header_options(*command, options->header);
  command->add_option("--quantity", options->quantity, "Of every article, in its base unit")
      ->type_name("NUMBER")
      ->capture_default_str();
  command->add_option("--output", options->output, "The file to write; - is standard output")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_flag("--only-priced", options->only_priced, "Leave out articles without a price");
  command->callback([options, &run] { run_pricelist(*options, run); });
}

}  // namespace server::cli
