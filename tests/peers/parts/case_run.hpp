// One case, run: its facts, rules and questions made by its system's mapping, priced, and compared
// with what it expects. What it comes to goes into the result. One thread.
#pragma once

#include "engine/model/facts.hpp"
#include "engine/snapshot/snapshot.hpp"
#include "rules/rule_book.hpp"

#include "tests/oracle/world.hpp"
#include "tests/peers/parts/question_maker.hpp"
#include "tests/peers/parts/reply.hpp"
#include "tests/peers/parts/runner.hpp"
#include "tests/peers/parts/scope.hpp"
#include "tests/peers/parts/verdict.hpp"

#include <memory>
#include <random>
#include <string>
#include <vector>

namespace tests::peers {

class CaseRun {
 public:
  // All must outlive it.
  CaseRun(const System& system, const rules::Json& root, CaseResult& result);

  // Facts go in as they stand in the case, or in an order that is drawn. Throws NoWord, and
  // std::runtime_error where a mapping can't be read.
  void run(std::mt19937_64* order);
  void run_over_http();
  // After run(): the same facts and questions, as they stand and with drawn numbers, before the
  // oracle.
  void run_by_oracle(std::mt19937_64& random);

  const std::vector<AskedQuestion>& questions() const { return questions_; }

 private:
  bool ask(const std::map<std::string, std::string>& labels);
  void refused(const engine::base::Fault& fault);
  void judge(const Verdict& verdict);
  std::string outcomes() const;
  void fail(std::string why);
  void not_expressible(std::string why);

  const System& system_;
  const rules::Json& root_;
  CaseResult& result_;
  Reads reads_;
  Scope scope_;
  engine::model::Facts facts_;
  oracle::World world_;  // the same in words
  std::vector<rules::RuleDocument> documents_;
  std::shared_ptr<const engine::snapshot::Snapshot> snapshot_;
  std::vector<AskedQuestion> questions_;
  std::vector<Reply> replies_;
};

}  // namespace tests::peers
