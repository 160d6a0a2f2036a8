#include "engine/snapshot/frame_codes.hpp"

#include "engine/model/facts_common.hpp"

namespace engine::snapshot {

std::vector<std::uint32_t> FrameCodes::ids(model::FieldId field,
                                           const std::vector<std::string>& codes) const {
  std::vector<std::uint32_t> found;
  for (const std::string& code : codes) {
    if (const auto id = id_of(frame_.schema.field(field).domain, code)) found.push_back(*id);
  }
  return found;
}

std::optional<std::uint32_t> FrameCodes::id_of(model::Domain domain, std::string_view code) const {
  switch (domain) {
    case model::Domain::article:
      return frame_.articles.codes->find(code);
    case model::Domain::article_group:
      return frame_.article_group_codes->find(code);
    case model::Domain::customer:
      return frame_.customers.codes->find(code);
    case model::Domain::customer_group:
      return frame_.customer_group_codes->find(code);
    case model::Domain::price_list:
      return frame_.document_codes.find(
          model::detail::document_key(model::DocumentKind::price_list, code));
    case model::Domain::currency:
      return frame_.currency_codes->find(code);
    case model::Domain::unit:
      return units_.find(code);
    case model::Domain::text:
      break;
  }
  return frame_.texts->find(code);
}

}  // namespace engine::snapshot
