#include "tests/peers/parts/case_run.hpp"

#include "engine/quote/answer.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "rules/rule_book.hpp"

#include "tests/peers/parts/facts_maker.hpp"
#include "tests/peers/parts/oracle_check.hpp"
#include "tests/peers/parts/over_http.hpp"
#include "tests/peers/parts/rules_of_case.hpp"

#include <optional>
#include <set>
#include <stdexcept>

namespace tests::peers {

namespace base = engine::base;
namespace quote = engine::quote;
using base::Fault;
using rules::Json;
using rules::JsonMember;

namespace {

std::string text_of(const Fault& fault) {
  return std::string{base::fault_name(fault.code)} + ": " + fault.where + ": " + fault.detail;
}

void unread(const Json& value, const Json& root, const System& system, const Reads& reads,
            std::set<std::string>& keys) {
  for (const JsonMember& member : value.members()) unread(member.value, root, system, reads, keys);
  for (const Json& item : value.items()) unread(item, root, system, reads, keys);
  const bool is_leaf = !value.is(Json::Kind::object) && !value.is(Json::Kind::array);
  if (!is_leaf || reads.contains(value.pointer())) return;
  const std::string key = key_of(root, value.pointer());
  if (!is_ignored(system, key)) keys.insert(key);
}

// Keys of world and ask that no mapping read.
std::set<std::string> unread_keys(const Json& root, const System& system, const Reads& reads) {
  std::set<std::string> keys;
  for (const char* part : {"world", "ask"}) {
    if (const Json* value = root.find(part)) unread(*value, root, system, reads, keys);
  }
  return keys;
}

std::string joined(const std::set<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::optional<base::CivilMinutes> date_of(const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto date = base::parse_civil(text);
  if (!date) throw std::runtime_error("'" + text + "' is no date");
  return *date;
}

quote::QuoteRequest request_of(const AskedQuestion& asked) {
  quote::QuoteRequest request;
  request.customer = asked.customer;
  request.currency = asked.currency;
  request.date = date_of(asked.date);
  for (const auto& [name, value] : asked.fields) request.fields.emplace_back(name, value);
  for (const AskedLine& line : asked.lines) {
    quote::LineRequest& made = request.lines.emplace_back();
    made.article = line.article;
    made.quantity = line.quantity;
    made.unit = line.unit;
    made.agreement = line.agreement;
    made.date = date_of(line.date);
    for (const auto& [name, value] : line.fields) made.fields.emplace_back(name, value);
  }
  return request;
}

}  // namespace

CaseRun::CaseRun(const System& system, const Json& root, CaseResult& result)
    : system_{system}, root_{root}, result_{result} {
  scope_.root = &root_;
  scope_.row = &root_;
  scope_.reads = &reads_;
}

void CaseRun::run(std::mt19937_64* order) {
  documents_ = rules_of_case(system_, scope_);
  auto compiled = rules::compile(documents_, facts_.schema);
  if (!compiled.faults.empty()) return not_expressible("rules: " + text_of(compiled.faults[0]));
  facts_.set_compiler(std::make_shared<rules::RecordTexts>());
  ToldFacts told{facts_, world_};
  FactsMaker maker{system_, scope_, told};
  if (order != nullptr) maker.shuffle(*order);
  if (auto ok = maker.put(); !ok) return refused(ok.error());
  const bool ladder = wants_ladder(system_, *root_.find("expect"));
  questions_ = ladder ? make_ladder_questions(system_, scope_) : make_questions(system_, scope_);
  if (wants_units(system_, *root_.find("expect"))) split_units(questions_);
  const auto keys = unread_keys(root_, system_, reads_);
  if (!keys.empty()) return not_expressible("key " + joined(keys));
  auto built = engine::snapshot::SnapshotBuilder{facts_, compiled.rules, 1}.build();
  if (!built) return refused(built.error());
  snapshot_ = *std::move(built);
  if (!ask(maker.labels())) return;
  judge(compare(system_, *root_.find("expect"), questions_, replies_));
}

void CaseRun::run_over_http() {
  OverHttp http{snapshot_};
  std::vector<Reply> replies;
  for (const AskedQuestion& question : questions_) {
    auto reply = http.ask(question);
    if (!reply) return fail("over HTTP: " + text_of(reply.error()));
    replies.push_back(*std::move(reply));
  }
  result_.over_http = true;
  const std::string difference = http_difference(replies_, replies);
  if (!difference.empty()) fail("over HTTP: " + difference);
}

void CaseRun::run_by_oracle(std::mt19937_64& random) {
  constexpr int rounds = 4;
  if (snapshot_ == nullptr) return;  // a case of facts that are refused
  for (int round = 0; round <= rounds; ++round) {
    oracle::World world = world_;
    auto questions = questions_;
    if (round > 0) draw_numbers(world, questions, random);
    const OracleCheck check = check_by_oracle(world, documents_, questions);
    if (check.refused && round > 0) continue;
    if (!check.difference.empty())
      return fail("by the oracle, round " + std::to_string(round) + ": " + check.difference);
    result_.by_oracle += round > 0 ? 1 : 0;
  }
}

bool CaseRun::ask(const std::map<std::string, std::string>& labels) {
  engine::price::Scratch scratch;
  for (const AskedQuestion& asked : questions_) {
    auto question = quote::resolve(*snapshot_, request_of(asked), base::CivilMinutes{0});
    if (!question) {
      fail("question: " + text_of(question.error()));
      return false;
    }
    quote::Answer answer;
    quote::quote(*snapshot_, *question, quote::Detail::explained, scratch, answer);
    if (asked.ladder) quote::ladders(*snapshot_, *question, scratch, answer.ladders);
    replies_.push_back(reply_of(*snapshot_, *question, answer, labels));
  }
  return true;
}

// A case may expect that its facts are refused. Else a row that says what the procedure has no
// word for can't be expressed.
void CaseRun::refused(const Fault& fault) {
  const std::string why = text_of(fault);
  if (root_.find("expect")->find("error") == nullptr) {
    const bool no_word = fault.code == base::FaultCode::bad_expression ||
                         fault.code == base::FaultCode::unknown_key_fields ||
                         fault.code == base::FaultCode::unknown_condition_type ||
                         fault.code == base::FaultCode::unknown_field;
    return no_word ? not_expressible("facts: " + why) : fail("facts: " + why);
  }
  judge(compare_fault(system_, *root_.find("expect"), why));
}

void CaseRun::judge(const Verdict& verdict) {
  if (!verdict.unknown_keys.empty())
    return not_expressible("key " +
                           joined({verdict.unknown_keys.begin(), verdict.unknown_keys.end()}));
  if (verdict.differences.empty()) return;
  std::string text;
  for (const Difference& one : verdict.differences)
    text +=
        (text.empty() ? "" : "; ") + one.key + ": expected " + one.expected + ", got " + one.got;
  fail(text + outcomes());
}

// Lines that have no price, for whoever looks for the reason.
std::string CaseRun::outcomes() const {
  std::set<std::string> seen;
  for (const Reply& reply : replies_) {
    for (const LineReply& line : reply.lines) {
      if (line.outcome != "priced") seen.insert(line.outcome);
    }
  }
  return seen.empty() ? "" : " (" + joined(seen) + ")";
}

void CaseRun::fail(std::string why) {
  result_.standing = Standing::failed;
  result_.why = std::move(why);
}

void CaseRun::not_expressible(std::string why) {
  result_.standing = Standing::not_expressible;
  result_.why = std::move(why);
}

}  // namespace tests::peers
