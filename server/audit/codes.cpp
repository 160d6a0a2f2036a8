#include "server/audit/codes.hpp"

#include <algorithm>
#include <array>

namespace server::audit {

using feed::Kind;

namespace {

struct NamingColumn {
  Kind kind;
  std::string_view column;
  Code code;
};

// Key fields of conditions stand under the names that every data folder has.
constexpr std::array naming_columns{
    NamingColumn{Kind::articles, "code", Code::article},
    NamingColumn{Kind::articles, "successor", Code::article},
    NamingColumn{Kind::article_units, "article", Code::article},
    NamingColumn{Kind::price_lists, "code", Code::document},
    NamingColumn{Kind::price_lists, "based_on", Code::document},
    NamingColumn{Kind::promotions, "code", Code::document},
    NamingColumn{Kind::agreements, "code", Code::document},
    NamingColumn{Kind::agreements, "customers", Code::customer},
    NamingColumn{Kind::customers, "code", Code::customer},
    NamingColumn{Kind::customers, "parent", Code::customer},
    NamingColumn{Kind::customers, "price_lists", Code::document},
    NamingColumn{Kind::price_list_assignments, "price_list", Code::document},
    NamingColumn{Kind::price_list_assignments, "customer", Code::customer},
    NamingColumn{Kind::conditions, "article", Code::article},
    NamingColumn{Kind::conditions, "free_article", Code::article},
    NamingColumn{Kind::conditions, "customer", Code::customer},
    NamingColumn{Kind::conditions, "price_list", Code::document},
    NamingColumn{Kind::conditions, "agreement", Code::document},
    NamingColumn{Kind::conditions, "promotion", Code::document},
    NamingColumn{Kind::stock, "article", Code::article},
    NamingColumn{Kind::receipts, "article", Code::article},
};

constexpr std::uint64_t fnv_offset = 0xcbf29ce484222325U;
constexpr std::uint64_t fnv_prime = 0x100000001b3U;

}  // namespace

CodeHash hash_of(Code code, std::string_view text) {
  std::uint64_t hash = (fnv_offset ^ (static_cast<std::uint64_t>(code) + 1)) * fnv_prime;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * fnv_prime;
  return static_cast<CodeHash>(hash ^ hash >> 32U);
}

std::optional<Code> named_by(Kind kind, std::string_view column) {
  for (const NamingColumn& naming : naming_columns) {
    if (naming.kind == kind && naming.column == column) return naming.code;
  }
  return std::nullopt;
}

bool is_list(Kind kind, std::string_view column) {
  return (kind == Kind::agreements && column == "customers") ||
         (kind == Kind::customers && column == "price_lists");
}

void sort_hashes(CodeHashes& hashes) {
  std::ranges::sort(hashes);
  const auto rest = std::ranges::unique(hashes);
  hashes.erase(rest.begin(), rest.end());
}

bool has_all(std::span<const CodeHash> sorted, std::span<const CodeHash> wanted) {
  return std::ranges::all_of(
      wanted, [&](CodeHash hash) { return std::ranges::binary_search(sorted, hash); });
}

bool has_any(std::span<const CodeHash> sorted, std::span<const CodeHash> wanted) {
  if (sorted.size() < wanted.size()) return has_any(wanted, sorted);
  // Far fewer of the one than of the other: looked up one by one.
  if (wanted.size() < sorted.size() / 16) {
    return std::ranges::any_of(
        wanted, [&](CodeHash hash) { return std::ranges::binary_search(sorted, hash); });
  }
  auto a = sorted.begin();
  auto b = wanted.begin();
  while (a != sorted.end() && b != wanted.end()) {
    if (*a == *b) return true;
    *a < *b ? ++a : ++b;
  }
  return false;
}

}  // namespace server::audit
