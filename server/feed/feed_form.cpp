#include "server/feed/feed_form.hpp"

#include <algorithm>
#include <utility>

namespace server::feed {

bool FeedForm::reads(std::string_view file_name) const {
  return std::ranges::any_of(
      files, [&](const std::string& pattern) { return fits_pattern(file_name, pattern); });
}

FeedForms feed_forms(std::span<const FeedDescription> descriptions) {
  std::vector<FeedForm> forms;
  for (const FeedDescription& of : descriptions) {
    if (of.is_canonical()) continue;
    forms.push_back({of.name, of.files, of.format.layout, of.format.csv, of.format.header});
  }
  return std::make_shared<const std::vector<FeedForm>>(std::move(forms));
}

}  // namespace server::feed
