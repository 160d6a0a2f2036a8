#include "rules/check_key_findings.hpp"

#include <algorithm>

namespace rules {

using engine::model::ConditionRecord;

void KeyFindings::begin(std::uint32_t part, std::uint32_t key) {
  part_ = part;
  key_ = key;
  type_ = &context_.type_of_part(part);
}

std::string KeyFindings::label(std::uint32_t number) const {
  const ConditionRecord& record = context_.index().record(number);
  return context_.snapshot().record_label(record) + " (" + context_.value_text(record) + ")";
}

void KeyFindings::add(FindingKind kind, const ConditionRecord& record, std::string text) {
  sink_.add(kind, context_.article_of(part_, key_), context_.document_of(record), std::move(text));
}

void KeyFindings::add_first(FindingKind kind, const ConditionRecord& record,
                            const std::function<std::string()>& text) {
  const auto place = std::ranges::find(told_once, kind) - told_once.begin();
  First& first = firsts_[static_cast<std::size_t>(place)];
  if (first.count++ > 0) return;
  first.document = context_.document_of(record);
  first.text = type_->name + " of " + context_.key_text(part_, key_) + ": " + text();
}

void KeyFindings::end() {
  for (std::size_t i = 0; i < told_once.size(); ++i) {
    First& first = firsts_[i];
    if (first.count == 0) continue;
    if (first.count > 1)
      first.text += " (and " + std::to_string(first.count - 1) + " more under this key)";
    sink_.add(told_once[i], context_.article_of(part_, key_), std::move(first.document),
              std::move(first.text));
    first = {};
  }
  if (left_out_ == 0) return;
  sink_.add(FindingKind::not_compared, context_.article_of(part_, key_), "",
            type_->name + " of " + context_.key_text(part_, key_) + ": " +
                std::to_string(left_out_) +
                " pairs of records were left out of the comparison, too many hold at one time");
  left_out_ = 0;
}

}  // namespace rules
