#include "tests/peers/parts/mutation.hpp"

#include "tests/peers/parts/renaming.hpp"
#include "tests/peers/parts/rules_of_case.hpp"
#include "tests/peers/parts/scaling.hpp"
#include "tests/peers/parts/shifting.hpp"

#include <map>

namespace tests::peers {

using rules::Json;
using rules::JsonMember;

namespace {

using Texts = std::map<std::string, std::string>;

// The tree as text, with other values at some pointers, other texts for some ids, and other names
// for members of what is expected.
class Writer {
 public:
  Writer(const Texts& at_pointer, const Texts& names) : at_pointer_{at_pointer}, names_{names} {}

  std::string text(const Json& value, bool expected = false) const {
    const auto replaced = at_pointer_.find(value.pointer());
    if (replaced != at_pointer_.end()) {
      return value.is(Json::Kind::number) ? replaced->second : json_string(replaced->second);
    }
    if (value.is(Json::Kind::string)) return json_string(name_of(value.text()));
    if (!value.is(Json::Kind::array) && !value.is(Json::Kind::object)) return json_text(value);
    std::string made;
    for (const Json& item : value.items()) made += (made.empty() ? "" : ",") + text(item, expected);
    for (const JsonMember& member : value.members()) {
      const std::string& name = expected ? name_of(member.name) : member.name;
      made += (made.empty() ? "" : ",") + json_string(name) + ":" +
              text(member.value, expected || member.value.pointer() == "/expect");
    }
    return value.is(Json::Kind::array) ? "[" + made + "]" : "{" + made + "}";
  }

 private:
  const std::string& name_of(const std::string& text) const {
    const auto known = names_.find(text);
    return known == names_.end() ? text : known->second;
  }

  const Texts& at_pointer_;
  const Texts& names_;
};

}  // namespace

Mutation mutate(const Json& root, const System& system, const std::vector<AskedQuestion>& questions,
                std::mt19937_64& random) {
  Mutation made;
  const Texts names = other_names(root, system, random);
  Texts values = other_dates(root, questions, random);
  made.renamed = names.size();
  made.shifted = !values.empty();
  const Texts amounts = other_amounts(root, system, random);
  made.scaled = !amounts.empty();
  values.insert(amounts.begin(), amounts.end());
  made.text = Writer{values, names}.text(root);
  return made;
}

}  // namespace tests::peers
