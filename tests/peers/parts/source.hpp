// Sources: how a mapping says what a value is made of. A source is a text with places to fill in,
// or an object:
//   "{product}"                     a value; nothing where a place has none
//   "{a} + {b}[[ to {c}]]"          what stands in [[ ]] is left out where a place has none
//   {"of": S, "table": {"x": "y", "*": S}}      by table; numbers are equal as numbers; "" where S
//                                   is nothing; "*" for the others, which passes on with "{.}" and
//                                   leaves out with null; without it the others have no word
//   {"of": S, "matches": [["^(.+) incl$", "$1"]]}   by the first pattern that matches
//   {"of": S, "replace": [[" and ", " && "]]}       every match of every pattern
//   {"moment_after": S}             a minute later
//   {"next": path, "same": path, "plus_days": S}    the next date among the rows of the same
//   {"latest": path, "until": S}    of the dates there
//   {"first": [S, S]}               the first one that is something
//   {"join": [S, S], "with": " && "}            those that are something
//   {"each": path, "text": S, "join": " || "}   one text for each element of a list
//   {"members": path, "text": S, "join": " && "}    ... or member of an object
//   {"count": path}                 of elements or members
//   {"absent": [path, path]}        how many of them are not there
//   {"position": "a/b", "in": path} place in a list, from 0 on; lists in it read "a/b"
//   {"rank": path, "order": "ascending|descending", "missing": "first|last"}
//                                   place of the number among those of the rows beside it
//   {"decimals": S}                 of a step: of 0.01 it is 2
//   {"where": {...}, "then": S, "else": S}
// A condition (`where`) names paths: null - not there; "*" - there; a text, or a list of texts;
// {"not": ...}; {"in": path} - one of the values there; {"like": pattern}. One thread.
#pragma once

#include "tests/peers/parts/scope.hpp"

#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tests::peers {

using Text = std::optional<std::string>;

// A value that a table has no word for: what a case says can't be expressed.
class NoWord : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A mapping that can't be read is a mistake in it: throws std::runtime_error.
Text evaluate(const rules::Json& source, const Scope& scope);
Text fill_in(std::string_view source, const Scope& scope);

// Several texts: a list of sources, each of which may be {"each": path, "text": S} without "join".
std::vector<std::string> evaluate_all(const rules::Json& sources, const Scope& scope);

bool holds(const rules::Json& condition, const Scope& scope);

// Equal as numbers where both are numbers, else as text.
bool same_value(std::string_view a, std::string_view b);

// The scopes of the elements (or members) at a path, within another.
std::vector<Scope> scopes_at(const Scope& scope, std::string_view path);
std::vector<Scope> member_scopes_at(const Scope& scope, std::string_view path);

}  // namespace tests::peers
