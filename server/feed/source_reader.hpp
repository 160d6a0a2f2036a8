// SourceReader: where a feed description says what a field is made from, and tests of rows. Faults stay
// in `json`. One thread.
#pragma once

#include "server/feed/description_json.hpp"
#include "server/feed/feed_description.hpp"

#include <array>
#include <cstddef>
#include <vector>

namespace server::feed {

inline constexpr std::array<Choice<EndMeaning>, 3> end_meanings{
    {{"last_day", EndMeaning::last_day},
     {"last_minute", EndMeaning::last_minute},
     {"exclusive", EndMeaning::exclusive}}};

class SourceReader {
 public:
  explicit SourceReader(DescriptionJson& json) : json_{json} {}

  Source source(const rules::Json& node, std::size_t depth = 0);
  // One, or a list of them.
  std::vector<Source> sources(const rules::Json& node, std::size_t depth = 0);
  Test test(const rules::Json& node, std::size_t depth = 0);
  std::vector<DatePattern> patterns(const rules::Json& node);

 private:
  bool read_operation(const rules::Json& node, Source& made, std::size_t depth);
  bool read_operands(const rules::Json& node, Source& made, std::size_t depth);
  void read_map(const rules::Json& node, Source& made, std::size_t depth);
  void read_date_source(const rules::Json& node, Source& made, std::size_t depth);
  void read_value_test(const rules::Json& node, Test& made, std::size_t depth);
  void read_combination(const rules::Json& node, Test& made, std::size_t depth);

  DescriptionJson& json_;
};

}  // namespace server::feed
