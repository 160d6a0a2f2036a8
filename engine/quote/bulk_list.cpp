#include "engine/quote/bulk_list.hpp"

#include "engine/base/limits.hpp"
#include "engine/base/parallel.hpp"
#include "engine/price/evaluator.hpp"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

namespace engine::quote {

using model::Outcome;
using price::BulkCustomer;
using price::BulkPrices;
using price::BulkProcedure;
using price::BulkRun;
using price::BulkSheets;
using price::BulkTerms;

namespace {

// How many prices are made before customers are looked at anew, and how much of what their parts
// say is kept from batch to batch.
constexpr std::uint64_t prices_per_batch = 8'000'000;
constexpr std::size_t customers_per_batch = 1'024;
constexpr std::size_t sheet_entries_kept = 16'000'000;

constexpr std::uint32_t articles_at_once = 4'096;  // for the evaluator
static_assert(articles_at_once <= base::limits::lines_per_question);
static_assert(bulk_task_articles % articles_at_once == 0);
static_assert(bulk_task_articles % BulkRun::lines_at_once == 0);

// Customers that are priced by the same procedure, in one currency, as of one day.
struct Group {
  explicit Group(const BulkTerms& own) : terms{own}, sheets{terms} {}

  BulkTerms terms;
  std::optional<BulkProcedure> procedure;  // none: the evaluator prices them
  BulkSheets sheets;
};

// What one worker keeps from task to task.
struct Worker {
  std::vector<std::unique_ptr<BulkRun>> runs;  // by group
  price::Scratch scratch;
  std::vector<price::Line> lines;
  price::PricedLines priced;
  std::vector<Outcome> outcomes;
  std::vector<std::int64_t> unit_prices;
  std::vector<base::Int128> wide_prices;
  std::vector<std::uint32_t> records;
  std::vector<base::CivilMinutes> untils;
};

class Making {
 public:
  Making(const BulkList& list, BulkSink& sink, BulkWay way)
      : list_{list},
        sink_{sink},
        way_{way},
        snapshot_{*list.snapshot},
        articles_{static_cast<std::uint32_t>(snapshot_.articles().base_units.size())},
        ranges_{(articles_ + bulk_task_articles - 1) / bulk_task_articles},
        workers_(base::worker_count()) {}

  void run() {
    if (articles_ == 0) return;
    if (way_ == BulkWay::fastest) keys_ = price::bulk_article_keys(snapshot_);
    const auto batch = static_cast<std::size_t>(
        std::clamp<std::uint64_t>(prices_per_batch / articles_, 1, customers_per_batch));
    for (std::size_t begin = 0; begin < list_.customers.size() && is_wanted_; begin += batch)
      run_batch(begin, std::min(list_.customers.size(), begin + batch));
  }

 private:
  struct Member {
    Group* group = nullptr;
    std::size_t number = 0;  // of the group
    BulkCustomer customer;
  };

  void run_batch(std::size_t begin, std::size_t end) {
    for (const auto& group : groups_) {
      if (group->sheets.entry_count() > sheet_entries_kept) group->sheets.clear();
    }
    members_.assign(end - begin, {});
    for (std::size_t i = 0; i < members_.size(); ++i) join(list_.customers[begin + i], members_[i]);
    base::parallel_for(members_.size(), 8, [&](std::size_t from, std::size_t to, std::size_t) {
      for (std::size_t i = from; i < to; ++i) {
        Member& member = members_[i];
        if (!member.group->procedure) continue;
        member.customer = prepare_customer(member.group->terms, *member.group->procedure,
                                           list_.customers[begin + i].header);
      }
    });
    for (Member& member : members_) {
      if (is_fast(member))
        want_sheets(member.customer, *member.group->procedure, member.group->sheets);
    }
    for (const auto& group : groups_) group->sheets.fill();
    next_ = begin * ranges_;
    const std::uint64_t last = end * ranges_;
    base::parallel_for(workers_.size(), 1, [&](std::size_t, std::size_t, std::size_t worker) {
      for (auto task = next_++; task < last && is_wanted_; task = next_++)
        run_task({task, static_cast<std::size_t>(task / ranges_), worker}, begin);
    });
  }

  static bool is_fast(const Member& member) {
    return member.group->procedure && !member.customer.is_general;
  }

  void join(const Question& question, Member& member) {
    const BulkTerms terms{&snapshot_,        question.procedure, question.header.currency,
                          question.date,     list_.quantity,     list_.asks_until,
                          list_.asks_records};
    const auto same = [&](const auto& group) {
      return group->terms.procedure == terms.procedure && group->terms.currency == terms.currency &&
             group->terms.date == terms.date;
    };
    const auto known = std::ranges::find_if(groups_, same);
    member.number = static_cast<std::size_t>(known - groups_.begin());
    if (known == groups_.end()) {
      groups_.push_back(std::make_unique<Group>(terms));
      const auto& procedure = snapshot_.procedures()[terms.procedure];
      // What is laid over a store is not in the runs that the fast way scans.
      if (way_ == BulkWay::fastest && is_allowed(question) && !snapshot_.conditions().has_changes())
        groups_.back()->procedure =
            price::bulk_procedure(procedure, list_.quantity, list_.asks_until);
    }
    member.group = groups_[member.number].get();
  }

  bool is_allowed(const Question& question) const {
    return list_.quantity <= snapshot_.procedures()[question.procedure].rule->quantity.maximum;
  }

  bool is_any_wanted(std::uint32_t first, std::uint32_t count) const {
    if (list_.wanted.empty()) return true;
    const auto part = list_.wanted.subspan(first, count);
    return std::ranges::find_if(part, [](std::uint8_t one) { return one != 0; }) != part.end();
  }

  void run_task(const BulkTask& task, std::size_t first_customer) {
    const auto first = static_cast<std::uint32_t>(task.number % ranges_) * bulk_task_articles;
    const std::uint32_t end = std::min(articles_, first + bulk_task_articles);
    const Member& member = members_[task.customer - first_customer];
    if (is_fast(member)) {
      run_fast(task, member, first, end);
    } else {
      run_general(task, first, end);
    }
    if (!sink_.end(task)) is_wanted_ = false;
  }

  void run_fast(const BulkTask& task, const Member& member, std::uint32_t first,
                std::uint32_t end) {
    auto& runs = workers_[task.worker].runs;
    if (runs.size() <= member.number) runs.resize(groups_.size());
    auto& run = runs[member.number];
    const Group& group = *member.group;
    if (run == nullptr) run = std::make_unique<BulkRun>(group.terms, *group.procedure, keys_);
    const auto& rule = *snapshot_.procedures()[group.terms.procedure].rule;
    const int decimals =
        snapshot_.procedures()[group.terms.procedure].steps[rule.answer.unit_price].amount.decimals;
    bool is_started = false;
    for (; first < end; first += BulkRun::lines_at_once) {
      const std::uint32_t count = std::min(BulkRun::lines_at_once, end - first);
      if (!is_any_wanted(first, count)) {
        is_started = false;
        continue;
      }
      if (!is_started) run->start(member.customer, first);
      is_started = true;
      sink_.take(task, run->run(count), decimals);
    }
  }

  void run_general(const BulkTask& task, std::uint32_t first, std::uint32_t end) {
    Worker& worker = workers_[task.worker];
    const Question& question = list_.customers[task.customer];
    const auto& bound = snapshot_.procedures()[question.procedure];
    const int decimals = bound.steps[bound.rule->answer.unit_price].amount.decimals;
    for (bool is_planned = false; first < end; first += articles_at_once, is_planned = true) {
      const std::uint32_t count = std::min(articles_at_once, end - first);
      fill_lines(question, first, count, worker.lines);
      const price::Task asked{&snapshot_, question.procedure, &question.header, worker.lines};
      if (!is_planned) price::plan_for_run(asked, worker.scratch);
      price::evaluate_run(asked, worker.scratch, worker.priced);
      sink_.take(task, taken(first, worker), decimals);
    }
  }

  void fill_lines(const Question& question, std::uint32_t first, std::uint32_t count,
                  std::vector<price::Line>& lines) const {
    lines.clear();
    for (std::uint32_t article = first; article < first + count; ++article) {
      price::Line& line = lines.emplace_back();
      line.article = model::ArticleId{article};
      line.quantity = list_.quantity;
      line.unit = snapshot_.articles().base_units[article];
      line.date = question.date;
      if (!is_allowed(question)) line.outcome = Outcome::quantity_out_of_range;
    }
  }

  BulkPrices taken(std::uint32_t first, Worker& worker) const {
    worker.outcomes.clear();
    worker.wide_prices.clear();
    worker.unit_prices.clear();
    worker.records.clear();
    worker.untils.clear();
    for (const price::PricedLine& line : worker.priced.lines) {
      worker.outcomes.push_back(line.outcome);
      worker.wide_prices.push_back(line.unit_price.mantissa);
      worker.unit_prices.push_back(static_cast<std::int64_t>(line.unit_price.mantissa));
      if (list_.asks_records) worker.records.push_back(line.record);
      if (list_.asks_until) worker.untils.push_back(line.valid_until);
    }
    return {first,          worker.outcomes, worker.unit_prices, worker.wide_prices,
            worker.records, worker.untils};
  }

  const BulkList& list_;
  BulkSink& sink_;
  BulkWay way_;
  const snapshot::Snapshot& snapshot_;
  std::uint32_t articles_;
  std::uint64_t ranges_;
  std::vector<price::BulkArticleKeys> keys_;
  std::vector<std::unique_ptr<Group>> groups_;
  std::vector<Member> members_;
  std::vector<Worker> workers_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<bool> is_wanted_ = true;
};

}  // namespace

std::uint64_t bulk_tasks(const BulkList& list) {
  const std::uint64_t articles = list.snapshot->articles().base_units.size();
  return list.customers.size() * ((articles + bulk_task_articles - 1) / bulk_task_articles);
}

void bulk_list(const BulkList& list, BulkSink& sink, BulkWay way) { Making{list, sink, way}.run(); }

}  // namespace engine::quote
