// DocumentReader: what the readers of rules documents share - taking members out of a JSON object,
// with a Fault (file, JSON pointer, reason) for every one that is missing, unknown or of the wrong
// kind. Faults are collected, so that a person sees all of them at once; a value that could not be
// read comes back as its default.
#pragma once

#include "engine/base/decimal.hpp"
#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rules {

class DocumentReader {
 public:
  DocumentReader(std::string file, std::vector<engine::base::Fault>& faults)
      : file_{std::move(file)}, faults_{faults} {}

  void fault(const Json& at, engine::base::FaultCode code, std::string why);
  // Passes a Fault on, with this document's place before its own.
  void fault(const Json& at, const engine::base::Fault& from);

  // False, with a fault, when `object` is no object; every member not in `known` is a fault of its
  // own. "comment" is known everywhere and never read, "$schema" in the document itself.
  bool members(const Json& object, std::initializer_list<std::string_view> known);

  std::string text(const Json& object, std::string_view name, std::string_view otherwise = {});
  std::string required_text(const Json& object, std::string_view name);
  bool flag(const Json& object, std::string_view name, bool otherwise);
  std::optional<engine::base::Decimal> decimal(const Json& object, std::string_view name);
  std::optional<int> whole(const Json& object, std::string_view name, int least, int most);
  // The value itself, which must be a number, or a text that is one.
  std::optional<engine::base::Decimal> decimal_of(const Json& value);
  // The value itself, which must be a text that is not empty.
  std::optional<std::string> text_of(const Json& value);
  // A text, or an array of texts.
  std::vector<std::string> texts(const Json& value);
  std::span<const Json> items(const Json& object, std::string_view name, bool required);
  std::span<const JsonMember> entries(const Json& object, std::string_view name);

  // "file#/steps/3/name"
  std::string place(const Json& at) const { return file_ + "#" + at.pointer(); }

  const std::string& file() const { return file_; }

 private:
  const Json* typed(const Json& object, std::string_view name, Json::Kind kind);

  std::string file_;
  std::vector<engine::base::Fault>& faults_;
};

}  // namespace rules
