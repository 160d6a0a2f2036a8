// Bulk: the prices of many customers for ranges of articles, by single records where those decide
// and by the evaluator everywhere else; both give what single questions in line scope give. Work is
// cut into tasks - a customer, a range of articles - that are numbered customer by customer, so that
// whoever collects what workers make can put it in order. Memory: what the parts hold that a few
// hundred customers reach (16 bytes a key), never customers x articles. Pure; the sink is called
// from several threads at once, for one task by one of them.
#pragma once

#include "engine/price/bulk_run.hpp"
#include "engine/quote/question.hpp"

#include <cstdint>
#include <span>

namespace engine::quote {

struct BulkList {
  const snapshot::Snapshot* snapshot = nullptr;
  std::span<const Question> customers;     // headers, as resolved; without lines
  base::Quantity quantity;                 // of every line, in the article's base unit
  std::span<const std::uint8_t> wanted{};  // by article; empty: all of them
  bool asks_until = true;                  // how long prices hold
  bool asks_records = true;                // which records gave them
};

struct BulkTask {
  std::uint64_t number = 0;
  std::size_t customer = 0;  // index into BulkList::customers
  std::size_t worker = 0;    // below base::worker_count()
};

class BulkSink {
 public:
  virtual ~BulkSink() = default;
  // Prices of consecutive articles, with the decimals of `unit_prices`; ranges rise within a task.
  // Articles that are not wanted may be among them.
  virtual void take(const BulkTask& task, const price::BulkPrices& prices, int decimals) = 0;
  // The task is done. False: no more is wanted; tasks at hand are still finished.
  virtual bool end(const BulkTask& task) = 0;
};

inline constexpr std::uint32_t bulk_task_articles = 16'384;

// How many tasks a list has.
std::uint64_t bulk_tasks(const BulkList& list);

// `by_evaluator`: everything, as a second opinion.
enum class BulkWay : std::uint8_t { fastest, by_evaluator };
void bulk_list(const BulkList& list, BulkSink& sink, BulkWay way = BulkWay::fastest);

}  // namespace engine::quote
