#include "tests/oracle/masters.hpp"

namespace oracle {

const std::string* key_of(const RecordRow& record, const std::string& field) {
  for (const auto& [name, code] : record.keys) {
    if (name == field) return &code;
  }
  return nullptr;
}

const DocumentRow* document_of(const World& world, const RecordRow& record) {
  if (const std::string* list = key_of(record, "price_list"))
    return find_document(world, "price_list", *list);
  if (!record.agreement.empty()) return find_document(world, "agreement", record.agreement);
  if (!record.promotion.empty()) return find_document(world, "promotion", record.promotion);
  return nullptr;
}

std::map<std::string, int> groups_reached(const Texts& own, const std::vector<GroupRow>& groups) {
  std::map<std::string, int> reached;
  for (const std::string& start : own) {
    int distance = 0;
    for (std::string code = start; !code.empty(); ++distance) {
      const auto known = reached.find(code);
      if (known == reached.end() || distance < known->second) reached[code] = distance;
      code = find_code(groups, code)->parent;
    }
  }
  return reached;
}

std::optional<Rational> content_of(const ArticleRow& article, const std::string& unit) {
  if (unit.empty() || unit == article.base_unit) return Rational{1};
  for (const UnitRow& row : article.units) {
    if (row.unit == unit) return Rational{row.numerator, row.denominator};
  }
  return std::nullopt;
}

}  // namespace oracle
