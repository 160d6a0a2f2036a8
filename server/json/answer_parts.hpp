// What several parts of an answer are written with: amounts, moments, units, where a price comes
// from and why there is none. As answer_text.hpp; nothing here keeps state.
#pragma once

#include "engine/price/priced.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "server/json/json_writer.hpp"

#include <cstdint>
#include <string_view>

namespace server::json {

void write_amount(JsonWriter& json, std::string_view name, const engine::price::Amount& amount);
void write_moment(JsonWriter& json, std::string_view name, engine::base::CivilMinutes at);

// A unit's code, where none is given the article's base unit; that may be without a code.
std::string_view unit_of(const engine::snapshot::Snapshot& snapshot, engine::model::UnitId unit,
                         engine::model::ArticleId article);

// Unit price with its unit, and line amount.
void write_price_members(const engine::snapshot::Snapshot& snapshot,
                         const engine::price::PricedLine& line, engine::model::ArticleId article,
                         JsonWriter& json);

// Where the price came from: the type of price, the document, the record. Nothing where no record
// gave it.
void write_source(const engine::snapshot::Snapshot& snapshot,
                  const engine::rule::Procedure& procedure, const engine::price::PricedLine& line,
                  JsonWriter& json);

// Why a line has no price.
void write_reason(const engine::price::PricedLine& line, JsonWriter& json);

}  // namespace server::json
