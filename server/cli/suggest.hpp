// What a person may have meant by a code that is not known: codes that differ by little, in case or
// in a few characters, or that begin with it or contain it. Pure. Cost: some hundred nanoseconds a
// code.
#pragma once

#include "engine/model/dictionary.hpp"
#include "engine/model/growing_dictionary.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace server::cli {

inline constexpr std::size_t suggestions_max = 5;

// The nearest first, at most suggestions_max; none where nothing is near.
std::vector<std::string> near_matches(std::string_view wanted,
                                      const std::vector<std::string_view>& known);
std::vector<std::string> near_matches(std::string_view wanted,
                                      const engine::model::Dictionary& known);
std::vector<std::string> near_matches(std::string_view wanted,
                                      const engine::model::GrowingDictionary& known);

// "; did you mean 'S-0420' or 'S-0421'?", or nothing.
std::string did_you_mean(const std::vector<std::string>& matches);

}  // namespace server::cli
