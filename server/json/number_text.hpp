// JSON numbers as text: checked against RFC 8259, and written without their exponent, so that a
// decimal can be read digit by digit. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace server::json {

// Whether `token` is a JSON number: no leading zeros, no plus, digits on both sides of the point.
bool is_json_number(std::string_view token);

// "12.5e2" as "1250"; nothing where there is no exponent, or one beyond exponent_max. Requires a
// JSON number.
std::optional<std::string> without_exponent(std::string_view token);

inline constexpr int exponent_max = 40;  // past what any amount or quantity can hold

}  // namespace server::json
