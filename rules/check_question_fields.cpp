#include "rules/check_question_fields.hpp"

#include <algorithm>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::snapshot::ArticleSide;
using engine::snapshot::BoundProcedure;
using engine::snapshot::BoundStep;
using engine::snapshot::ConditionIndex;
using model::Schema;

namespace {

constexpr std::size_t field_sets_max = 24;
constexpr std::size_t keys_max = 8;  // of an access, whose fields are tried

bool is_from_question(const model::Field& field) {
  return field.side != model::FieldSide::article && field.domain == model::Domain::text;
}

// Values that a formula compares question fields with.
void collect(const rule::Formula& formula, const model::Schema& schema,
             std::vector<std::pair<std::string, std::string>>& options) {
  const auto add = [&](const model::Field& field, const std::string& value) {
    const std::pair<std::string, std::string> option{field.name, value};
    if (std::ranges::find(options, option) == options.end()) options.push_back(option);
  };
  for (const rule::Instruction& instruction : formula) {
    if (instruction.field.is_none()) continue;
    const model::Field& field = schema.field(instruction.field);
    if (!is_from_question(field)) continue;
    if (field.value == model::FieldValue::truth) {
      add(field, "true");
      add(field, "false");
    } else if (field.value == model::FieldValue::number) {
      for (const rule::Instruction& other : formula) {
        if (other.op == rule::Op::constant)
          add(field, engine::base::to_string_short(other.constant));
      }
    } else if (instruction.codes.empty()) {
      add(field, "x");
    } else {
      for (const std::string& code : instruction.codes) add(field, code);
    }
  }
}

// Whether the part has records for the article.
bool is_for(const CheckContext& context, std::uint32_t part, std::uint32_t article) {
  const ConditionIndex& index = context.index();
  const auto& table = context.table_of_part(part);
  const auto has = [&](std::uint32_t key) {
    return index.find_key_in_run(index.part_keys(part), key) != ConditionIndex::no_key;
  };
  if (table.side == ArticleSide::none) return true;
  if (table.side == ArticleSide::article) return has(article);
  return std::ranges::any_of(context.snapshot().articles().mappings[table.mapping][article],
                             [&has](const auto& own) { return has(own.key); });
}

// Whether one of the buyers, or a parent, is the customer.
bool is_one_of(const CheckContext& context, std::span<const std::uint32_t> buyers,
               std::uint32_t customer) {
  const auto& parents = context.snapshot().customers().parents;
  return std::ranges::any_of(buyers, [&](std::uint32_t buyer) {
    for (model::CustomerId id{buyer}; !id.is_none(); id = parents[id.raw()]) {
      if (id.raw() == customer) return true;
    }
    return false;
  });
}

// The fields of keys under which the step finds something for the article.
void collect_keys(const CheckContext& context, const BoundStep& step, std::uint32_t article,
                  std::span<const std::uint32_t> buyers, QuestionFields& options) {
  const ConditionIndex& index = context.index();
  const auto& schema = context.snapshot().schema();
  for (const auto& access : step.rule->find->accesses) {
    const auto& fields = index.table(access.table).shape.party_fields;
    const auto is_open = [&schema](model::FieldId id) {
      return is_from_question(schema.field(id));
    };
    if (std::ranges::none_of(fields, is_open)) continue;
    std::size_t keys = 0;
    for (std::uint32_t part = 0; part < index.part_count() && keys < keys_max; ++part) {
      if (index.table_of_part(part) != access.table || !is_for(context, part, article)) continue;
      const auto values = index.part_values(part);
      const auto at = std::ranges::find(fields, Schema::customer);
      const auto place = static_cast<std::size_t>(at - fields.begin());
      if (at != fields.end() && !is_one_of(context, buyers, values[place])) continue;
      ++keys;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const model::Field& field = schema.field(fields[i]);
        const QuestionFields::value_type option{
            field.name, std::string{context.snapshot().code_of(field, values[i])}};
        if (is_open(fields[i]) && std::ranges::find(options, option) == options.end())
          options.push_back(option);
      }
    }
  }
}

}  // namespace

// What the meeting and the look-up of the procedure ask for, and that with what conditions ask for.
std::vector<QuestionFields> field_sets(const CheckContext& context, const Suspicion& suspicion,
                                       std::span<const std::uint32_t> buyers) {
  const auto& snapshot = context.snapshot();
  const auto& schema = snapshot.schema();
  const BoundProcedure& procedure = snapshot.procedures()[suspicion.procedure];
  QuestionFields given;
  for (const auto& [field, value] : suspicion.meeting->given)
    given.emplace_back(schema.field(field).name, snapshot.code_of(schema.field(field), value));
  std::vector<QuestionFields> bases{given};
  for (const auto& row : snapshot.procedure_lookup()) {
    if (row.result != suspicion.procedure) continue;
    QuestionFields fields = given;
    for (const auto& [id, values] : row.when) {
      const model::Field& field = schema.field(id);
      const auto known = std::ranges::find(fields, field.name, &QuestionFields::value_type::first);
      if (!is_from_question(field) || values.empty() || known != fields.end()) continue;
      fields.emplace_back(field.name, snapshot.code_of(field, values.front()));
    }
    if (std::ranges::find(bases, fields) == bases.end()) bases.push_back(fields);
  }
  QuestionFields options;
  for (const BoundStep& step : procedure.steps) {
    collect(step.rule->when, schema, options);
    if (&step == &procedure.steps[suspicion.step]) break;
    if (step.rule->find && step.rule->find->required)
      collect_keys(context, step, suspicion.article, buyers, options);
  }
  for (const std::uint32_t number : {suspicion.record_a, suspicion.record_b}) {
    const model::DocumentId document = context.index().record(number).document;
    const auto* extra = context.index().find_extra(number);
    const std::uint32_t own = extra == nullptr ? model::nothing_there : extra->when;
    const std::uint32_t of_document =
        document.is_none() ? model::nothing_there : snapshot.documents()[document.raw()].when;
    for (const std::uint32_t text : {own, of_document}) {
      if (const auto* formula = context.formula_of(text)) collect(*formula, schema, options);
    }
  }
  std::vector<QuestionFields> made = bases;
  const auto lacks = [](const QuestionFields& fields, const std::string& name) {
    return std::ranges::find(fields, name, &QuestionFields::value_type::first) == fields.end();
  };
  for (const QuestionFields& base : bases) {
    QuestionFields all = base;  // the first value of every field
    for (const auto& option : options) {
      if (lacks(all, option.first)) all.push_back(option);
    }
    if (all.size() > base.size()) made.push_back(all);
    for (const auto& option : options) {
      if (!lacks(base, option.first) || made.size() >= field_sets_max) continue;
      made.push_back(base);
      made.back().push_back(option);
    }
  }
  return made;
}

}  // namespace rules
