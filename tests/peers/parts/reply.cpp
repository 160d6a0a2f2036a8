#include "tests/peers/parts/reply.hpp"

#include "engine/base/decimal.hpp"

namespace tests::peers {

using engine::price::Amount;
using engine::quote::Answer;
using engine::quote::Question;
using engine::snapshot::Snapshot;

namespace {

std::string text_of(const Amount& amount) {
  return engine::base::to_string_short({amount.mantissa, amount.decimals});
}

class Replier {
 public:
  Replier(const Snapshot& snapshot, const Question& question, const Answer& answer,
          const std::map<std::string, std::string>& labels)
      : snapshot_{snapshot},
        question_{question},
        procedure_{*snapshot.procedures()[question.procedure].rule},
        answer_{answer},
        labels_{labels} {}

  Reply make() const {
    Reply made;
    for (std::size_t i = 0; i < answer_.priced.lines.size(); ++i) made.lines.push_back(line(i));
    take_totals(made);
    for (const auto& adjustment : answer_.priced.adjustments) {
      Taken& taken = made.taken.emplace_back();
      taken.step = procedure_.steps[adjustment.step].name;
      taken.source = source(adjustment.record);
      if (adjustment.line != engine::price::no_line) taken.line = adjustment.line;
      taken.amount = text_of(adjustment.amount);
    }
    for (const auto& free : answer_.priced.free_lines) {
      made.free_lines.push_back({std::string{snapshot_.article_code(free.article)},
                                 engine::base::to_string_short(free.quantity.decimal()),
                                 text_of(free.unit_price)});
    }
    return made;
  }

 private:
  Source source(std::uint32_t record) const {
    if (record == engine::price::no_record) return {};
    const auto& found = snapshot_.conditions().record(record);
    Source made;
    const auto label = labels_.find(snapshot_.record_label(found));
    if (label != labels_.end()) made.label = label->second;
    if (!found.document.is_none()) made.document = snapshot_.documents()[found.document.raw()].code;
    return made;
  }

  LineReply line(std::size_t i) const {
    const auto& priced = answer_.priced.lines[i];
    LineReply made;
    made.currency = snapshot_.currency_code(question_.header.currency);
    made.outcome = engine::model::outcome_name(priced.outcome);
    if (i < answer_.ladders.size()) made.ladder = ladder(answer_.ladders[i]);
    if (priced.outcome != engine::model::Outcome::priced) return made;
    made.article = snapshot_.article_code(question_.lines[i].article);
    made.unit_price = text_of(priced.unit_price);
    made.line_amount = text_of(priced.line_amount);
    made.unit = snapshot_.unit_code(priced.unit);
    const auto& components = procedure_.answer.components;
    for (std::size_t c = 0; c < components.size(); ++c) {
      made.components[components[c].name] =
          text_of(answer_.priced.components[i * components.size() + c]);
    }
    for (const auto& step : answer_.traces[i].steps) {
      if (step.record != engine::price::no_record)
        made.found[procedure_.steps[step.step].name] = source(step.record);
    }
    return made;
  }

  std::vector<TierReply> ladder(const engine::quote::Ladder& from) const {
    std::vector<TierReply> made;
    for (const auto& tier : from.tiers) {
      if (tier.line.outcome != engine::model::Outcome::priced) continue;
      made.push_back({engine::base::to_string_short(tier.from.decimal()),
                      text_of(tier.line.unit_price),
                      std::string{snapshot_.unit_code(tier.line.unit)}});
    }
    return made;
  }

  void take_totals(Reply& made) const {
    const auto& shape = procedure_.answer;
    const auto& totals = answer_.priced.totals;
    if (!totals.empty()) made.totals["line_amount"] = text_of(totals.front());
    for (std::size_t i = 0; i < shape.totals.size() && i + 1 < totals.size(); ++i)
      made.totals[shape.components[shape.totals[i]].name] = text_of(totals[i + 1]);
    for (std::size_t i = 0; i < shape.order.size() && i < answer_.priced.order.size(); ++i)
      made.order[shape.order[i].name] = text_of(answer_.priced.order[i]);
  }

  const Snapshot& snapshot_;
  const Question& question_;
  const engine::rule::Procedure& procedure_;
  const Answer& answer_;
  const std::map<std::string, std::string>& labels_;
};

}  // namespace

Reply reply_of(const Snapshot& snapshot, const Question& question, const Answer& answer,
               const std::map<std::string, std::string>& labels) {
  return Replier{snapshot, question, answer, labels}.make();
}

}  // namespace tests::peers
