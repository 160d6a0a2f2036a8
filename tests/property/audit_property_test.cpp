// The audit's answers equal those of a plain replay that keeps every version of every record, under
// random batches: upserts, removals, replaced partitions, the same again.
#include "tests/server/audit/audit_fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>

namespace {

using server::audit::AuditQuery;
using tests::AuditedFolder;

// A price as it is sent: its number, and how that is written.
struct SentPrice {
  std::string customer, article, key;
  int value = 0, from_quantity = 0;
  bool is_removal = false;
  int zeros = 0;

  std::string id() const {
    return key.empty() ? customer + "|" + article + "|" + std::to_string(from_quantity) : "#" + key;
  }

  std::string value_text() const {
    return std::to_string(value) + (zeros == 0 ? "" : "." + std::string(zeros, '0'));
  }

  std::string quantity_text() const {
    return from_quantity == 0 ? "" : std::to_string(from_quantity);
  }

  std::string row() const {
    return "base_price," + customer + "," + article + "," + (is_removal ? "" : value_text()) +
           ",EUR," + quantity_text() + "," + key + "," + (is_removal ? "delete" : "") + "\n";
  }

  std::string record() const {
    return "conditions type=base_price" + (customer.empty() ? "" : " customer=" + customer) +
           " article=" + article + " currency=EUR" +
           (from_quantity == 0 ? "" : " from_quantity=" + quantity_text()) +
           (key.empty() ? "" : " key=" + key);
  }
};

struct ToldChange {
  std::string line;
  std::string customer, article;
  std::uint64_t sequence = 0;
};

// Every version, in a map.
class PlainReplay {
 public:
  void apply(std::uint64_t sequence, const std::vector<SentPrice>& rows, bool replaces) {
    std::set<std::string> brought;
    for (const SentPrice& row : rows) {
      brought.insert(row.id());
      const auto known = now_.find(row.id());
      const bool was_there = known != now_.end();
      if (row.is_removal) {
        if (was_there) tell(sequence, "removed", known->second, known->second.value_text(), "");
        now_.erase(row.id());
        continue;
      }
      if (!was_there) tell(sequence, "new", row, "", row.value_text());
      if (was_there && known->second.value != row.value)
        tell(sequence, "changed", row, known->second.value_text(), row.value_text());
      now_[row.id()] = row;
    }
    if (!replaces) return;
    for (auto at = now_.begin(); at != now_.end();) {
      if (brought.contains(at->first)) {
        ++at;
        continue;
      }
      tell(sequence, "removed_by_replace", at->second, at->second.value_text(), "");
      at = now_.erase(at);
    }
  }

  // Newest batch first; within a batch sorted.
  std::string lines(const AuditQuery& query) const {
    std::vector<std::pair<std::uint64_t, std::string>> found;
    for (const ToldChange& change : told_) {
      if (!query.article.empty() && change.article != query.article) continue;
      if (!query.customer.empty() && change.customer != query.customer) continue;
      if (query.sequence && change.sequence != *query.sequence) continue;
      if (change.sequence == 2) continue;  // of the beginning; see sorted_lines
      found.emplace_back(change.sequence, change.line);
    }
    return joined(std::move(found));
  }

  static std::string joined(std::vector<std::pair<std::uint64_t, std::string>> found) {
    std::ranges::sort(found, [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
    std::string text;
    for (const auto& [sequence, line] : found) text += line;
    return text;
  }

 private:
  void tell(std::uint64_t sequence, const char* what, const SentPrice& of,
            const std::string& before, const std::string& after) {
    told_.push_back({std::to_string(sequence) + " " + what + " " + of.record() + ": value " +
                         before + " -> " + after + "\n",
                     of.customer, of.article, sequence});
  }

  std::map<std::string, SentPrice> now_;
  std::vector<ToldChange> told_;
};

SentPrice drawn_price(std::mt19937& random) {
  const auto pick = [&random](int below) {
    return static_cast<int>(random() % static_cast<unsigned>(below));
  };
  SentPrice price;
  price.article = pick(2) == 0 ? "S-10" : "S-20";
  if (pick(3) == 0) {
    price.key = "P-" + price.article + std::to_string(pick(2));
  } else {
    price.customer = pick(3) == 0 ? "K1" : "";
    price.from_quantity = pick(3) * 10;
  }
  price.value = 1 + pick(4);
  price.zeros = pick(3);
  price.is_removal = pick(4) == 0;
  return price;
}

// The conditions among the changes: what else the company began with is not replayed here.
std::string sorted_lines(const server::audit::AuditAnswer& answer) {
  std::vector<std::pair<std::uint64_t, std::string>> lines;
  for (const auto& change : answer.changes) {
    if (change.sequence > 2) lines.emplace_back(change.sequence, tests::line_of(change));
  }
  return PlainReplay::joined(std::move(lines));
}

}  // namespace

TEST_CASE("audit: answers equal those of a replay that keeps every version", "[property][audit]") {
  const auto seed = GENERATE(1U, 2U, 3U, 4U, 5U, 6U);
  CAPTURE(seed);
  std::mt19937 random{seed};
  AuditedFolder company;
  PlainReplay plain;
  const std::string older = company.folder.path() + "/older.db";
  // Nothing of the first prices is left.
  REQUIRE(company.prices("base_price,,S-10,9,EUR,,Z,\n", "type:base_price") == 2);
  SentPrice last_of_company;
  last_of_company.article = "S-10";
  last_of_company.key = "Z";
  last_of_company.value = 9;
  plain.apply(2, {last_of_company}, false);
  for (int step = 0; step < 40; ++step) {
    std::map<std::string, SentPrice> rows;
    const bool replaces = random() % 5 == 0;
    for (unsigned i = 1 + random() % 4; i > 0; --i) {
      SentPrice price = drawn_price(random);
      if (replaces) price.is_removal = false;
      rows.emplace(price.id(), price);
    }
    std::string text;
    std::vector<SentPrice> sent;
    for (const auto& [id, price] : rows) {
      text += price.row();
      sent.push_back(price);
    }
    const auto sequence = company.prices(text, replaces ? "type:base_price" : "");
    REQUIRE(sequence != 0);
    plain.apply(sequence, sent, replaces);
    if (random() % 4 == 0) tests::bring_audit_up(company.data);
    if (random() % 10 == 0) {
      tests::bring_audit_up(company.data);
      std::filesystem::copy_file(server::audit::audit_file(company.data), older,
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
  if (std::filesystem::exists(older))
    std::filesystem::copy_file(older, server::audit::audit_file(company.data),
                               std::filesystem::copy_options::overwrite_existing);
  tests::bring_audit_up(company.data);
  const auto same = [&](AuditQuery query) {
    query.limit = server::audit::limit_max;
    std::string told = sorted_lines(tests::asked_of(company.data, query));
    CHECK(told == plain.lines(query));
    return told;
  };
  AuditQuery query;
  query.article = "S-10";
  CHECK_FALSE(same(query).empty());
  query.customer = "K1";
  same(query);
  query.article = "";
  same(query);
  for (const std::uint64_t sequence : {3U, 10U, 25U, 42U}) {
    AuditQuery of_batch;
    of_batch.sequence = sequence;
    same(of_batch);
  }
  AuditQuery of_feed;
  of_feed.feed = "conditions";
  same(of_feed);
}
