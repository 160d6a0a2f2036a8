// DescriptionJson: the tree of a feed description while it is read. Keeps the first fault it meets, so
// that the single steps need not ask each other: what is read after it has no meaning. One thread.
// Only for *_reader.cpp.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace server::feed {

template <class T>
struct Choice {
  std::string_view name;
  T value;
};

class DescriptionJson {
 public:
  using Json = rules::Json;

  const std::optional<engine::base::Fault>& fault() const { return fault_; }

  void refuse(const Json& node, std::string reason);
  void expect(const Json& node, Json::Kind kind);

  // False, with a fault, unless `node` is an object with no other members than these.
  bool members(const Json& node, std::initializer_list<std::string_view> known);

  const Json& required(const Json& node, std::string_view member);

  std::string text(const Json& node);
  std::string name(const Json& node);
  bool boolean(const Json& node);

  // One text or a list of texts; at least one.
  std::vector<std::string> texts(const Json& node);

  char character(const Json& node);

  template <class T>
  T choice(const Json& node, std::span<const Choice<T>> choices) {
    std::string names;
    for (const auto& [choice_name, value] : choices) {
      if (node.is(Json::Kind::string) && node.text() == choice_name) return value;
      names.append(names.empty() ? "" : ", ").append(choice_name);
    }
    refuse(node, "one of these is expected: " + names);
    return choices.front().value;
  }

 private:
  std::optional<engine::base::Fault> fault_;
};

}  // namespace server::feed
