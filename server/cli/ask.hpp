// What `quote` and `explain` have in common: a question from the command line or a file, put to the
// data folder or to a running node, and the answer as JSON. Both ways go through the same handlers,
// so both say the same.
#pragma once

#include "engine/base/result.hpp"
#include "rules/json_tree.hpp"
#include "server/cli/command.hpp"

#include <optional>
#include <string>
#include <vector>

namespace server::cli {

struct AskOptions {
  std::string customer;
  std::string currency;
  std::string date;
  std::string language;
  std::string sales_organisation;
  std::string site;
  std::string channel;
  std::string document_kind;
  std::string agreement;            // of every line
  std::vector<std::string> fields;  // NAME=VALUE
  std::vector<std::string> lines;   // ARTICLE[:QUANTITY[:UNIT]]
  std::string json_file;  // a whole question instead of all of the above; "-" is standard input
  std::string url;        // of a running node; empty: the data folder is asked
  std::string draft;      // asked instead of what is live
  bool ladder = false;    // from which quantity on a line costs what is asked, too
};

enum class Waterfall : std::uint8_t { without, with };

// The options that say who asks, when and where; `pricelist` has them, too.
void add_header_options(CLI::App& command, AskOptions& options);
// --draft, of every command that can ask one.
void add_draft_option(CLI::App& command, std::string& draft);
void add_ask_options(CLI::App& command, AskOptions& options);

// A line as it is written on the command line. The quantity is what follows a colon and looks like
// a number, so that codes may have colons of their own.
struct LineArgument {
  std::string article;
  std::string quantity;  // empty: not said
  std::string unit;
};

LineArgument parse_line(const std::string& argument);

// Faults: bad_request, file_missing, bad_json.
engine::base::Result<std::string> question_text(const AskOptions& options, Waterfall waterfall);

struct AskedAnswer {
  std::string text;
  rules::Json json;
};

// Nothing where the question failed; that has been told then, and run.exit set.
std::optional<AskedAnswer> ask(const AskOptions& options, Waterfall waterfall, Run& run);

}  // namespace server::cli
