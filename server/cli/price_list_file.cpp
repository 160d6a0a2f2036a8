#include "server/cli/price_list_file.hpp"

#include "engine/base/parallel.hpp"
#include "engine/quote/ladder.hpp"
#include "server/cli/csv.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;
using engine::quote::BulkTask;
using engine::quote::Question;
using engine::snapshot::Snapshot;

namespace {

// Texts that wait for one before them, for each worker.
constexpr std::size_t waiting_per_worker = 8;

// Puts texts, which are finished in any order, in the order of their numbers. Whoever brings the
// next one hands it over, with all that wait behind it, while the others go on.
class InOrder {
 public:
  InOrder(const TextSink& sink, const PriceListProgress& progress, std::uint64_t all,
          std::size_t customers)
      : sink_{sink},
        progress_{progress},
        all_{all},
        per_customer_{customers == 0 ? 1 : all / customers},
        waiting_max_{waiting_per_worker * engine::base::worker_count()} {}

  // The buffer is taken, and an empty one left in its place. False when no more is to come.
  bool take(std::uint64_t number, RowBuffer& text, PriceListCounts counts) {
    std::unique_lock lock{mutex_};
    counts_.rows += counts.rows;
    counts_.priced += counts.priced;
    counts_.cut += counts.cut;
    // The one whose turn it is never waits.
    may_come_.wait(lock, [&] { return number < next_ + waiting_max_ || !is_taken_; });
    waiting_.emplace(number, std::move(text));
    text = {};
    if (!spare_.empty()) {
      text = std::move(spare_.back());
      spare_.pop_back();
    }
    if (!is_writing_) write(lock);
    return is_taken_;
  }

  bool is_taken() const { return is_taken_; }

  const PriceListCounts& counts() const { return counts_; }

 private:
  void write(std::unique_lock<std::mutex>& lock) {
    is_writing_ = true;
    while (!waiting_.empty() && waiting_.begin()->first == next_ && is_taken_) {
      RowBuffer text = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      lock.unlock();
      const bool is_taken = text.text().empty() || sink_(next_ / per_customer_, text.text());
      text.clear();
      if (progress_) progress_(next_ + 1, all_);
      lock.lock();
      is_taken_ = is_taken;
      spare_.push_back(std::move(text));
      ++next_;
      may_come_.notify_all();
    }
    is_writing_ = false;
  }

  const TextSink& sink_;
  const PriceListProgress& progress_;
  std::uint64_t all_;
  std::uint64_t per_customer_;
  std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable may_come_;
  std::map<std::uint64_t, RowBuffer> waiting_;
  std::vector<RowBuffer> spare_;
  std::uint64_t next_ = 0;
  PriceListCounts counts_;
  bool is_writing_ = false;
  bool is_taken_ = true;
};

class RowSink final : public engine::quote::BulkSink {
 public:
  RowSink(const ListRows& rows, std::span<const std::uint8_t> wanted, InOrder& in_order)
      : wanted_{wanted}, in_order_{in_order} {
    workers_.reserve(engine::base::worker_count());
    for (std::size_t i = 0; i < engine::base::worker_count(); ++i)
      workers_.push_back({RowWriter{rows}, {}, {}});
  }

  void take(const BulkTask& task, const engine::price::BulkPrices& prices, int decimals) override {
    Worker& worker = workers_[task.worker];
    const std::size_t lines = prices.outcomes.size();
    worker.counts.rows += wanted_.empty()
                              ? lines
                              : static_cast<std::size_t>(std::ranges::count(
                                    wanted_.subspan(prices.first_article, lines), std::uint8_t{1}));
    worker.counts.priced += worker.writer.append(task.customer, prices, decimals, worker.text);
  }

  bool end(const BulkTask& task) override {
    Worker& worker = workers_[task.worker];
    return in_order_.take(task.number, worker.text, std::exchange(worker.counts, {}));
  }

 private:
  struct Worker {
    RowWriter writer;
    RowBuffer text;
    PriceListCounts counts;
  };

  std::span<const std::uint8_t> wanted_;
  InOrder& in_order_;
  std::vector<Worker> workers_;
};

Fault not_taken() { return Fault{FaultCode::file_unreadable, "", "the output can't be written"}; }

bool has(const ListColumns& columns, ListColumn column) {
  return std::ranges::find(columns, column) != columns.end();
}

ListColumns columns_of(const PriceListOptions& options) {
  if (!options.columns.empty()) return options.columns;
  ListColumns columns;
  for (std::size_t i = 1; i < list_column_names.size(); ++i)
    columns.push_back(static_cast<ListColumn>(i));
  return columns;
}

constexpr std::uint32_t tier_articles = 256;  // whose ladders are told at once

std::uint64_t tier_tasks(const engine::quote::BulkList& list) {
  const std::uint64_t articles = list.snapshot->articles().base_units.size();
  return list.customers.size() * ((articles + tier_articles - 1) / tier_articles);
}

// The ladders of a range of a customer's articles, row by row.
class TierWorker {
 public:
  TierWorker(const engine::quote::BulkList& list, const ListRows& rows)
      : list_{list}, writer_{rows} {}

  PriceListCounts run(std::size_t customer, std::uint32_t first, std::uint32_t end) {
    Question question = list_.customers[customer];
    question.scope = engine::quote::Scope::line;
    const auto& rule = *list_.snapshot->procedures()[question.procedure].rule;
    const bool is_allowed = list_.quantity <= rule.quantity.maximum;
    for (std::uint32_t article = first; article < end; ++article) {
      if (!list_.wanted.empty() && list_.wanted[article] == 0) continue;
      engine::price::Line& line = question.lines.emplace_back();
      line.article = engine::model::ArticleId{article};
      line.quantity = list_.quantity;
      line.unit = list_.snapshot->articles().base_units[article];
      line.date = question.date;
      if (!is_allowed) line.outcome = engine::model::Outcome::quantity_out_of_range;
    }
    PriceListCounts counts;
    engine::price::evaluate(
        {list_.snapshot, question.procedure, &question.header, question.lines, true}, scratch_,
        priced_);
    engine::quote::ladders(*list_.snapshot, question, scratch_, ladders_);
    for (std::size_t i = 0; i < ladders_.size(); ++i) {
      const engine::quote::Ladder& ladder = ladders_[i];
      const auto add = [&](engine::base::Quantity from, engine::price::PricedLine line) {
        if (!ladder.tiers.empty()) line.valid_until = ladder.valid_until;
        counts.priced += writer_.append(customer, question.lines[i].article, from, line, text);
        ++counts.rows;
      };
      if (ladder.tiers.empty()) add(list_.quantity, priced_.lines[i]);
      for (const engine::quote::LadderTier& tier : ladder.tiers) add(tier.from, tier.line);
      counts.cut += ladder.complete_below ? 1 : 0;
    }
    return counts;
  }

  RowBuffer text;

 private:
  const engine::quote::BulkList& list_;
  RowWriter writer_;
  engine::price::Scratch scratch_;
  engine::price::PricedLines priced_;
  std::vector<engine::quote::Ladder> ladders_;
};

void write_tiers(const engine::quote::BulkList& list, const ListRows& rows, InOrder& in_order) {
  const auto articles = static_cast<std::uint32_t>(list.snapshot->articles().base_units.size());
  const std::uint64_t ranges = (articles + tier_articles - 1) / tier_articles;
  const std::uint64_t tasks = tier_tasks(list);
  std::atomic<std::uint64_t> next = 0;
  engine::base::parallel_for(
      engine::base::worker_count(), 1, [&](std::size_t, std::size_t, std::size_t) {
        TierWorker worker{list, rows};
        bool is_wanted = true;
        for (auto task = next++; task < tasks && is_wanted; task = next++) {
          const auto first = static_cast<std::uint32_t>(task % ranges) * tier_articles;
          const auto counts = worker.run(static_cast<std::size_t>(task / ranges), first,
                                         std::min(articles, first + tier_articles));
          is_wanted = in_order.take(task, worker.text, counts);
        }
      });
}

}  // namespace

std::string list_heading(const PriceListOptions& options) {
  if (options.format != RowFormat::csv) return {};
  std::vector<std::string_view> names;
  for (const ListColumn column : columns_of(options)) names.push_back(column_name(column));
  std::string text;
  append_csv_row(text, names);
  return text;
}

Result<PriceListCounts> write_price_lists(const Snapshot& snapshot,
                                          std::span<const Question> customers,
                                          const PriceListOptions& options, const TextSink& sink,
                                          const PriceListProgress& progress) {
  const RowShape shape{options.format, options.rows, options.per, columns_of(options)};
  const auto& columns = shape.columns;
  const engine::quote::BulkList list{&snapshot,
                                     customers,
                                     options.quantity,
                                     options.wanted,
                                     has(columns, ListColumn::valid_until),
                                     has(columns, ListColumn::document) ||
                                         has(columns, ListColumn::price_unit) ||
                                         has(columns, ListColumn::price_unit_of_measure)};
  const ListRows rows{list, shape};
  if (options.per == RowsPer::tier) {
    InOrder in_order{sink, progress, tier_tasks(list), customers.size()};
    write_tiers(list, rows, in_order);
    if (!in_order.is_taken()) return not_taken();
    return in_order.counts();
  }
  InOrder in_order{sink, progress, engine::quote::bulk_tasks(list), customers.size()};
  RowSink row_sink{rows, list.wanted, in_order};
  engine::quote::bulk_list(list, row_sink);
  if (!in_order.is_taken()) return not_taken();
  return in_order.counts();
}

}  // namespace server::cli
