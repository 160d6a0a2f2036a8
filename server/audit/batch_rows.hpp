// The rows of a journal batch as the audit reads them: without facts, so that a batch says what it
// did also where nothing is known of what came before. A row is a whole record, or takes one away;
// which one is its identity, a text that is the same for every row of the same record: what facts
// know it by (engine/model/facts.hpp, server/feed/canonical_removal.cpp), digits and dates written
// in one way. One gap to the facts: a record without currency has that of its document there, and
// is another record than one with it here. One thread. Cost: about a microsecond a row.
#pragma once

#include "engine/base/result.hpp"
#include "server/audit/codes.hpp"
#include "server/feed/canonical.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::audit {

// Numbers of records that condition types declare. Rules say which they are; without that a number
// could not be told from a key field.
using ParameterNames = std::set<std::string, std::less<>>;

// Those that a rules document declares.
void add_parameters(std::string_view rules, ParameterNames& names);

// A value in the form that is compared: "4.50" and "4.5" are one, as are a day and its midnight, and
// a default and an empty cell.
void append_comparable(std::string& out, feed::Kind kind, std::string_view column,
                       std::string_view value);

// Whether the column is part of what records of the kind are known by.
bool is_known_by(feed::Kind kind, std::string_view column, const ParameterNames& parameters);

// What is the same for all rows of a section.
class RowShape {
 public:
  RowShape(feed::Kind kind, std::string feed, std::vector<std::string> columns,
           const ParameterNames& parameters);

  feed::Kind kind() const { return kind_; }

  // The feed of its external keys, and what its rows count for: a feed description, or the kind.
  const std::string& key_feed() const { return feed_; }

  std::string_view feed() const;

  const std::vector<std::string>& columns() const { return columns_; }

  std::optional<std::size_t> column(std::string_view name) const;

  bool removes(std::span<const std::string_view> cells) const;

  // Overwrites `out`.
  void identity(std::span<const std::string_view> cells, std::string& out) const;

  // visit(Code, std::string_view) for each code that the row names.
  template <class Visit>
  void for_each_named(std::span<const std::string_view> cells, const Visit& visit) const {
    for (const Naming& naming : naming_) {
      for_each_code(cells[naming.cell], naming.is_list,
                    [&](std::string_view code) { visit(naming.code, code); });
    }
  }

 private:
  struct Naming {
    std::size_t cell;
    Code code;
    bool is_list;
  };

  struct KnownBy {
    std::size_t cell;
    feed::ValueType type;
    std::string_view otherwise;  // what an empty cell says
  };

  feed::Kind kind_;
  std::string feed_;
  std::vector<std::string> columns_;
  std::vector<KnownBy> known_by_;  // in the order of their columns' names
  std::optional<std::size_t> op_, key_, type_, reference_;
  std::vector<Naming> naming_;
};

using VisitRow =
    std::function<void(const RowShape& shape, std::span<const std::string_view> cells)>;

// Every row of a batch's part of rows, in order. Fault: store_corrupt.
engine::base::Result<void> read_rows(std::string_view rows, const ParameterNames& parameters,
                                     const VisitRow& visit);

// Of a rules document or feed description: "rules NAME", "feed_description NAME".
std::string identity_of_text(std::string_view kind, std::string_view name);

}  // namespace server::audit
