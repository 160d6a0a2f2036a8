#include "rules/check_meetings.hpp"

#include "engine/base/hash.hpp"
#include "engine/base/parallel.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace rules {

namespace model = engine::model;
namespace rule = engine::rule;
using engine::snapshot::ArticleSide;
using engine::snapshot::BoundStep;
using engine::snapshot::Snapshot;

const std::vector<rule::Choice>* choices_between(const rule::Find& find, std::size_t access_a,
                                                 std::size_t access_b) {
  if (find.accesses[access_a].level == find.accesses[access_b].level) return &find.choose;
  return find.find_next.empty() ? nullptr : &find.find_next;
}

namespace {

auto meeting_order(const Meeting& m) {
  return std::tie(m.access_a, m.access_b, m.part_a, m.part_b, m.distance_a, m.distance_b,
                  m.validity.from, m.validity.to, m.given, m.same_way);
}

std::uint64_t hash_of(const Meeting& m) {
  using engine::base::combine;
  std::uint64_t hash = combine(combine(m.part_a, m.part_b), m.access_a * 65536U + m.access_b);
  hash = combine(hash, m.distance_a * 65536U + m.distance_b);
  hash = combine(hash, static_cast<std::uint32_t>(m.validity.from.raw()));
  for (const auto& [field, value] : m.given) hash = combine(combine(hash, field.raw()), value);
  return combine(hash, m.same_way ? 1 : 0);
}

// Nothing where both give a field in different ways.
std::optional<GivenFields> merged(const GivenFields& a, const GivenFields& b) {
  GivenFields made = a;
  for (const auto& own : b) {
    const auto known = std::ranges::find(a, own.first, &GivenFields::value_type::first);
    if (known == a.end()) {
      made.push_back(own);
    } else if (known->second != own.second) {
      return std::nullopt;
    }
  }
  std::ranges::sort(made);
  return made;
}

// The meetings that one worker has seen.
class MeetingTable {
 public:
  void add(Meeting&& meeting, std::uint32_t customer, bool more) {
    const std::uint64_t hash = hash_of(meeting);
    const auto [first, last] = numbers_.equal_range(hash);
    for (auto known = first; known != last; ++known) {
      Meeting& own = meetings_[known->second];
      if (meeting_order(own) == meeting_order(meeting)) return note(own, customer, more);
    }
    numbers_.emplace(hash, meetings_.size());
    meetings_.push_back(std::move(meeting));
    note(meetings_.back(), customer, more);
  }

  void join(MeetingTable&& other) {
    for (Meeting& meeting : other.meetings_) {
      const auto customers = std::move(meeting.customers);
      const bool more = meeting.more;
      meeting.customers.clear();
      for (std::size_t i = 1; i < customers.size(); ++i) {
        Meeting copy = meeting;
        add(std::move(copy), customers[i], more);
      }
      if (!customers.empty()) add(std::move(meeting), customers.front(), more);
    }
  }

  std::vector<Meeting> sorted() && {
    std::ranges::sort(meetings_, [](const Meeting& a, const Meeting& b) {
      return meeting_order(a) < meeting_order(b);
    });
    return std::move(meetings_);
  }

 private:
  static void note(Meeting& meeting, std::uint32_t customer, bool more) {
    auto& kept = meeting.customers;
    const auto place = std::ranges::lower_bound(kept, customer);
    if (place == kept.end() || *place != customer) kept.insert(place, customer);
    meeting.more |= more || kept.size() > customers_kept;
    if (kept.size() > customers_kept) kept.pop_back();
  }

  std::vector<Meeting> meetings_;
  std::unordered_multimap<std::uint64_t, std::size_t> numbers_;
};

// What of a customer decides about its shared ways.
std::uint64_t profile_of(const Snapshot& snapshot, std::uint32_t customer) {
  using engine::base::combine;
  const auto& customers = snapshot.customers();
  std::uint64_t hash = 1;
  for (const auto& group : customers.groups[customer])
    hash = combine(combine(hash, group.id), group.distance);
  for (const auto& list : customers.lists[customer]) {
    hash = combine(combine(hash, list.list.raw()), static_cast<std::uint32_t>(list.rank));
    hash = combine(combine(hash, list.distance), static_cast<std::uint64_t>(list.via));
    hash = combine(hash, static_cast<std::uint32_t>(list.validity.from.raw()));
    hash = combine(hash, static_cast<std::uint32_t>(list.validity.to.raw()));
  }
  for (const auto& own : customers.attributes[customer])
    hash = combine(combine(hash, own.field.raw()), own.value.raw());
  return hash;
}

enum class Stands : std::uint8_t { for_itself, with_others, behind_others };

// The first customers of a profile stand for all of it.
std::vector<Stands> standing_of(const Snapshot& snapshot) {
  const auto count = static_cast<std::uint32_t>(snapshot.customers().codes->size());
  std::unordered_map<std::uint64_t, std::size_t> sizes;
  std::vector<std::uint64_t> profiles;
  for (std::uint32_t customer = 0; customer < count; ++customer)
    ++sizes[profiles.emplace_back(profile_of(snapshot, customer))];
  std::unordered_map<std::uint64_t, std::size_t> seen;
  std::vector<Stands> made;
  for (const std::uint64_t profile : profiles) {
    const bool many = sizes[profile] > customers_kept;
    made.push_back(++seen[profile] > customers_kept ? Stands::behind_others
                   : many                           ? Stands::with_others
                                                    : Stands::for_itself);
  }
  return made;
}

// What one worker has seen reached.
struct Marks {
  std::vector<char> parts;
  std::vector<char> accesses;
};

class MeetingFinder {
 public:
  MeetingFinder(const CheckContext& context, const BoundStep& step)
      : context_{context}, find_{*step.rule->find}, reach_{context, step} {}

  void meet(std::uint32_t customer, Stands stands, MeetingTable& table, Marks& marks) const {
    const auto ways = reach_.ways(model::CustomerId{customer});
    for (std::size_t i = 0; i < ways.size(); ++i) {
      if (!ways[i].overrides) marks.parts[ways[i].part] = 1;
      marks.accesses[ways[i].access] = 1;
      if (find_.tie != rule::TiePolicy::refuse) continue;
      for (std::size_t j = i; j < ways.size(); ++j) {
        const bool shared = !ways[i].own && !ways[j].own;
        if (shared && stands == Stands::behind_others) continue;
        if (i == j && !has_company(ways[i].part)) continue;
        const bool turned = ways[i].access == ways[j].access && ways[j].part < ways[i].part;
        auto meeting =
            turned ? meeting_of(ways[j], ways[i], false) : meeting_of(ways[i], ways[j], i == j);
        if (meeting)
          table.add(std::move(*meeting), customer, shared && stands == Stands::with_others);
      }
    }
  }

 private:
  // Whether any line can meet two of the part's records.
  bool has_company(std::uint32_t part) const {
    const auto& index = context_.index();
    const auto keys = index.part_keys(part);
    const std::uint32_t records =
        index.records_of(keys.end - 1).end - index.records_of(keys.begin).begin;
    const bool mapped = context_.table_of_part(part).side == ArticleSide::mapped;
    return records > keys.size() || (mapped && keys.size() > 1);
  }

  std::optional<Meeting> meeting_of(const Way& a, const Way& b, bool same) const {
    const auto* choices = choices_between(find_, a.access, b.access);
    if (choices == nullptr || is_decided(*choices, a, b)) return std::nullopt;
    Meeting made;
    made.validity = {std::max(a.validity.from, b.validity.from),
                     std::min(a.validity.to, b.validity.to)};
    if (made.validity.from >= made.validity.to) return std::nullopt;
    auto given = merged(a.given, b.given);
    if (!given) return std::nullopt;
    made.given = std::move(*given);
    made.part_a = a.part;
    made.part_b = b.part;
    made.access_a = a.access;
    made.access_b = b.access;
    made.distance_a = a.distance;
    made.distance_b = b.distance;
    made.same_way = same;
    return made;
  }

  // Whether some comparator tells all records of the two ways apart.
  bool is_decided(const std::vector<rule::Choice>& choices, const Way& a, const Way& b) const {
    const auto& x = context_.table_of_part(a.part);
    const auto& y = context_.table_of_part(b.part);
    const auto field_count = [](const model::TableShape& shape) {
      return shape.party_fields.size() + shape.article_fields.size();
    };
    return std::ranges::any_of(choices, [&](const rule::Choice& choice) {
      switch (choice.by) {
        case rule::Comparator::rank:
          return a.rank != b.rank;
        case rule::Comparator::access:
          return a.access != b.access;
        case rule::Comparator::most_fields:
          return field_count(x.shape) != field_count(y.shape);
        case rule::Comparator::nearest:
          return x.side != ArticleSide::mapped && y.side != ArticleSide::mapped &&
                 a.distance != b.distance;
        default:
          return false;
      }
    });
  }

  const CheckContext& context_;
  const rule::Find& find_;
  Reach reach_;
};

}  // namespace

std::vector<Meeting> meetings_of(const CheckContext& context, std::uint16_t procedure,
                                 std::uint16_t number, Reached& reached) {
  const BoundStep& step = context.snapshot().procedures()[procedure].steps[number];
  const MeetingFinder finder{context, step};
  const std::vector<Stands> stands = standing_of(context.snapshot());
  const std::size_t workers = engine::base::worker_count();
  std::vector<MeetingTable> tables(workers);
  std::vector<Marks> marks(workers, {std::vector<char>(context.index().part_count()),
                                     std::vector<char>(step.accesses.size())});
  engine::base::parallel_for(stands.size(), 64,
                             [&](std::size_t begin, std::size_t end, std::size_t worker) {
                               for (std::size_t customer = begin; customer < end; ++customer) {
                                 finder.meet(static_cast<std::uint32_t>(customer), stands[customer],
                                             tables[worker], marks[worker]);
                               }
                             });
  for (const Marks& mark : marks) {
    for (std::size_t part = 0; part < mark.parts.size(); ++part)
      reached.parts[part] = reached.parts[part] || mark.parts[part];
    for (std::uint16_t access = 0; access < mark.accesses.size(); ++access)
      reached.accesses[{procedure, number, access}] |= mark.accesses[access] != 0;
  }
  for (std::size_t i = 1; i < workers; ++i) tables.front().join(std::move(tables[i]));
  return std::move(tables.front()).sorted();
}

}  // namespace rules
