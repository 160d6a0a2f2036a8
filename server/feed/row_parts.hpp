// A text of rows cut into parts of whole rows, for senders whose receiver takes only so much at a
// time. Every part begins with the header, where there is one; put one after the other, without the
// headers, they are the text. Quoted line ends stay inside their row. Pure; any thread. Cost: one
// reading of the text; parts are views into it.
#pragma once

#include "engine/base/result.hpp"
#include "server/feed/feed_form.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

struct RowPart {
  std::string_view rows;
  std::uint64_t lines_before = 0;  // of the text, before the part's first row
};

struct RowParts {
  std::string_view header;  // with its row end; empty where there is none
  std::uint64_t header_lines = 0;
  std::vector<RowPart> parts;  // one at least, also of an empty text

  // What is sent.
  std::string text_of(const RowPart& part) const;

  // The line of the whole text that is line `line` of what text_of() makes; both from 1.
  std::uint64_t line_in_text(const RowPart& part, std::uint64_t line) const;
};

// Parts of at most `bytes_max` with their header; one where the text fits. Fault: too_large where a
// row by itself does not, naming its line.
engine::base::Result<RowParts> row_parts(std::string_view text, const FeedForm& form,
                                         std::size_t bytes_max);

}  // namespace server::feed
