#include "server/cli/sent_batches.hpp"

#include "server/cli/remote.hpp"
#include "server/cli/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

namespace server::cli {

using rules::Json;

namespace {

constexpr std::size_t rows_shown_max = 12;
constexpr std::size_t rows_alike_max = 3;  // of one batch, column and code: others show, too

std::string note_of(const SentBatch& batch) {
  switch (batch.state) {
    case Sent::in:
      return "";
    case Sent::repeated:
      return "was in already";
    case Sent::held:
      return fmt::format("held as {}", batch.held);
    case Sent::not_in:
      return "not in; nothing was changed";
    case Sent::unknown:
      return "no answer";
    case Sent::not_sent:
      break;
  }
  return "not sent";
}

const char* result_of(const std::vector<SentBatch>& batches) {
  const auto all = [&](auto... states) {
    return std::ranges::all_of(
        batches, [&](const SentBatch& batch) { return ((batch.state == states) || ...); });
  };
  if (all(Sent::repeated)) return "was in already; nothing was changed";
  if (all(Sent::in, Sent::repeated)) return "imported";
  if (all(Sent::held))
    return "held until somebody releases it (netto release); nothing was changed";
  if (all(Sent::in, Sent::repeated, Sent::held)) return "imported, but for what is held";
  if (all(Sent::not_in, Sent::not_sent, Sent::repeated)) return "not imported; nothing was changed";
  if (all(Sent::unknown, Sent::not_sent, Sent::not_in)) return "not known: no answer came";
  return "imported in part";
}

void add_sums(Report& report, const std::vector<SentBatch>& batches) {
  std::uint64_t removed = 0;
  std::uint64_t vanished = 0;
  std::uint64_t not_there = 0;
  for (const SentBatch& batch : batches) {
    removed += batch.removed;
    vanished += batch.vanished;
    not_there += batch.not_there;
  }
  const auto count = [](std::uint64_t records) {
    return records == 0 ? Value{""} : Value{records};
  };
  report.fact("removed", "removed", count(removed));
  report.fact("vanished", "vanished", count(vanished));
  report.fact("not_there", "not there", count(not_there));
}

void add_batches(Report& report, const std::vector<SentBatch>& batches) {
  Table& rows = report.table("batches", "",
                             {{"file", "file"},
                              {"feed", "feed"},
                              {"sequence", "batch", Align::right},
                              {"read", "read", Align::right},
                              {"accepted", "accepted", Align::right},
                              {"set_aside", "set aside", Align::right},
                              {"refused", "refused", Align::right},
                              {"note", ""}});
  for (const SentBatch& batch : batches) {
    rows.add({name_of(batch), batch.feed, batch.sequence == 0 ? Value{""} : Value{batch.sequence},
              batch.rows.read, batch.rows.accepted, batch.rows.set_aside, batch.rows.refused,
              note_of(batch)});
  }
}

void add_findings(Report& report, const std::vector<SentBatch>& batches) {
  Table& rows = report.table("findings", "Found by guards",
                             {{"feed", "feed"},
                              {"guard", "guard"},
                              {"then", "then"},
                              {"records", "records", Align::right},
                              {"detail", "detail"}});
  for (const SentBatch& batch : batches) {
    for (const SentFinding& found : batch.findings)
      rows.add({found.feed, found.guard, found.then, found.records, found.detail});
  }
}

void add_refused(Report& report, const std::vector<SentBatch>& batches, const std::string& url) {
  Table& rows = report.table("refused", "Refused",
                             {{"place", "place"},
                              {"column", "column"},
                              {"value", "value"},
                              {"code", "code"},
                              {"reason", "reason"}});
  std::size_t shown = 0;
  std::uint64_t all = 0;
  std::uint64_t kept_by = 0;  // the last batch that has some and is in
  for (const SentBatch& batch : batches) {
    all += batch.rows.refused;
    if (batch.rows.refused > 0 && batch.sequence > 0) kept_by = batch.sequence;
    std::map<std::pair<std::string, std::string>, std::size_t> alike;
    for (const SentRefusal& row : batch.refused) {
      if (shown == rows_shown_max) break;
      if (++alike[{row.column, row.code}] > rows_alike_max) continue;
      ++shown;
      rows.add({fmt::format("{}:{}", batch.file, row.line), row.column,
                row.value.empty() ? "" : "'" + row.value + "'", row.code, row.reason});
    }
  }
  if (kept_by > 0) {
    const auto more = all > shown ? fmt::format("and {} more; ", grouped(all - shown)) : "";
    rows.note(fmt::format("{}all rows, to mend and send again: netto refused {} --as-sent --url {}",
                          more, kept_by, url));
  } else if (all > shown) {
    rows.note(fmt::format("and {} more", grouped(all - shown)));
  }
}

}  // namespace

void take_answer(const Json& answer, SentBatch& batch) {
  batch.sequence = number_in(answer, "sequence");
  batch.held = number_in(answer, "held");
  batch.removed = number_in(answer, "removed");
  batch.not_there = number_in(answer, "not_there");
  batch.vanished = number_in(answer, "vanished");
  if (const Json* rows = answer.find("rows")) {
    batch.rows = {number_in(*rows, "read"), number_in(*rows, "accepted"),
                  number_in(*rows, "set_aside"), number_in(*rows, "refused")};
  }
  if (const Json* refused = answer.find("refused")) {
    for (const Json& row : refused->items()) {
      batch.refused.push_back({number_in(row, "line"), text_in(row, "column"),
                               text_in(row, "value"), text_in(row, "code"),
                               text_in(row, "reason")});
    }
  }
  if (const Json* findings = answer.find("findings")) {
    for (const Json& found : findings->items()) {
      batch.findings.push_back({text_in(found, "feed"), text_in(found, "guard"),
                                text_in(found, "then"), text_in(found, "detail"),
                                number_in(found, "records")});
    }
  }
}

std::string name_of(const SentBatch& batch) {
  return batch.part.empty() ? batch.file : fmt::format("{} ({})", batch.file, batch.part);
}

bool needs_a_look(const SentBatch& batch) {
  return batch.state == Sent::held || batch.rows.refused > 0 || !batch.findings.empty();
}

void SentReport::write(Run& run) const {
  Report report;
  report.fact("result", "result", result_of(batches));
  report.fact("url", "node", url);
  std::string passed;
  for (const std::string& file : passed_over) passed += (passed.empty() ? "" : ", ") + file;
  report.fact("passed_over", "passed over", passed);
  add_sums(report, batches);
  report.fact("time", "time", time);
  report.csv_is("batches");
  add_findings(report, batches);
  add_batches(report, batches);
  add_refused(report, batches, url);
  report.write(run);
}

}  // namespace server::cli
