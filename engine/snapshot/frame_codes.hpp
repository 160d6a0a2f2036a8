// FrameCodes: codes that rules and records write, as the numbers they have in a frame. Refers to the
// frame and to the snapshot's units. Any thread.
#pragma once

#include "engine/snapshot/bind.hpp"
#include "engine/snapshot/frame.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine::snapshot {

class FrameCodes final : public CodeResolver {
 public:
  FrameCodes(const Frame& frame, const model::Dictionary& units) : frame_{frame}, units_{units} {}

  std::vector<std::uint32_t> ids(model::FieldId field,
                                 const std::vector<std::string>& codes) const override;

 private:
  std::optional<std::uint32_t> id_of(model::Domain domain, std::string_view code) const;

  const Frame& frame_;
  const model::Dictionary& units_;
};

}  // namespace engine::snapshot
