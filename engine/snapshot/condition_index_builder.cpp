#include "engine/snapshot/condition_index_builder.hpp"

#include "engine/base/parallel.hpp"

#include <algorithm>
#include <bit>
#include <tuple>

namespace engine::snapshot {

using model::FieldId;
using model::Schema;
using model::TableId;

namespace {

constexpr std::size_t parts_grain = 256;

}  // namespace

ConditionIndexBuilder::ConditionIndexBuilder(const model::Facts& facts, Articles& articles)
    : facts_{facts}, articles_{articles} {}

ConditionIndex ConditionIndexBuilder::build() {
  made_.terms_ = facts_.terms();
  made_.extras_ = facts_.extras();
  made_.records_.reserve(facts_.record_count());
  for (const model::Document& document : facts_.documents())
    refuses_discounts_.push_back(document.refuses_discounts);
  for (std::uint32_t i = 0; i < facts_.schema.table_count(); ++i) describe_table(TableId{i});
  for (std::uint32_t i = 0; i < facts_.tables().size(); ++i) add_table(TableId{i});
  made_.keys_.push_back(
      {ConditionIndex::no_key, static_cast<std::uint32_t>(made_.records_.size())});
  made_.keys_.shrink_to_fit();
  fill_slots();
  fill_signatures();
  map_articles();
  return std::move(made_);
}

std::uint16_t ConditionIndexBuilder::mapping_of(const std::vector<FieldId>& fields) {
  const auto known = std::ranges::find(mappings_, fields, &Mapping::fields);
  if (known != mappings_.end()) return static_cast<std::uint16_t>(known - mappings_.begin());
  mappings_.push_back(Mapping{fields, {}});
  return static_cast<std::uint16_t>(mappings_.size() - 1);
}

void ConditionIndexBuilder::describe_table(TableId id) {
  TableInfo info;
  info.shape = facts_.schema.table(id);
  const auto& fields = info.shape.article_fields;
  if (fields.size() == 1 && fields.front() == Schema::article) {
    info.side = ArticleSide::article;
    if (!info.shape.party_fields.empty())
      info.signature = static_cast<std::uint16_t>(made_.signature_columns_++);
  } else if (!fields.empty()) {
    info.side = ArticleSide::mapped;
    info.mapping = mapping_of(fields);
  }
  made_.tables_.push_back(std::move(info));
}

void ConditionIndexBuilder::place_part(std::uint32_t number) {
  const Part& part = made_.parts_[number];
  const std::uint64_t hash = made_.part_hash(TableId{part.table}, made_.part_values(number));
  const std::size_t mask = made_.part_slots_.size() - 1;
  std::size_t slot = hash & mask;
  while (made_.part_slots_[slot].next != 0) slot = (slot + 1) & mask;
  made_.part_slots_[slot] = {static_cast<std::uint32_t>(hash >> 32U), number + 1};
}

std::uint32_t ConditionIndexBuilder::intern_part(TableId id,
                                                 std::span<const std::uint32_t> values) {
  if (const auto known = made_.find_part(id, values)) return *known;
  const auto number = static_cast<std::uint32_t>(made_.parts_.size());
  Part& part = made_.parts_.emplace_back();
  ENSURE(id.raw() <= UINT16_MAX && values.size() <= part.values.size());
  part.table = static_cast<std::uint16_t>(id.raw());
  part.value_count = static_cast<std::uint8_t>(values.size());
  std::ranges::copy(values, part.values.begin());
  if (made_.parts_.size() * 2 <= made_.part_slots_.size()) {
    place_part(number);
    return number;
  }
  made_.part_slots_.assign(std::max<std::size_t>(64, made_.part_slots_.size() * 2), {});
  for (std::uint32_t each = 0; each <= number; ++each) place_part(each);
  return number;
}

std::uint32_t ConditionIndexBuilder::article_key(const TableInfo& info,
                                                 std::span<const std::uint32_t> values) {
  if (info.side == ArticleSide::none) return 0;
  if (info.side == ArticleSide::article) return values.front();
  auto& keys = mappings_[info.mapping].keys;
  const auto next = static_cast<std::uint32_t>(keys.size());
  return keys.try_emplace(std::vector<std::uint32_t>(values.begin(), values.end()), next)
      .first->second;
}

// Parts of one table are numbered one after the other, so their records stay together too.
void ConditionIndexBuilder::add_table(TableId id) {
  const model::TableRows& rows = facts_.tables()[id.raw()];
  TableInfo& info = made_.tables_[id.raw()];
  info.first_record = static_cast<std::uint32_t>(made_.records_.size());
  const std::size_t party = info.shape.party_fields.size();
  const std::size_t stride = party + info.shape.article_fields.size();
  const auto first_part = static_cast<std::uint32_t>(made_.parts_.size());
  std::vector<std::uint32_t> part_of(rows.records.size());
  std::vector<std::uint32_t> begin{0};
  const std::span<const std::uint32_t> keys{rows.keys};
  for (std::size_t row = 0; row < rows.records.size(); ++row) {
    const std::uint32_t part = intern_part(id, keys.subspan(row * stride, party)) - first_part;
    part_of[row] = part;
    if (begin.size() < part + 2) begin.resize(part + 2, 0);
    ++begin[part + 1];
  }
  for (std::size_t part = 1; part < begin.size(); ++part) begin[part] += begin[part - 1];
  std::vector<Row> sorted(rows.records.size());
  std::vector<std::uint32_t> next(begin);
  for (std::size_t row = 0; row < rows.records.size(); ++row) {
    const std::uint32_t key = article_key(info, keys.subspan(row * stride + party, stride - party));
    sorted[next[part_of[row]]++] = Row{key, static_cast<std::uint32_t>(row)};
  }
  const auto& records = rows.records;
  const auto before = [&records](const Row& a, const Row& b) {
    const auto& x = records[a.row];
    const auto& y = records[b.row];
    return std::tuple{a.article_key, x.threshold, x.valid_from, a.row} <
           std::tuple{b.article_key, y.threshold, y.valid_from, b.row};
  };
  base::parallel_for(
      begin.size() - 1, parts_grain, [&](std::size_t from, std::size_t to, std::size_t) {
        for (std::size_t part = from; part < to; ++part) {
          std::sort(sorted.begin() + begin[part], sorted.begin() + begin[part + 1], before);
        }
      });
  for (std::uint32_t part = 0; part + 1 < begin.size(); ++part) {
    append_part(rows, std::span{sorted}.subspan(begin[part], begin[part + 1] - begin[part]),
                info.side, made_.parts_[first_part + part]);
  }
}

void ConditionIndexBuilder::append_part(const model::TableRows& rows, std::span<Row> sorted,
                                        ArticleSide side, Part& part) {
  part.keys.begin = static_cast<std::uint32_t>(made_.keys_.size());
  std::uint32_t last_key = ConditionIndex::no_key;
  for (const Row& row : sorted) {
    if (row.article_key != last_key) {
      made_.keys_.push_back({row.article_key, static_cast<std::uint32_t>(made_.records_.size())});
      last_key = row.article_key;
    }
    made_.records_.push_back(rows.records[row.row]);
    made_.records_.back().terms = terms_in_document(made_.records_.back());
  }
  part.keys.end = static_cast<std::uint32_t>(made_.keys_.size());
  part.first_key = made_.key_at(part.keys.begin);
  part.search = search_of(side, part.keys);
}

KeySearch ConditionIndexBuilder::search_of(ArticleSide side, KeyRange keys) const {
  if (side == ArticleSide::none) return KeySearch::single;
  if (made_.key_at(keys.end - 1) - made_.key_at(keys.begin) + 1 == keys.size())
    return KeySearch::dense;
  return keys.size() > ConditionIndex::run_searched_max ? KeySearch::hashed : KeySearch::run;
}

// A document that refuses discounts does so for all of its records, whenever it came to refuse
// them.
std::uint16_t ConditionIndexBuilder::terms_in_document(const model::ConditionRecord& record) {
  if (record.document.is_none() || !refuses_discounts_[record.document.raw()]) return record.terms;
  model::Terms terms = made_.terms_[record.terms];
  if ((terms.flags & model::flag_bit(Schema::discountable)) == 0) return record.terms;
  const auto [twin, is_new] =
      without_discounts_.try_emplace(record.terms, static_cast<std::uint16_t>(made_.terms_.size()));
  if (is_new) {
    terms.flags = static_cast<std::uint32_t>(terms.flags & ~model::flag_bit(Schema::discountable));
    made_.terms_.push_back(terms);
  }
  return twin->second;
}

void ConditionIndexBuilder::fill_slots() {
  std::size_t hashed = 0;
  const auto parts = static_cast<std::uint32_t>(made_.parts_.size());
  const auto is_hashed = [this](std::uint32_t part) {
    return made_.parts_[part].search == KeySearch::hashed;
  };
  for (std::uint32_t part = 0; part < parts; ++part) {
    if (is_hashed(part)) hashed += made_.part_keys(part).size();
  }
  const std::size_t size = std::bit_ceil(hashed + hashed / 3 + 2);
  made_.slots_.assign(size, {});
  made_.slot_mask_ = size - 1;
  for (std::uint32_t part = 0; part < parts; ++part) {
    if (!is_hashed(part)) continue;
    const KeyRange range = made_.part_keys(part);
    for (std::uint32_t position = range.begin; position < range.end; ++position) {
      const std::uint64_t hash = made_.hash_of(part, made_.key_at(position));
      std::uint64_t slot = hash & made_.slot_mask_;
      while (made_.slots_[slot].position != ConditionIndex::no_key)
        slot = (slot + 1) & made_.slot_mask_;
      made_.slots_[slot] = {static_cast<std::uint32_t>(hash >> 32U), position};
    }
  }
}

void ConditionIndexBuilder::fill_signatures() {
  const std::size_t articles = articles_.codes->size();
  made_.signatures_.assign(articles * made_.signature_columns_, 0);
  for (std::uint32_t part = 0; part < made_.parts_.size(); ++part) {
    const TableInfo& info = made_.tables_[made_.parts_[part].table];
    if (info.signature == UINT16_MAX) continue;
    const KeyRange range = made_.part_keys(part);
    const std::uint64_t bit = ConditionIndex::part_bit(part);
    for (std::uint32_t position = range.begin; position < range.end; ++position) {
      made_.signatures_[made_.key_at(position) * made_.signature_columns_ + info.signature] |= bit;
    }
  }
}

void ConditionIndexBuilder::map_articles() {
  const auto count = static_cast<std::uint32_t>(articles_.codes->size());
  std::vector<ArticleKey> keys;
  for (const Mapping& mapping : mappings_) {
    auto& values = made_.mapping_values_.emplace_back(mapping.keys.size() * mapping.fields.size());
    for (const auto& [combination, key] : mapping.keys) {
      std::ranges::copy(combination,
                        values.begin() + static_cast<std::ptrdiff_t>(key * mapping.fields.size()));
    }
    Csr<ArticleKey>& lists = articles_.mappings.emplace_back();
    for (std::uint32_t article = 0; article < count; ++article) {
      keys.clear();
      map_article(article, mapping, keys);
      lists.add(keys);
    }
    lists.shrink();
  }
}

// Every combination of the article's values that some record stands under. Articles have few groups
// and one value per attribute, so the product stays small.
void ConditionIndexBuilder::map_article(std::uint32_t article, const Mapping& mapping,
                                        std::vector<ArticleKey>& keys) const {
  struct Partial {
    std::vector<std::uint32_t> values;
    std::uint16_t distance = 0;
  };

  std::vector<Partial> partials(1);
  for (const FieldId field : mapping.fields) {
    std::vector<Partial> extended;
    const auto extend = [&](std::uint32_t value, std::uint16_t distance) {
      for (const Partial& partial : partials) {
        extended.push_back(partial);
        extended.back().values.push_back(value);
        extended.back().distance = static_cast<std::uint16_t>(partial.distance + distance);
      }
    };
    if (field == Schema::article) {
      extend(article, 0);
    } else if (field == Schema::article_group) {
      for (const Reached& group : articles_.groups[article]) extend(group.id, group.distance);
    } else {
      for (const model::Attribute& attribute : articles_.attributes[article]) {
        if (attribute.field == field) extend(attribute.value.raw(), 0);
      }
    }
    partials = std::move(extended);
  }
  for (const Partial& partial : partials) {
    const auto found = mapping.keys.find(partial.values);
    if (found != mapping.keys.end()) keys.push_back({found->second, partial.distance});
  }
  std::ranges::stable_sort(keys, {}, &ArticleKey::distance);
}

}  // namespace engine::snapshot
