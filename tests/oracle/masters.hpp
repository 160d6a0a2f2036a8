// What the oracle asks of a world's masters: plain searches by code, and the groups that an article
// or a customer belongs to, ancestors included, each with the number of steps up.
#pragma once

#include "tests/oracle/numbers.hpp"
#include "tests/oracle/world.hpp"

#include <map>
#include <optional>
#include <string>

namespace oracle {

template <class Row>
const Row* find_code(const std::vector<Row>& rows, const std::string& code) {
  for (const Row& row : rows) {
    if (row.code == code) return &row;
  }
  return nullptr;
}

inline const DocumentRow* find_document(const World& world, const std::string& kind,
                                        const std::string& code) {
  for (const DocumentRow& row : world.documents) {
    if (row.kind == kind && row.code == code) return &row;
  }
  return nullptr;
}

// The document a record comes from; null: none.
const DocumentRow* document_of(const World& world, const RecordRow& record);

// Group code to steps up.
std::map<std::string, int> groups_reached(const Texts& own, const std::vector<GroupRow>& groups);

inline bool contains(const Texts& texts, const std::string& text) {
  for (const std::string& one : texts) {
    if (one == text) return true;
  }
  return false;
}

const std::string* key_of(const RecordRow& record, const std::string& field);

// How many base units one of `unit` is; nothing where the article is not sold in it. Empty: the
// base unit.
std::optional<Rational> content_of(const ArticleRow& article, const std::string& unit);

}  // namespace oracle
