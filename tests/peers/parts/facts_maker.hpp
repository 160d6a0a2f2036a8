// FactsMaker: the world of a case, put into facts by the rules of a mapping. What several rows
// declare (an article, a group) is put once, by the first rule that does; masters go before what
// refers to them, whatever the order of the rules. Documents, assignments, exchange rates and
// records are put in any order that is asked for: none may make a difference. One thread.
#pragma once

#include "engine/base/result.hpp"
#include "engine/model/facts.hpp"

#include "tests/peers/parts/mapping.hpp"
#include "tests/peers/parts/scope.hpp"
#include "tests/peers/parts/told_facts.hpp"

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace tests::peers {

class FactsMaker {
 public:
  // `scope` is the case; all must outlive this.
  FactsMaker(const System& system, const Scope& scope, ToldFacts& facts)
      : system_{system}, case_{scope}, facts_{facts} {}

  // Puts what has no order of its own in an order drawn from here.
  void shuffle(std::mt19937_64& random) { random_ = &random; }

  // Faults: what the facts refuse, with the rule's kind as `where`.
  engine::base::Result<void> put();

  // What a record is called in the case, by its external key.
  const std::map<std::string, std::string>& labels() const { return labels_; }

 private:
  using Put = engine::base::Result<void>;
  struct Kind;
  struct RecordTexts;

  static const std::vector<Kind>& kinds();
  Put put_kind(const Kind& kind);
  Put put_rule(const Kind& kind, const rules::Json& rule);
  Put put_waiting();
  Put put_rows(const Kind& kind, const rules::Json& rule, const Scope& row);
  static std::vector<Scope> inner_rows(const rules::Json& rule, const Scope& row);
  Put put_chain(const Kind& kind, const rules::Json& rule, const Scope& row);
  std::vector<Scope> rows_of(const rules::Json& rule) const;

  Put put_currency(const rules::Json& rule, const Scope& row);
  Put put_article_group(const rules::Json& rule, const Scope& row);
  Put put_article(const rules::Json& rule, const Scope& row);
  Put put_unit(const rules::Json& rule, const Scope& row);
  Put put_customer_group(const rules::Json& rule, const Scope& row);
  Put put_customer(const rules::Json& rule, const Scope& row);
  Put put_document(const rules::Json& rule, const Scope& row);
  Put put_assignment(const rules::Json& rule, const Scope& row);
  Put put_rate(const rules::Json& rule, const Scope& row);
  Put put_record(const rules::Json& rule, const Scope& row);
  Put put_nothing(const rules::Json& rule, const Scope& row);

  bool first_time(const std::string& kind, const std::string& code) {
    return put_.insert(kind + " " + code).second;
  }

  const System& system_;
  const Scope& case_;
  ToldFacts& facts_;
  std::mt19937_64* random_ = nullptr;
  std::vector<std::function<Put()>> waiting_;  // of one kind; each owns its texts
  std::set<std::string> put_;
  std::map<std::string, std::string> labels_;
};

}  // namespace tests::peers
