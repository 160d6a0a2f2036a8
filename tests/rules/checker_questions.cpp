#include "tests/rules/checker_questions.hpp"

#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"

#include <algorithm>

namespace tests {

namespace price = engine::price;
using engine::snapshot::Snapshot;

std::string outcome_of(const Snapshot& snapshot, const rules::Witness& witness) {
  engine::quote::QuoteRequest request;
  request.customer = witness.customer;
  request.currency = witness.currency;
  const auto date = engine::base::parse_civil(witness.date);
  if (!date) return "bad date " + witness.date;
  request.date = *date;
  for (const auto& [name, value] : witness.fields) request.fields.emplace_back(name, value);
  auto& line = request.lines.emplace_back();
  line.article = witness.article;
  line.quantity = witness.quantity;
  line.unit = witness.unit;
  line.agreement = witness.agreement;
  const auto question = engine::quote::resolve(snapshot, request, *date);
  if (!question) return question.error().where + ": " + question.error().detail;
  price::Scratch scratch;
  engine::quote::Answer answer;
  engine::quote::quote(snapshot, *question, engine::quote::Detail::plain, scratch, answer);
  return std::string{engine::model::outcome_name(answer.priced.lines.front().outcome)};
}

namespace {

// Records of two feeds may have one label.
std::vector<std::string> labels_of(const Snapshot& snapshot, const price::StepTrace& step) {
  std::set<std::uint32_t> records;
  for (const price::CandidateTrace& candidate : step.candidates) {
    if (candidate.loss == price::Loss::tie) records.insert(candidate.record);
  }
  std::vector<std::string> labels;
  for (const std::uint32_t record : records)
    labels.push_back(snapshot.record_label(snapshot.conditions().record(record)));
  return labels;
}

bool names_both(const std::string& text, const std::string& a, const std::string& b) {
  const auto place = text.find(" " + a + " (");
  return place != std::string::npos &&
         text.find(" " + b + " (", a == b ? place + 1 : 0) != std::string::npos;
}

}  // namespace

std::string tied_labels(const Snapshot& snapshot, const price::LineTrace& trace) {
  std::string all;
  for (const price::StepTrace& step : trace.steps) {
    for (const std::string& label : labels_of(snapshot, step)) all += label + "; ";
  }
  return all;
}

bool is_among(const Snapshot& snapshot, const std::set<std::string>& texts,
              const price::LineTrace& trace) {
  for (const price::StepTrace& step : trace.steps) {
    const auto labels = labels_of(snapshot, step);
    if (labels.empty()) continue;
    const bool found = std::ranges::any_of(texts, [&labels](const std::string& text) {
      for (std::size_t i = 0; i < labels.size(); ++i) {
        for (std::size_t j = i + 1; j < labels.size(); ++j) {
          if (names_both(text, labels[i], labels[j])) return true;
        }
      }
      return false;
    });
    if (found) return true;
  }
  return false;
}

}  // namespace tests
