// How a feed description says that files are written: layout, separators, columns, and numbers. Faults
// stay in `json`. One thread.
#pragma once

#include "server/feed/description_json.hpp"
#include "server/feed/feed_description.hpp"

namespace server::feed {

// Members that are absent leave what `format` has: a join's format begins as its feed's.
void read_format(const rules::Json& node, FileFormat& format, DescriptionJson& json);

// Whether columns are named, by a header or by the format, and not by both.
void check_columns(const rules::Json& node, const FileFormat& format, DescriptionJson& json);

void read_numbers(const rules::Json& node, NumberFormat& numbers, DescriptionJson& json);

}  // namespace server::feed
