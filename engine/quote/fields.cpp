#include "engine/quote/fields.hpp"

#include "engine/base/hash.hpp"
#include "engine/base/limits.hpp"

#include <algorithm>

namespace engine::quote {

using base::Fault;
using base::FaultCode;
using base::Result;
using price::LineFields;

namespace {

// Entries are numbered in 16 bits.
static_assert(base::limits::lines_per_question < UINT16_MAX);

std::uint64_t hash_of(const LineFields& fields) {
  std::uint64_t hash = fields.texts.size();
  for (const auto& [field, text] : fields.texts)
    hash = base::combine(base::combine(hash, field.raw()), text.raw());
  return hash;  // a number's text is among the texts
}

// The fields of `all` where `own` says nothing of them, and those of `own`.
template <class Value>
std::vector<std::pair<model::FieldId, Value>> merged(
    const std::vector<std::pair<model::FieldId, Value>>& all,
    std::vector<std::pair<model::FieldId, Value>> own) {
  constexpr auto field_of = &std::pair<model::FieldId, Value>::first;
  const std::size_t own_count = own.size();
  for (const auto& given : all) {
    const auto end = own.begin() + static_cast<std::ptrdiff_t>(own_count);
    if (std::ranges::find(own.begin(), end, given.first, field_of) == end) own.push_back(given);
  }
  std::ranges::sort(own, {}, field_of);
  return own;
}

}  // namespace

Result<void> FieldTaker::take_header(std::span<const NamedField> fields) {
  auto taken = read(fields, "");
  if (!taken) return taken.error();
  header_.fields.front() = {merged({}, std::move(taken->texts)),
                            merged({}, std::move(taken->numbers))};
  return {};
}

Result<std::uint16_t> FieldTaker::take_line(std::span<const NamedField> fields,
                                            const std::string& pointer) {
  if (fields.empty()) return std::uint16_t{0};
  auto taken = read(fields, pointer);
  if (!taken) return taken.error();
  const LineFields& all = header_.fields.front();
  return entry(
      {merged(all.texts, std::move(taken->texts)), merged(all.numbers, std::move(taken->numbers))});
}

std::uint16_t FieldTaker::entry(LineFields fields) {
  if (entries_.empty()) entries_.emplace(hash_of(header_.fields.front()), std::uint16_t{0});
  const std::uint64_t hash = hash_of(fields);
  const auto [first, last] = entries_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (header_.fields[known->second] == fields) return known->second;
  }
  const auto number = static_cast<std::uint16_t>(header_.fields.size());
  header_.fields.push_back(std::move(fields));
  entries_.emplace(hash, number);
  return number;
}

Result<LineFields> FieldTaker::read(std::span<const NamedField> fields,
                                    const std::string& pointer) {
  const auto& schema = snapshot_.schema();
  LineFields taken;
  for (const auto& [name, value] : fields) {
    const auto refused = [&pointer, name = name](FaultCode code, std::string detail) {
      return Fault{code, pointer + "/" + std::string{name}, std::move(detail)};
    };
    const auto id = schema.find_field(name);
    const bool may_be_given = id && schema.field(*id).side != model::FieldSide::article &&
                              schema.field(*id).domain == model::Domain::text;
    if (!may_be_given) {
      return refused(FaultCode::unknown_field,
                     "no procedure knows a field '" + std::string{name} + "'");
    }
    const auto is_same = [&id](const auto& given) { return given.first == *id; };
    if (std::ranges::any_of(taken.texts, is_same))
      return refused(FaultCode::duplicate_key, "the field is given twice");
    if (auto ok = read_value(*id, value, taken); !ok)
      return refused(ok.error().code, ok.error().detail);
    taken.texts.emplace_back(*id, text_id(value));
  }
  return taken;
}

Result<void> FieldTaker::read_value(model::FieldId id, std::string_view value,
                                    LineFields& fields) const {
  switch (snapshot_.schema().field(id).value) {
    case model::FieldValue::text:
      break;
    case model::FieldValue::number: {
      const auto number = model::parse_field_number(value);
      if (!number) return number.error();
      fields.numbers.emplace_back(id, *number);
      break;
    }
    case model::FieldValue::truth:
      if (value == "true" || value == "false") break;
      return Fault{FaultCode::bad_text, "",
                   "expected true or false, found '" + std::string{value} + "'"};
  }
  return {};
}

// A text that no record, rule or master has ever named still has to be told from others.
model::TextId FieldTaker::text_id(std::string_view text) {
  if (const auto known = snapshot_.find_text(text)) return *known;
  const auto next = static_cast<std::uint32_t>(header_.texts.size());
  const auto [own, is_new] = own_texts_.try_emplace(std::string{text}, next);
  if (is_new) header_.texts.emplace_back(text);
  return model::TextId{snapshot_.text_count() + own->second};
}

std::string_view text_of(const snapshot::Snapshot& snapshot, const price::Header& header,
                         model::TextId id) {
  if (id.is_none()) return {};
  const std::uint32_t known = snapshot.text_count();
  return id.raw() < known ? snapshot.text(id) : std::string_view{header.texts[id.raw() - known]};
}

}  // namespace engine::quote
