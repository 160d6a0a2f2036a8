#include "tests/peers/parts/runner.hpp"

#include "engine/quote/answer.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/record_texts.hpp"
#include "rules/rule_book.hpp"

#include "tests/peers/parts/facts_maker.hpp"
#include "tests/peers/parts/over_http.hpp"
#include "tests/peers/parts/question_maker.hpp"
#include "tests/peers/parts/reply.hpp"
#include "tests/peers/parts/rules_of_case.hpp"
#include "tests/peers/parts/scope.hpp"
#include "tests/peers/parts/source.hpp"
#include "tests/peers/parts/verdict.hpp"

#include <optional>
#include <sstream>
#include <stdexcept>

namespace tests::peers {

namespace base = engine::base;
namespace quote = engine::quote;
using base::Fault;
using base::Result;
using engine::snapshot::Snapshot;
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

class CaseRun {
 public:
  CaseRun(const System& system, const Json& root, CaseResult& result)
      : system_{system}, root_{root}, result_{result} {
    scope_.root = &root_;
    scope_.row = &root_;
    scope_.reads = &reads_;
  }

  void run() {
    const auto documents = rules_of_case(system_, scope_);
    auto compiled = rules::compile(documents, facts_.schema);
    if (!compiled.faults.empty()) return not_expressible("rules: " + text_of(compiled.faults[0]));
    facts_.set_compiler(std::make_shared<rules::RecordTexts>());
    FactsMaker maker{system_, scope_, facts_};
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

  void run_over_http() {
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

 private:
  bool ask(const std::map<std::string, std::string>& labels) {
    engine::price::Scratch scratch;
    for (const AskedQuestion& asked : questions_) {
      auto question = quote::resolve(*snapshot_, request_of(asked), base::CivilMinutes{0});
      if (!question) {
        fail("question: " + text_of(question.error()));
        return false;
      }
      quote::Answer answer;
      quote::quote(*snapshot_, *question, quote::Detail::explained, scratch, answer);
      replies_.push_back(reply_of(*snapshot_, *question, answer, labels));
    }
    return true;
  }

  // A case may expect that its facts are refused. Else a row that says what the procedure has no
  // word for can't be expressed.
  void refused(const Fault& fault) {
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

  void judge(const Verdict& verdict) {
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
  std::string outcomes() const {
    std::set<std::string> seen;
    for (const Reply& reply : replies_) {
      for (const LineReply& line : reply.lines) {
        if (line.outcome != "priced") seen.insert(line.outcome);
      }
    }
    return seen.empty() ? "" : " (" + joined(seen) + ")";
  }

  void fail(std::string why) {
    result_.standing = Standing::failed;
    result_.why = std::move(why);
  }

  void not_expressible(std::string why) {
    result_.standing = Standing::not_expressible;
    result_.why = std::move(why);
  }

  const System& system_;
  const Json& root_;
  CaseResult& result_;
  Reads reads_;
  Scope scope_;
  engine::model::Facts facts_;
  std::shared_ptr<const Snapshot> snapshot_;
  std::vector<AskedQuestion> questions_;
  std::vector<Reply> replies_;
};

std::string member_text(const Json& tree, std::string_view name) {
  const Json* found = tree.find(name);
  return found == nullptr ? std::string{} : found->text();
}

class FileRun {
 public:
  explicit FileRun(const Options& options) : options_{options}, systems_{options.folder} {}

  CaseResult run(const std::string& line, std::size_t number) {
    CaseResult result;
    const auto tree = rules::parse_json(line);
    result.id = tree ? member_text(*tree, "id") : "line " + std::to_string(number);
    result.system = result.id.substr(0, result.id.find('-'));
    if (!tree || tree->find("world") == nullptr || tree->find("ask") == nullptr ||
        tree->find("expect") == nullptr) {
      result.standing = Standing::failed;
      result.why = tree ? "world, ask and expect are wanted" : text_of(tree.error());
      return result;
    }
    run_case(*tree, result);
    return result;
  }

 private:
  void run_case(const Json& tree, CaseResult& result) {
    const std::string topic = member_text(tree, "topic");
    const auto system = systems_.find(result.system);
    if (!system || options_.later_topics.contains(topic)) {
      result.standing = Standing::not_expressible;
      result.why = system ? "topic " + topic : "system: " + text_of(system.error());
      return;
    }
    try {
      CaseRun run{**system, tree, result};
      run.run();
      if (!is_wanted_over_http(tree, result)) return;
      run.run_over_http();
      asked_.insert(result.system);
    } catch (const NoWord& word) {
      result.standing = Standing::not_expressible;
      result.why = std::string{"there is no word for "} + word.what() + " of its mapping";
    } catch (const std::exception& error) {
      result.standing = Standing::failed;
      result.why = error.what();
    }
  }

  // One case of each system, so that the sample is of all kinds.
  bool is_wanted_over_http(const Json& tree, const CaseResult& result) const {
    return asked_.size() < options_.over_http && !asked_.contains(result.system) &&
           result.standing == Standing::passed && tree.find("expect")->find("error") == nullptr;
  }

  const Options& options_;
  Systems systems_;
  std::set<std::string> asked_;
};

}  // namespace

Result<std::vector<CaseResult>> run_file(const std::string& file, const Options& options) {
  const auto text = read_text_file(file);
  if (!text) return text.error();
  std::vector<CaseResult> results;
  FileRun run{options};
  std::istringstream lines{*text};
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") != std::string::npos)
      results.push_back(run.run(line, number));
  }
  return results;
}

Counts count(const std::vector<CaseResult>& results) {
  Counts counts;
  for (const CaseResult& result : results) {
    if (result.standing == Standing::passed) ++counts.passed;
    if (result.standing == Standing::failed) ++counts.failed;
    if (result.standing == Standing::not_expressible) ++counts.not_expressible;
  }
  return counts;
}

std::map<std::string, Counts> count_by_system(const std::vector<CaseResult>& results) {
  std::map<std::string, std::vector<CaseResult>> parts;
  for (const CaseResult& result : results) parts[result.system].push_back(result);
  std::map<std::string, Counts> counts;
  for (const auto& [system, part] : parts) counts[system] = count(part);
  return counts;
}

std::string to_text(const Counts& counts) {
  return std::to_string(counts.passed) + " passed, " + std::to_string(counts.failed) + " failed, " +
         std::to_string(counts.not_expressible) + " not expressible";
}

}  // namespace tests::peers
