// A schema as text and back, declarations in the order in which they were made, so that every id is
// the same again: a data folder told anew without its history still knows fields, types and tables
// that its rules no longer name but records stand under. Part of the stored format: enumerators
// stand as their numbers. Pure; any thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/schema.hpp"

#include <string>
#include <string_view>

namespace server::node {

std::string schema_text(const engine::model::Schema& schema);

// Declares it all in a schema that has nothing but what every schema has. Fault: store_corrupt.
engine::base::Result<void> read_schema(std::string_view text, engine::model::Schema& schema);

}  // namespace server::node
