#include "tests/peers/parts/renaming.hpp"

#include "tests/peers/parts/scope.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <vector>

namespace tests::peers {

using rules::Json;
using rules::JsonMember;

namespace {

bool is_word_letter(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
}

// The words of a text, and all of it.
void add_words(const std::string& text, std::set<std::string>& words) {
  words.insert(text);
  std::string word;
  for (const char c : text + " ") {
    if (is_word_letter(c)) {
      word += c;
    } else if (!word.empty()) {
      words.insert(word);
      word.clear();
    }
  }
}

// Texts and member names of a mapping or procedure, word by word.
void add_all_words(const Json& value, std::set<std::string>& words) {
  if (value.is(Json::Kind::string)) add_words(value.text(), words);
  for (const Json& item : value.items()) add_all_words(item, words);
  for (const JsonMember& member : value.members()) {
    add_words(member.name, words);
    add_all_words(member.value, words);
  }
}

// What of a case may not be renamed.
class Fixed {
 public:
  Fixed(const Json& root, const System& system) {
    for (const Json* of : {&system.mapping, &system.common, &system.procedure})
      add_all_words(*of, words_);
    for (const char* part : {"world", "ask"}) {
      if (const Json* value = root.find(part)) look_at(*value, false);
    }
    if (const Json* expect = root.find("expect")) {
      for (const JsonMember& member : expect->members()) {
        words_.insert(member.name);
        look_at(member.value, true);
      }
    }
  }

  bool has(const std::string& id) const {
    const bool is_number = std::ranges::all_of(id, [](char c) {
      return std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '-';
    });
    if (is_number || words_.contains(id)) return true;
    return std::ranges::any_of(texts_, [&id](const std::string& text) {
      return text != id && text.find(id) != std::string::npos && holds_as_word(text, id);
    });
  }

 private:
  static bool holds_as_word(const std::string& text, const std::string& id) {
    std::set<std::string> words;
    add_words(text, words);
    words.erase(text);
    return words.contains(id) || !std::ranges::all_of(id, is_word_letter);
  }

  void look_at(const Json& value, bool expected) {
    if (value.is(Json::Kind::string)) texts_.insert(value.text());
    for (const Json& item : value.items()) look_at(item, expected);
    for (const JsonMember& member : value.members()) {
      // Currencies and units are codes outside of the case, too.
      const bool is_code = member.name.find("currency") != std::string::npos ||
                           member.name.find("uom") != std::string::npos;
      if (is_code) add_all_words(member.value, words_);
      if (!expected) words_.insert(member.name);
      look_at(member.value, expected);
    }
  }

  std::set<std::string> words_;
  std::set<std::string> texts_;
};

// The ids that the rows of a part of the world give; empty where one of them is no text.
std::vector<std::string> ids_of(const Json& part) {
  std::vector<std::string> ids;
  for (const Json& row : part.items()) {
    const Json* id = row.find("id");
    if (id == nullptr) continue;
    if (!id->is(Json::Kind::string) || id->text().empty()) return {};
    ids.push_back(id->text());
  }
  return ids;
}

}  // namespace

std::map<std::string, std::string> other_names(const Json& root, const System& system,
                                               std::mt19937_64& random) {
  std::map<std::string, std::string> names;
  const Json* world = root.find("world");
  if (world == nullptr) return names;
  const Fixed fixed{root, system};
  std::string beginning;
  for (int i = 0; i < 4; ++i) beginning += static_cast<char>('a' + random() % 26);
  for (const JsonMember& part : world->members()) {
    const auto ids = ids_of(part.value);
    const bool free =
        std::ranges::none_of(ids, [&fixed](const std::string& id) { return fixed.has(id); });
    if (!free) continue;
    for (const std::string& id : ids) names[id] = beginning + "_" + id;
  }
  return names;
}

}  // namespace tests::peers
