#include "bench/load/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace bench::load {

namespace {

constexpr double width = 960;
constexpr double height = 560;
constexpr double left = 80;
constexpr double right = 30;
constexpr double top = 76;
constexpr double bottom = 64;
constexpr double legend_line = 20;
constexpr int points_per_nine = 40;

// Told apart by people who see colours differently (Okabe and Ito), and by dashes.
constexpr std::array colours{"#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#000000"};
constexpr std::array dashes{"", "9 4", "3 3", "12 3 3 3", "6 2", "1 3"};

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string duration_text(double ns) {
  if (ns < 1e3) return fmt::format("{:g} ns", ns);
  if (ns < 1e6) return fmt::format("{:g} µs", ns / 1e3);
  if (ns < 1e9) return fmt::format("{:g} ms", ns / 1e6);
  return fmt::format("{:g} s", ns / 1e9);
}

std::string quantile_text(int nines) {
  constexpr std::array texts{"0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"};
  return texts[static_cast<std::size_t>(nines)];
}

class Plot {
 public:
  explicit Plot(const std::vector<Curve>& curves) {
    std::int64_t lowest = LatencyHistogram::value_max;
    std::int64_t highest = 1;
    std::uint64_t most = 10;
    for (const auto& curve : curves) {
      if (curve.latency->count() == 0) continue;
      shown_.push_back(&curve);
      lowest = std::min(lowest, std::max<std::int64_t>(1, curve.latency->min()));
      highest = std::max(highest, curve.latency->max());
      most = std::max(most, curve.latency->count());
    }
    if (shown_.empty()) lowest = 1;
    nines_ = std::clamp(static_cast<int>(std::ceil(std::log10(static_cast<double>(most)))), 2, 6);
    low_ = static_cast<int>(std::floor(std::log10(static_cast<double>(lowest))));
    high_ =
        std::max(low_ + 1, static_cast<int>(std::ceil(std::log10(static_cast<double>(highest)))));
  }

  std::string draw(const std::string& title, const std::string& subtitle) {
    add(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" font-family="sans-serif" )"
        R"(font-size="13"><title>{}</title><rect width="100%" height="100%" fill="#fff"/>)",
        width, height, escaped(title));
    text(left, 28, "start", title, R"(font-size="18" font-weight="bold")");
    text(left, 50, "start", subtitle, R"(fill="#444")");
    draw_grid();
    for (std::size_t i = 0; i < shown_.size(); ++i) draw_curve(i);
    draw_legend();
    return out_ + "</svg>\n";
  }

 private:
  template <class... Arguments>
  void add(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }

  void text(double x, double y, const char* anchor, const std::string& what,
            const char* style = "") {
    add(R"(<text x="{:.1f}" y="{:.1f}" text-anchor="{}" {}>{}</text>)", x, y, anchor, style,
        escaped(what));
  }

  double x_of(double nines) const { return left + (width - left - right) * nines / nines_; }

  double y_of(double ns) const {
    const double share = (std::log10(std::max(ns, 1.0)) - low_) / (high_ - low_);
    return height - bottom - (height - top - bottom) * share;
  }

  void line(double x1, double y1, double x2, double y2, const char* colour) {
    add(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>)", x1, y1, x2, y2,
        colour);
  }

  void draw_grid() {
    for (int decade = low_; decade <= high_; ++decade) {
      const double from = std::pow(10.0, decade);
      for (int step = 1; step < 10 && (decade < high_ || step == 1); ++step) {
        const double y = y_of(from * step);
        line(left, y, width - right, y, step == 1 ? "#bbb" : "#eee");
        if (step == 1 || step == 3) text(left - 8, y + 4, "end", duration_text(from * step));
      }
    }
    for (int nines = 0; nines <= nines_; ++nines) {
      line(x_of(nines), top, x_of(nines), height - bottom, "#bbb");
      text(x_of(nines), height - bottom + 20, "middle", quantile_text(nines));
    }
    const double half = x_of(std::log10(2.0));
    line(half, top, half, height - bottom, "#ddd");
    text(half, height - bottom + 20, "middle", "50 %");
    text((left + width - right) / 2, height - 16, "middle",
         "share of requests answered within that time");
    add(R"svg(<text transform="translate(18 {}) rotate(-90)" text-anchor="middle">latency from the )svg"
        R"(intended send</text>)",
        (top + height - bottom) / 2);
  }

  // Up to the last request: beyond one in `count` there is nothing to tell.
  void draw_curve(std::size_t number) {
    const auto& latency = *shown_[number]->latency;
    const double last = std::min<double>(nines_, std::log10(static_cast<double>(latency.count())));
    std::string points;
    for (int i = 0;; ++i) {
      const double nines = std::min(last, static_cast<double>(i) / points_per_nine);
      const auto ns = latency.at_quantile(1.0 - std::pow(10.0, -nines));
      points += fmt::format("{:.1f},{:.1f} ", x_of(nines), y_of(static_cast<double>(ns)));
      if (nines >= last) break;
    }
    points += fmt::format("{:.1f},{:.1f}", x_of(last), y_of(static_cast<double>(latency.max())));
    add(R"(<polyline points="{}" fill="none" stroke="{}" stroke-width="2" )"
        R"(stroke-dasharray="{}"/>)",
        points, colours[number % colours.size()], dashes[number % dashes.size()]);
  }

  void draw_legend() {
    const double x = left + 14;
    for (std::size_t i = 0; i < shown_.size(); ++i) {
      const auto& latency = *shown_[i]->latency;
      const double y = top + 20 + legend_line * static_cast<double>(i);
      const auto label = fmt::format("{}: p50 {}, p99 {}, longest {}", shown_[i]->name,
                                     rounded(latency.at_quantile(0.5)),
                                     rounded(latency.at_quantile(0.99)), rounded(latency.max()));
      add(R"(<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{}" fill="#fff" )"
          R"(fill-opacity="0.8"/>)",
          x - 6, y - 14, 56 + 7.0 * static_cast<double>(label.size()), legend_line);
      add(R"(<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}" stroke-width="2" )"
          R"(stroke-dasharray="{}"/>)",
          x, y - 4, x + 36, y - 4, colours[i % colours.size()], dashes[i % dashes.size()]);
      text(x + 44, y, "start", label);
    }
  }

  // To three digits.
  static std::string rounded(std::int64_t ns) {
    const auto value = static_cast<double>(std::max<std::int64_t>(ns, 1));
    const double unit = std::pow(10.0, std::floor(std::log10(value)) - 2);
    return duration_text(std::round(value / unit) * unit);
  }

  std::vector<const Curve*> shown_;
  int nines_ = 2;
  int low_ = 0;  // powers of ten of a nanosecond
  int high_ = 1;
  std::string out_;
};

}  // namespace

std::string latency_plot(const std::string& title, const std::string& subtitle,
                         const std::vector<Curve>& curves) {
  return Plot{curves}.draw(title, subtitle);
}

}  // namespace bench::load
