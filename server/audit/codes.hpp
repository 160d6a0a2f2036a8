// Codes: what rows name, and what an audit is asked by - articles, customers, documents (price lists,
// agreements, promotions, rules documents), feeds, and records themselves by their identity. A batch
// is known by the hashes of all codes that its rows name: where a hash is not among them, the batch
// does not name the code; where it is, its rows have to be looked at. Hashes are part of the stored
// format: never change what they compute. Pure; any thread.
#pragma once

#include "server/feed/canonical.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace server::audit {

enum class Code : std::uint8_t { article, customer, document, feed, record };

using CodeHash = std::uint32_t;

CodeHash hash_of(Code code, std::string_view text);

// What the cells of this column name; nothing where that is nothing that can be asked for.
std::optional<Code> named_by(feed::Kind kind, std::string_view column);

// Whether cells of this column are lists of codes, separated by `;`.
bool is_list(feed::Kind kind, std::string_view column);

// Each code of a cell, once; `visit(std::string_view)`.
template <class Visit>
void for_each_code(std::string_view cell, bool is_list, const Visit& visit) {
  while (!cell.empty()) {
    const std::size_t end = is_list ? cell.find(';') : std::string_view::npos;
    std::string_view code = cell.substr(0, end);
    while (code.starts_with(' ')) code.remove_prefix(1);
    while (code.ends_with(' ')) code.remove_suffix(1);
    if (!code.empty()) visit(code);
    if (end == std::string_view::npos) return;
    cell.remove_prefix(end + 1);
  }
}

// Sorted, each once: how a batch keeps its hashes, and sets are asked for.
using CodeHashes = std::vector<CodeHash>;

void sort_hashes(CodeHashes& hashes);
bool has_all(std::span<const CodeHash> sorted, std::span<const CodeHash> wanted);
// Both sorted.
bool has_any(std::span<const CodeHash> sorted, std::span<const CodeHash> wanted);

}  // namespace server::audit
