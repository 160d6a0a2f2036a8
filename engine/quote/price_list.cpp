#include "engine/quote/price_list.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <vector>

namespace engine::quote {

namespace {

// What one worker keeps from range to range.
struct Worker {
  price::Scratch scratch;
  std::vector<price::Line> lines;
  price::PricedLines priced;
};

void fill_lines(const snapshot::Snapshot& snapshot, const Question& header, base::Quantity quantity,
                std::uint32_t first, std::uint32_t count, std::vector<price::Line>& lines) {
  lines.clear();
  for (std::uint32_t article = first; article < first + count; ++article) {
    price::Line& line = lines.emplace_back();
    line.article = model::ArticleId{article};
    line.quantity = quantity;
    line.unit = snapshot.articles().base_units[article];
    line.date = header.date;
  }
}

}  // namespace

void price_list(const snapshot::Snapshot& snapshot, const Question& header, base::Quantity quantity,
                const std::function<void(const PriceListRange&)>& sink) {
  static_assert(price_list_range <= base::limits::lines_per_question);
  const auto articles = static_cast<std::uint32_t>(snapshot.articles().base_units.size());
  std::vector<Worker> workers(base::worker_count());
  base::parallel_for(
      price_list_ranges(articles), 1, [&](std::size_t begin, std::size_t end, std::size_t number) {
        Worker& worker = workers[number];
        for (std::size_t range = begin; range < end; ++range) {
          const auto first = static_cast<std::uint32_t>(range) * price_list_range;
          const std::uint32_t count = std::min(price_list_range, articles - first);
          fill_lines(snapshot, header, quantity, first, count, worker.lines);
          const price::Task task{&snapshot, header.procedure, &header.header, worker.lines};
          if (worker.scratch.plan.first_access.empty()) price::plan_for_run(task, worker.scratch);
          price::evaluate_run(task, worker.scratch, worker.priced);
          sink({static_cast<std::uint32_t>(range), first, worker.lines, &worker.priced});
        }
      });
}

}  // namespace engine::quote
