#include "engine/base/parallel.hpp"
#include "server/cli/ask.hpp"
#include "server/cli/asked_folder.hpp"
#include "server/cli/price_list_customers.hpp"
#include "server/cli/price_list_file.hpp"
#include "server/cli/price_list_output.hpp"
#include "server/cli/progress.hpp"
#include "server/cli/report.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <memory>
#include <optional>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::quote::Question;
using engine::snapshot::Snapshot;
using std::chrono::steady_clock;

namespace {

constexpr const char* pricelist_closing =
    "Every article's price on a day for one customer, those of a customer group or all, customer "
    "by "
    "customer, each in\n"
    "the order in which articles came in. Line scope only: what an order as a whole would change "
    "is "
    "no part of a list.\n"
    "Files and folders are complete or they are not there, whatever happens on the way.\n"
    "\n"
    "Examples:\n"
    "  netto pricelist --customer K1003 --output K1003.csv\n"
    "  netto pricelist --customer K1003 --date 2027-01-01 --only-priced --output next-year.csv\n"
    "  netto pricelist --customer K1003 --quantity 100 --format json > K1003.ndjson\n"
    "  netto pricelist --customer K1003 --ladder --output K1003-tiers.csv    a row per tier\n"
    "  netto pricelist --group GOLD --folder gold/                           a file per customer\n"
    "  netto pricelist --all --columns customer,article,unit_price,band --output all.csv\n"
    "  netto pricelist --group GOLD --draft spring --folder gold-spring/     as a draft would have "
    "it\n"
    "\n"
    "Columns: customer, article, name, quantity, unit, currency, price_unit, unit_price,\n"
    "price_unit_of_measure, outcome, document, valid_until, band, expected.\n"
    "\n"
    "Exit codes: 0 done; 1 done, but some customers have no list; 2 a customer, day or field can't "
    "be used;\n"
    "3 the data folder or the output can't be used, or it was interrupted: nothing was written.";

struct PricelistArguments {
  AskOptions header;
  ListedCustomers listed;
  std::string article_group;
  std::string quantity = "1";
  std::string output = "-";
  std::string folder;
  std::vector<std::string> columns;
  std::size_t threads = 0;
  bool only_priced = false;
  bool ladder = false;
};

// A handler can reach nothing but globals.
std::atomic<bool> interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free);

void note_signal(int) { interrupted = true; }

// While it lives, SIGINT and SIGTERM end the list in good order.
class Interruptible {
 public:
  Interruptible() {
    interrupted = false;

    struct sigaction action {};

    action.sa_handler = note_signal;
    ::sigaction(SIGINT, &action, &int_before_);
    ::sigaction(SIGTERM, &action, &term_before_);
  }

  Interruptible(const Interruptible&) = delete;
  Interruptible& operator=(const Interruptible&) = delete;

  ~Interruptible() {
    ::sigaction(SIGINT, &int_before_, nullptr);
    ::sigaction(SIGTERM, &term_before_, nullptr);
  }

 private:
  struct sigaction int_before_ {};

  struct sigaction term_before_ {};
};

// What is asked of every customer alike.
Result<PriceListOptions> list_options(const PricelistArguments& options, const Run& run,
                                      bool of_many) {
  PriceListOptions list;
  list.format = run.format == Format::json ? RowFormat::ndjson : RowFormat::csv;
  list.rows = options.only_priced ? RowsOf::priced : RowsOf::all;
  list.per = options.ladder ? RowsPer::tier : RowsPer::article;
  const auto quantity = list_quantity(options.quantity);
  if (!quantity) return quantity.error();
  list.quantity = *quantity;
  for (const std::string& name : options.columns) {
    const auto column = find_list_column(name);
    if (!column)
      return Fault{FaultCode::bad_request, "--columns",
                   "there is no column '" + name + "'; `netto pricelist --help` lists them"};
    list.columns.push_back(*column);
  }
  for (std::size_t i = 0; of_many && options.columns.empty() && i < list_column_names.size(); ++i)
    list.columns.push_back(static_cast<ListColumn>(i));
  return list;
}

// Where rows go. `take` is as a TextSink; keep() ends it well.
class Output {
 public:
  virtual ~Output() = default;
  virtual bool take(std::size_t customer, std::string_view text) = 0;
  virtual Result<void> keep() = 0;
};

class StreamOutput final : public Output {
 public:
  StreamOutput(std::FILE* stream, std::string_view heading) : stream_{stream} {
    is_good_ = take(0, heading);
  }

  bool take(std::size_t /*customer*/, std::string_view text) override {
    is_good_ = is_good_ && std::fwrite(text.data(), 1, text.size(), stream_) == text.size();
    return is_good_;
  }

  Result<void> keep() override {
    if (is_good_ && std::fflush(stream_) == 0) return {};
    return Fault{FaultCode::file_unreadable, "", "the output can't be written"};
  }

 private:
  std::FILE* stream_;
  bool is_good_ = true;
};

class FileOutput final : public Output {
 public:
  FileOutput(NewFile file, std::string_view heading) : file_{std::move(file)} {
    file_.write(heading);
  }

  bool take(std::size_t /*customer*/, std::string_view text) override { return file_.write(text); }

  Result<void> keep() override { return file_.keep(); }

 private:
  NewFile file_;
};

// A file per customer.
class FolderOutput final : public Output {
 public:
  FolderOutput(NewFolder folder, std::string heading, const Snapshot& snapshot,
               std::span<const Question> customers, std::string_view ending)
      : folder_{std::move(folder)},
        heading_{std::move(heading)},
        snapshot_{snapshot},
        customers_{customers},
        ending_{ending} {}

  bool take(std::size_t customer, std::string_view text) override {
    if ((!file_ || customer != customer_) && !start(customer)) return false;
    return file_->write(text);
  }

  Result<void> keep() override {
    if (!fault_ && !finish()) return *fault_;
    if (fault_) return *fault_;
    return folder_.keep();
  }

 private:
  bool start(std::size_t customer) {
    if (!finish()) return false;
    customer_ = customer;
    const auto code = snapshot_.customer_code(customers_[customer].header.customer);
    auto file = NewFile::create(folder_.path_of(file_name_of(code)).append(ending_));
    if (!file) {
      fault_ = file.error();
      return false;
    }
    file_.emplace(*std::move(file));
    return file_->write(heading_);
  }

  bool finish() {
    if (!file_) return true;
    const auto kept = file_->keep_in_new_folder();
    file_.reset();
    if (!kept) fault_ = kept.error();
    return kept.has_value();
  }

  NewFolder folder_;
  std::string heading_;
  const Snapshot& snapshot_;
  std::span<const Question> customers_;
  std::string_view ending_;
  std::optional<NewFile> file_;
  std::size_t customer_ = 0;
  std::optional<Fault> fault_;
};

Result<std::unique_ptr<Output>> output_of(const PricelistArguments& options,
                                          const PriceListOptions& list, const Snapshot& snapshot,
                                          std::span<const Question> customers, Run& run) {
  std::unique_ptr<Output> made;
  if (!options.folder.empty()) {
    auto folder = NewFolder::create(options.folder);
    if (!folder) return folder.error();
    made =
        std::make_unique<FolderOutput>(*std::move(folder), list_heading(list), snapshot, customers,
                                       list.format == RowFormat::csv ? ".csv" : ".ndjson");
  } else if (options.output == "-") {
    made = std::make_unique<StreamOutput>(run.out, list_heading(list));
  } else {
    auto file = NewFile::create(options.output);
    if (!file) return file.error();
    made = std::make_unique<FileOutput>(*std::move(file), list_heading(list));
  }
  return made;
}

// A bar on a terminal; elsewhere a line now and then.
class ListProgress {
 public:
  explicit ListProgress(std::FILE* stream)
      : stream_{stream}, bar_{stream}, is_terminal_{is_terminal(stream)} {}

  void show(std::uint64_t done, std::uint64_t all) {
    if (is_terminal_) return bar_.show("pricing", done, all);
    const auto now = steady_clock::now();
    if (now - told_at_ < std::chrono::seconds{10}) return;
    told_at_ = now;
    const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_);
    fmt::print(stream_, "{} % after {} s\n", done * 100 / all, elapsed.count() / 1'000);
  }

  void clear() { bar_.clear(); }

 private:
  std::FILE* stream_;
  Progress bar_;
  bool is_terminal_;
  steady_clock::time_point begin_ = steady_clock::now();
  steady_clock::time_point told_at_ = begin_;
};

Fault interrupted_fault() {
  return Fault{FaultCode::file_unreadable, "", "interrupted: there is no complete list"};
}

Result<PriceListCounts> write(const PriceListOptions& list, const Snapshot& snapshot,
                              std::span<const Question> customers, Output& output, Run& run) {
  const Interruptible while_writing;
  ListProgress progress{run.err};
  auto written = write_price_lists(
      snapshot, customers, list,
      [&](std::size_t customer, std::string_view text) {
        return !interrupted && output.take(customer, text);
      },
      [&](std::uint64_t done, std::uint64_t all) { progress.show(done, all); });
  progress.clear();
  if (interrupted) return interrupted_fault();
  if (const auto kept = output.keep(); !kept) return kept.error();
  return written;
}

void tell(const PricelistArguments& options, const PriceListCounts& counts, std::size_t customers,
          std::chrono::milliseconds took, Run& run) {
  if (counts.cut > 0)
    fmt::print(run.err, "{} ladders have more than {} tiers; what lies above is not told\n",
               grouped(counts.cut), engine::base::limits::ladder_quantities);
  if (options.folder.empty() && options.output == "-") return;
  const std::string whose = customers == 1 ? "" : grouped(customers) + " customers, ";
  fmt::print(run.err, "{}: {}{} {}, {} with a price, each by itself (line scope), in {} ms\n",
             options.folder.empty() ? options.output : options.folder, whose, grouped(counts.rows),
             options.ladder   ? "tiers"
             : customers == 1 ? "articles"
                              : "prices",
             grouped(counts.priced), took.count());
}

void tell_unlisted(const std::vector<Fault>& unlisted, Run& run) {
  constexpr std::size_t told_max = 10;
  if (unlisted.empty()) return;
  fmt::print(run.err, "{} customers have no list:\n", grouped(unlisted.size()));
  for (std::size_t i = 0; i < std::min(told_max, unlisted.size()); ++i)
    fmt::print(run.err, "  {}\n", describe(unlisted[i]));
  if (unlisted.size() > told_max)
    fmt::print(run.err, "  and {} more\n", grouped(unlisted.size() - told_max));
  run.exit = Exit::findings;
}

void fail_world(Run& run, const Fault& fault) {
  fail(run, fault);
  run.exit = Exit::world_failed;
}

void run_pricelist(const PricelistArguments& options, Run& run) {
  if (run.format_given && run.format == Format::table) {
    return fail(
        run, Fault{FaultCode::unsupported, "--format", "a price list is written as csv or json"});
  }
  auto list = list_options(options, run, options.listed.are_many());
  if (!list) return fail(run, list.error());
  const auto asked = open_asked(options.header.draft, run);
  if (!asked) return fail(run, asked.error());
  const auto& snapshot = asked->snapshot;
  const engine::base::WorkerLimit limit{options.threads};
  auto customers = customers_of(*snapshot, options.header, options.listed);
  if (!customers) return fail(run, customers.error());
  auto wanted = articles_of(*snapshot, options.article_group);
  if (!wanted) return fail(run, wanted.error());
  list->wanted = *std::move(wanted);
  const auto begin = steady_clock::now();
  const auto output = output_of(options, *list, *snapshot, customers->questions, run);
  if (!output) return fail_world(run, output.error());
  const auto counts = write(*list, *snapshot, customers->questions, **output, run);
  if (!counts) return fail_world(run, counts.error());
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(steady_clock::now() - begin);
  tell(options, *counts, customers->questions.size(), took, run);
  tell_unlisted(customers->unlisted, run);
}

void add_options(CLI::App& command, PricelistArguments& options) {
  add_header_options(command, options.header);
  add_draft_option(command, options.header.draft);
  command
      .add_option("--group", options.listed.group,
                  "Instead of one customer those of this customer group, and of groups below it")
      ->type_name("CODE");
  command.add_flag("--all", options.listed.all, "Instead of one customer all of them");
  command
      .add_option("--article-group", options.article_group,
                  "Only articles of this group, and of groups below it")
      ->type_name("CODE");
  command.add_option("--quantity", options.quantity, "Of every article, in its base unit")
      ->type_name("NUMBER")
      ->capture_default_str();
  command.add_flag("--ladder", options.ladder,
                   "A row for every quantity from which on the price is another");
  auto* output =
      command.add_option("--output", options.output, "The file to write; - is standard output")
          ->type_name("FILE")
          ->capture_default_str();
  command.add_option("--folder", options.folder, "A new folder for a file per customer")
      ->type_name("FOLDER")
      ->excludes(output);
  command.add_option("--columns", options.columns, "Which columns, in this order")
      ->type_name("NAME,...")
      ->delimiter(',');
  command
      .add_option("--threads", options.threads, "At most so many; all that there are without it")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1'024));
  command.add_flag("--only-priced", options.only_priced, "Leave out articles without a price");
}

}  // namespace

void add_pricelist(CLI::App& app, Run& run) {
  auto* command =
      app.add_subcommand("pricelist", "Write the whole price lists of one or many customers");
  command->footer(pricelist_closing);
  const auto options = std::make_shared<PricelistArguments>();
  add_options(*command, *options);
  command->callback([options, &run] { run_pricelist(*options, run); });
}

}  // namespace server::cli
