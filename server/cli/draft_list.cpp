#include "server/cli/draft_list.hpp"

#include "server/cli/report.hpp"

#include <cstdint>
#include <string>

namespace server::cli {

namespace {

// What guards found in its parts: their names for people, the sentences for machines.
std::string findings_text(const store::Draft& draft, Format format) {
  std::string text;
  for (const store::DraftPart& part : draft.parts) {
    for (const store::HeldFinding& found : part.findings) {
      text += (text.empty() ? "" : " | ") + found.guard;
      if (format != Format::table) text += ": " + found.detail;
    }
  }
  return text;
}

}  // namespace

void write_drafts(std::span<const store::Draft> drafts, Run& run) {
  if (drafts.empty() && run.format == Format::table) return write_out(run, "there is no draft\n");
  Report report;
  Table& rows = report.table("drafts", "",
                             {{"name", "name"},
                              {"created_at", "created"},
                              {"created_by", "by"},
                              {"parts", "parts", Align::right},
                              {"last_part_at", "last part"},
                              {"note", "note"},
                              {"publish_at", "publish at"},
                              {"problem", "problem"},
                              {"findings", "guards found"}});
  for (const store::Draft& draft : drafts) {
    const std::uint64_t parts = draft.parts.size();
    rows.add({draft.name, draft.created_at, draft.created_by, parts,
              draft.parts.empty() ? std::string{} : draft.parts.back().received_at, draft.note,
              draft.publish_at, draft.problem, findings_text(draft, run.format)});
  }
  report.write(run);
}

}  // namespace server::cli
