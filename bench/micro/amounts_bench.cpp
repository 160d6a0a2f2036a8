// The exact amount of a line - price x (1 - customer's discount) x (1 - group's discount), rounded
// to cents, times quantity, rounded to cents - in the integers that the engine computes in, beside
// Boost's numbers on the same inputs; each way of rounding in each width; decimals read and printed.
// Verified: amounts against exact rationals, roundings against the neighbour that their rule names.
#include "engine/base/decimal.hpp"
#include "engine/base/fixed.hpp"
#include "engine/base/wide.hpp"

#include "bench/micro/faults.hpp"
#include "bench/micro/round.hpp"
#include "bench/world/random.hpp"

#include <boost/multiprecision/cpp_dec_float.hpp>
#include <boost/multiprecision/cpp_int.hpp>

#include <array>

namespace bench::micro {

namespace {

namespace base = engine::base;
using base::Decimal;
using base::Int128;
using base::Int256;
using base::Rounding;
using boost::multiprecision::cpp_dec_float_50;
using boost::multiprecision::cpp_int;
using boost::multiprecision::cpp_rational;

constexpr std::size_t inputs_timed = 1'024;
constexpr std::int64_t whole_bp = 10'000;  // 100 % in basis points

struct LineInput {
  std::int64_t price;        // 1/10000
  std::int64_t customer_bp;  // basis points off
  std::int64_t group_bp;
  std::int64_t quantity;  // units
};

const std::vector<LineInput>& line_inputs() {
  static const auto made = [] {
    world::Random random{20'261'122};
    std::vector<LineInput> inputs;
    for (std::size_t i = 0; i < inputs_timed; ++i) {
      inputs.push_back({random.between(100, 50'000'000), random.between(0, 4'000),
                        random.between(0, 2'500), random.between(1, 200)});
    }
    return inputs;
  }();
  return made;
}

// Half up to whole cents, of an amount that is not negative.
cpp_int cents_of(const cpp_rational& amount) {
  const cpp_rational moved = amount * 100 + cpp_rational{1, 2};
  return numerator(moved) / denominator(moved);
}

std::int64_t by_rationals(const LineInput& line) {
  const cpp_rational price{line.price, 10'000};
  const cpp_rational left = cpp_rational{whole_bp - line.customer_bp, whole_bp} *
                            cpp_rational{whole_bp - line.group_bp, whole_bp};
  const cpp_rational unit{cents_of(price * left), 100};
  return static_cast<std::int64_t>(cents_of(unit * line.quantity));
}

// Twelve decimals before the unit price is rounded, eight after the line amount is extended: what
// the engine's kernel does with a quantity of six.
template <class Int>
std::int64_t by_integers(const LineInput& line) {
  const Int exact =
      Int(line.price) * Int(whole_bp - line.customer_bp) * Int(whole_bp - line.group_bp);
  const Int unit = base::round_quotient<Int>(exact, base::pow10<Int>(10), Rounding::half_up);
  const Int quantity = Int(base::Quantity::whole(line.quantity).mantissa());
  const Int amount =
      base::round_quotient<Int>(Int(unit * quantity), base::pow10<Int>(6), Rounding::half_up);
  return static_cast<std::int64_t>(amount);
}

std::int64_t by_cpp_int(const LineInput& line) {
  const cpp_int exact =
      cpp_int{line.price} * (whole_bp - line.customer_bp) * (whole_bp - line.group_bp);
  const cpp_int unit = (exact + base::pow10<std::int64_t>(10) / 2) / base::pow10<std::int64_t>(10);
  const cpp_int amount = unit * base::Quantity::whole(line.quantity).mantissa();
  return static_cast<std::int64_t>((amount + 500'000) / 1'000'000);
}

std::int64_t by_dec_float(const LineInput& line) {
  const cpp_dec_float_50 price = cpp_dec_float_50{line.price} / 10'000;
  const cpp_dec_float_50 left = (cpp_dec_float_50{whole_bp - line.customer_bp} / whole_bp) *
                                (cpp_dec_float_50{whole_bp - line.group_bp} / whole_bp);
  const cpp_dec_float_50 half{"0.5"};
  const cpp_dec_float_50 unit = floor(price * left * 100 + half) / 100;
  return static_cast<std::int64_t>(floor(unit * line.quantity * 100 + half));
}

using Compute = std::int64_t(const LineInput&);

template <Compute* compute>
void exact_amount(benchmark::State& state) {
  const auto& inputs = line_inputs();
  Expected expected;
  for (const LineInput& line : inputs)
    expected.push_back(static_cast<std::uint64_t>(by_rationals(line)));
  Round round{expected};
  for (auto _ : state) {
    for (const LineInput& line : inputs) {
      LineInput hidden = line;
      benchmark::DoNotOptimize(hidden);
      round.take(static_cast<std::uint64_t>(compute(hidden)));
    }
  }
  round.report(state, state.iterations() * static_cast<std::int64_t>(inputs.size()));
}

constexpr std::int64_t rounding_divisor = 1'000;

// Many of them ties.
const std::vector<std::int64_t>& rounding_inputs() {
  static const auto made = [] {
    world::Random random{4};
    std::vector<std::int64_t> inputs;
    for (std::size_t i = 0; i < inputs_timed; ++i) {
      const std::int64_t number = random.between(-2'000'000'000, 2'000'000'000);
      inputs.push_back(i % 4 == 0 ? number / 1'000 * 1'000 + (number < 0 ? -500 : 500) : number);
    }
    return inputs;
  }();
  return made;
}

// By the rule's own words: of the two neighbours the one that it names.
std::int64_t rounded_by_rule(std::int64_t number, Rounding mode) {
  const std::int64_t low = number / rounding_divisor;  // towards zero
  const std::int64_t high = low + (number < 0 ? -1 : 1);
  const std::int64_t rest = std::abs(number - low * rounding_divisor);
  if (rest == 0 || mode == Rounding::down) return low;
  if (mode == Rounding::up) return high;
  if (rest * 2 != rounding_divisor) return rest * 2 < rounding_divisor ? low : high;
  if (mode == Rounding::half_even) return low % 2 == 0 ? low : high;
  return mode == Rounding::half_up ? high : low;
}

template <class Int>
void rounding(benchmark::State& state, Rounding mode) {
  Expected expected;
  std::vector<Int> inputs;
  for (const std::int64_t number : rounding_inputs()) {
    expected.push_back(static_cast<std::uint64_t>(rounded_by_rule(number, mode)));
    inputs.emplace_back(number);
  }
  Int divisor = rounding_divisor;
  benchmark::DoNotOptimize(divisor);
  Round round{expected};
  for (auto _ : state) {
    for (const Int& number : inputs) {
      const Int rounded = base::round_quotient<Int>(number, divisor, mode);
      round.take(static_cast<std::uint64_t>(static_cast<std::int64_t>(rounded)));
    }
  }
  round.report(state, state.iterations() * static_cast<std::int64_t>(inputs.size()));
}

struct Text {
  std::string text;
  std::int64_t mantissa;  // at four decimals
};

const std::vector<Text>& texts() {
  static const auto made = [] {
    world::Random random{7};
    std::vector<Text> list;
    for (std::size_t i = 0; i < inputs_timed; ++i) {
      const std::int64_t mantissa = random.between(-50'000'000, 500'000'000);
      const std::int64_t size = std::abs(mantissa);
      std::string digits = std::to_string(size % 10'000);
      digits.insert(0, 4 - digits.size(), '0');
      list.push_back(
          {(mantissa < 0 ? "-" : "") + std::to_string(size / 10'000) + "." + digits, mantissa});
    }
    return list;
  }();
  return made;
}

std::uint64_t sum_of(std::string_view text) {
  std::uint64_t sum = text.size();
  for (const char c : text) sum = sum * 31 + static_cast<unsigned char>(c);
  return sum;
}

// `read(text)` gives the mantissa at four decimals.
template <class Read>
void decimals_read(benchmark::State& state, Read read) {
  Expected expected;
  for (const Text& text : texts()) expected.push_back(static_cast<std::uint64_t>(text.mantissa));
  Round round{expected};
  for (auto _ : state) {
    for (const Text& text : texts()) round.take(static_cast<std::uint64_t>(read(text.text)));
  }
  round.report(state, state.iterations() * static_cast<std::int64_t>(inputs_timed));
}

// `print(number, out)` writes the i-th number with its four decimals.
template <class Number, class Print>
void decimals_printed(benchmark::State& state, Number number_of, Print print) {
  Expected expected;
  std::vector<decltype(number_of(texts().front()))> numbers;
  for (const Text& text : texts()) {
    expected.push_back(sum_of(text.text));
    numbers.push_back(number_of(text));
  }
  Round round{expected};
  std::string out;
  for (auto _ : state) {
    for (const auto& number : numbers) {
      out.clear();
      print(number, out);
      round.take(sum_of(out));
    }
  }
  round.report(state, state.iterations() * static_cast<std::int64_t>(inputs_timed));
}

std::int64_t read_by_engine(const std::string& text) {
  return static_cast<std::int64_t>(*base::mantissa_at(taken(base::parse_decimal(text)), 4));
}

std::int64_t read_by_dec_float(const std::string& text) {
  return static_cast<std::int64_t>(cpp_dec_float_50{text} * 10'000);
}

template <class Int>
void add_roundings(const char* bits) {
  for (const Rounding mode : {Rounding::half_up, Rounding::half_even, Rounding::half_down,
                              Rounding::up, Rounding::down}) {
    const std::string name = "rounding/" + std::string{base::rounding_name(mode)} + "/" + bits;
    benchmark::RegisterBenchmark(name.c_str(), rounding<Int>, mode);
  }
}

void add_decimals() {
  benchmark::RegisterBenchmark("decimals/read/engine",
                               [](auto& state) { decimals_read(state, read_by_engine); });
  benchmark::RegisterBenchmark("decimals/read/cpp_dec_float_50",
                               [](auto& state) { decimals_read(state, read_by_dec_float); });
  benchmark::RegisterBenchmark("decimals/printed/engine", [](auto& state) {
    decimals_printed(
        state, [](const Text& text) { return text.mantissa; },
        [](std::int64_t mantissa, std::string& out) { base::append_decimal(out, mantissa, 4); });
  });
  benchmark::RegisterBenchmark("decimals/printed/cpp_dec_float_50", [](auto& state) {
    decimals_printed(
        state, [](const Text& text) { return cpp_dec_float_50{text.text}; },
        [](const cpp_dec_float_50& number, std::string& out) {
          out = number.str(4, std::ios_base::fixed);
        });
  });
}

const bool added = [] {
  benchmark::RegisterBenchmark("exact_amount/64_bits", exact_amount<by_integers<std::int64_t>>);
  benchmark::RegisterBenchmark("exact_amount/128_bits", exact_amount<by_integers<Int128>>);
  benchmark::RegisterBenchmark("exact_amount/256_bits", exact_amount<by_integers<Int256>>);
  benchmark::RegisterBenchmark("exact_amount/cpp_int", exact_amount<by_cpp_int>);
  benchmark::RegisterBenchmark("exact_amount/cpp_dec_float_50", exact_amount<by_dec_float>);
  benchmark::RegisterBenchmark("exact_amount/cpp_rational", exact_amount<by_rationals>);
  add_roundings<std::int64_t>("64_bits");
  add_roundings<Int128>("128_bits");
  add_roundings<Int256>("256_bits");
  add_decimals();
  return true;
}();

}  // namespace

}  // namespace bench::micro
