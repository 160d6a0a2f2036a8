#include "bench/bars/report.hpp"

#include <fmt/core.h>
#include <simdjson.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace bench::bars {

namespace {

using Element = simdjson::dom::element;

std::string text_or_empty(Element object, const char* key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

Bar bar_of(Element object) {
  Bar bar;
  bar.bar = std::string_view{object["bar"]};
  bar.text = std::string_view{object["text"]};
  bar.figure = std::string_view{object["figure"]};
  bar.peer = text_or_empty(object, "peer");
  bar.missing = text_or_empty(object, "missing");
  const Element against = object["against"];
  if (against.is_string()) {
    bar.against = std::string_view{against};
  } else {
    bar.number = double{against};
  }
  if (double least = 0; object["at_least"].get(least) == simdjson::SUCCESS) {
    bar.factor = least;
  } else {
    bar.direction = Direction::at_most;
    bar.factor = double{object["at_most"]};
  }
  return bar;
}

Comparison comparison_of(Element object) {
  Comparison comparison;
  comparison.text = std::string_view{object["text"]};
  comparison.figure = std::string_view{object["figure"]};
  for (const Element peer : simdjson::dom::array{object["peers"]}) {
    comparison.peers.emplace_back(std::string{std::string_view{peer["name"]}},
                                  std::string{std::string_view{peer["figure"]}});
  }
  return comparison;
}

std::string thousands(double value) {
  std::string digits = fmt::format("{:.0f}", value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
    digits.insert(static_cast<std::size_t>(at), 1, ',');
  return digits;
}

std::string ratio_text(double ratio) {
  if (ratio == 0) return "-";
  return ratio >= 100 ? fmt::format("{} x", thousands(ratio)) : fmt::format("{:.3g} x", ratio);
}

std::string readable_or_dash(const Figure* figure) {
  return figure == nullptr ? "-" : readable(*figure);
}

std::string first_word(std::string_view name) {
  return std::string{name.substr(0, name.find('.'))};
}

std::string wanted(const Bar& bar) {
  return fmt::format("{} {:g} x", bar.direction == Direction::at_least ? ">=" : "<=", bar.factor);
}

std::string held_against(const Bar& bar, const Figures& figures, const Figure* figure) {
  if (!bar.against.empty()) return readable_or_dash(figures.find(bar.against));
  return readable({bar.number, figure == nullptr ? "" : figure->unit});
}

using Row = std::vector<std::string>;

// The first column is text and flush left, the last the verdict; figures between them flush right.
std::string laid_out(const std::vector<Row>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string out;
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i + 1 == row.size()) {
        out += row[i];
      } else if (i < 2) {
        out += fmt::format("{:<{}}  ", row[i], widths[i]);
      } else {
        out += fmt::format("{:>{}}  ", row[i], widths[i]);
      }
    }
    out += '\n';
  }
  return out;
}

std::string bars_table(const BarsFile& file, const Figures& figures) {
  std::vector<Row> rows{{"bar", "what", "figure", "held against", "ratio", "wanted", "verdict"}};
  std::size_t met = 0;
  for (const Bar& bar : file.bars) {
    const Verdict verdict = judge(bar, figures);
    const Figure* figure = figures.find(bar.figure);
    met += verdict.met ? 1 : 0;
    rows.push_back({bar.bar, bar.text, readable_or_dash(figure),
                    fmt::format("{} {}", bar.peer, held_against(bar, figures, figure)),
                    ratio_text(verdict.ratio), wanted(bar), verdict.why});
  }
  return laid_out(rows) + fmt::format("{} of {} met\n", met, file.bars.size());
}

bool measured(const Comparison& comparison, const Figures& figures) {
  return std::ranges::any_of(comparison.peers, [&](const auto& peer) {
    return figures.find(peer.second) != nullptr ||
           figures.skipped.contains(first_word(peer.second));
  });
}

std::string peers_table(const BarsFile& file, const Figures& figures) {
  std::vector<Row> rows{{"work", "who", "figure", "Netto", "Netto is faster by"}};
  for (const Comparison& comparison : file.comparisons) {
    const Figure* netto = figures.find(comparison.figure);
    if (!measured(comparison, figures)) continue;
    for (const auto& [name, figure_name] : comparison.peers) {
      const Figure* peer = figures.find(figure_name);
      const bool both = peer != nullptr && netto != nullptr && peer->value > 0;
      const bool skipped = peer == nullptr && figures.skipped.contains(first_word(figure_name));
      rows.push_back({comparison.text, name, skipped ? "skipped" : readable_or_dash(peer),
                      readable_or_dash(netto),
                      both ? ratio_text(netto->value / peer->value) : "-"});
    }
  }
  return rows.size() == 1 ? std::string{} : "\nThe same work by others\n\n" + laid_out(rows);
}

}  // namespace

std::string readable(const Figure& figure) {
  const bool rate = figure.unit.starts_with("1/");
  const std::string number = std::abs(figure.value) >= 1000 ? thousands(figure.value)
                                                            : fmt::format("{:.3g}", figure.value);
  if (figure.unit.empty() || figure.unit == "1") return number;
  return number + (rate ? "/" + figure.unit.substr(2) : " " + figure.unit);
}

BarsFile read_bars(const std::filesystem::path& path) {
  simdjson::dom::parser parser;
  BarsFile file;
  std::string doing = "the document";
  try {
    const Element document = parser.load(path.string());
    for (const Element bar : simdjson::dom::array{document["bars"]}) {
      doing = fmt::format("bar {}", file.bars.size() + 1);
      file.bars.push_back(bar_of(bar));
    }
    for (const Element comparison : simdjson::dom::array{document["comparisons"]}) {
      doing = fmt::format("comparison {}", file.comparisons.size() + 1);
      file.comparisons.push_back(comparison_of(comparison));
    }
  } catch (const simdjson::simdjson_error& error) {
    throw std::runtime_error{fmt::format("{}, {}: {}", path.string(), doing, error.what())};
  }
  return file;
}

Verdict judge(const Bar& bar, const Figures& figures) {
  const Figure* figure = figures.find(bar.figure);
  if (figure == nullptr) {
    const bool known = !bar.missing.empty();
    return {false, 0,
            known ? "not met (not measured; " + bar.missing + ")" : "not met (not measured)"};
  }
  double against = bar.number;
  if (!bar.against.empty()) {
    const Figure* other = figures.find(bar.against);
    if (other == nullptr) return {false, 0, "not met (peer skipped)"};
    against = other->value;
  }
  if (against <= 0) return {false, 0, "not met (nothing to divide by)"};
  const double ratio = figure->value / against;
  const bool met = bar.direction == Direction::at_least ? ratio >= bar.factor : ratio <= bar.factor;
  return {met, ratio, met ? "met" : "not met"};
}

std::string report(const BarsFile& file, const Figures& figures) {
  std::string out;
  for (const auto& [what, text] : figures.run) out += fmt::format("{:<10} {}\n", what, text);
  out += '\n' + bars_table(file, figures) + peers_table(file, figures);
  for (const auto& [whom, reason] : figures.skipped)
    out += fmt::format("\nskipped: {}: {}", whom, reason);
  return figures.skipped.empty() ? out : out + '\n';
}

}  // namespace bench::bars
