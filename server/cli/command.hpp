// The shape of a command: one source file a command, which exposes add_NAME(app, run). It adds its
// subcommand with help text, examples and options to `app`, and a callback that does the work,
// writes data to run.out and messages to run.err, and leaves run.exit as the exit code. Options of
// a command live in a struct that its callback owns. A Fault ends a command through fail(): one
// line on run.err, and the exit code that its kind deserves. Nothing here keeps global state, so
// tests run commands in this process (run_netto) with files of their own.
#pragma once

#include "engine/base/result.hpp"

#include <cstdint>
#include <cstdio>
#include <span>
#include <string>
#include <string_view>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace server::cli {

// What scripts can rely on.
enum class Exit : std::uint8_t {
  ok = 0,
  findings =
      1,  // done, and something needs a look: rows refused, errors found, lines without a price
  bad_input = 2,     // the command line, a file or a code given can't be used; nothing was changed
  world_failed = 3,  // the data folder, the disk or the network failed; nothing was changed
};

enum class Format : std::uint8_t { table, json, csv };

// One run of `netto`: the global options as given, where output goes, and what came of it.
struct Run {
  std::string data = "netto-data";  // --data FOLDER, else $NETTO_DATA
  Format format = Format::table;    // --format
  bool format_given = false;        // false: a command may have another default than the table
  std::FILE* out = stdout;
  std::FILE* err = stderr;
  Exit exit = Exit::ok;
};

// The whole command line without the program's name; returns the exit code. Catches what libraries
// throw.
Exit run_netto(std::span<const std::string> arguments, Run& run);

void add_audit(CLI::App& app, Run& run);
void add_backup(CLI::App& app, Run& run);
void add_draft(CLI::App& app, Run& run);
void add_feeds(CLI::App& app, Run& run);
void add_held(CLI::App& app, Run& run);
void add_image(CLI::App& app, Run& run);
void add_import(CLI::App& app, Run& run);
void add_refused(CLI::App& app, Run& run);
void add_check(CLI::App& app, Run& run);
void add_compact(CLI::App& app, Run& run);
void add_show(CLI::App& app, Run& run);
void add_quote(CLI::App& app, Run& run);
void add_explain(CLI::App& app, Run& run);
void add_pricelist(CLI::App& app, Run& run);
void add_serve(CLI::App& app, Run& run);
void add_version(CLI::App& app, Run& run);

// "netto: place: what is wrong (code)" on run.err, and run.exit set by the fault's code.
void fail(Run& run, const engine::base::Fault& fault);
// The same sentence without the program's name, for reports.
std::string describe(const engine::base::Fault& fault);
// world_failed for what the disk or network did, bad_input for everything else.
Exit exit_for(engine::base::FaultCode code);

// Writes all of `text` to run.out; a full disk or closed pipe becomes world_failed.
void write_out(Run& run, std::string_view text);

// Whether colour may be used on `stream`: it is a terminal, and NO_COLOR is unset or empty.
bool may_colour(std::FILE* stream);
bool is_terminal(std::FILE* stream);

}  // namespace server::cli
