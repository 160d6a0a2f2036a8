#include "server/cli/command.hpp"

#include "server/cli/suggest.hpp"

#include <CLI/CLI.hpp>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <map>
#include <sstream>
#include <vector>

namespace server::cli {

using engine::base::Fault;
using engine::base::FaultCode;

namespace {

constexpr const char* about =
    "Netto answers what a customer pays for a quantity of an article on a day, and when it can be "
    "delivered.\n"
    "It keeps what it knows in one data folder: bring data in with `import`, ask with `quote`.";

constexpr const char* command_closing =
    "Examples:\n"
    "  netto import rules/ prices/                   bring in files; makes the data folder\n"
    "  netto check                                   what to know before it costs money\n"
    "  netto quote --customer K1003 S-0420:500 M-10  what K1003 pays for 500 S-0420 and one M-10\n"
    "  netto show article S-0420                     everything known about an article\n"
    "  netto serve                                   answer over HTTP\n"
    "\n"
    "Exit codes: 0 done; 1 done, but something needs a look; 2 the command line, a file or a code\n"
    "can't be used; 3 the data folder, the disk or the network failed. With 2 and 3 nothing was\n"
    "changed.";

const std::map<std::string, Format> formats{
    {"table", Format::table}, {"json", Format::json}, {"csv", Format::csv}};

void add_globals(CLI::App& app, Run& run) {
  app.add_option("--data", run.data, "The data folder")
      ->envname("NETTO_DATA")
      ->type_name("FOLDER")
      ->capture_default_str();
  app.add_option_function<std::string>(
         "--format",
         [&run](const std::string& name) {
           run.format = formats.at(name);
           run.format_given = true;
         },
         "How the answer is written: table, json or csv")
      ->check(CLI::IsMember({"table", "json", "csv"}))
      ->type_name("FORMAT");
}

void add_commands(CLI::App& app, Run& run) {
  add_import(app, run);
  add_backup(app, run);
  add_image(app, run);
  add_compact(app, run);
  add_feeds(app, run);
  add_refused(app, run);
  add_held(app, run);
  add_draft(app, run);
  add_audit(app, run);
  add_check(app, run);
  add_show(app, run);
  add_quote(app, run);
  add_explain(app, run);
  add_pricelist(app, run);
  add_serve(app, run);
  add_version(app, run);
}

void tell_no_command(const CLI::App& app, Run& run) {
  std::string text = "a command is missing";
  const auto given = app.remaining();
  if (!given.empty()) {
    std::vector<std::string_view> names;
    const auto commands = app.get_subcommands([](const CLI::App*) { return true; });
    names.reserve(commands.size());
    for (const CLI::App* command : commands) names.emplace_back(command->get_name());
    text = "there is no command '" + given.front() + "'" +
           did_you_mean(near_matches(given.front(), names));
  }
  fmt::print(run.err, "netto: {}\n`netto --help` lists the commands.\n", text);
  run.exit = Exit::bad_input;
}

// Help and mistakes in the command line alike.
void tell(const CLI::App& app, const CLI::ParseError& parsed, Run& run) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = app.exit(parsed, out, err);
  write_out(run, out.str());
  fmt::print(run.err, "{}", err.str());
  if (code != 0) run.exit = Exit::bad_input;
}

}  // namespace

Exit run_netto(std::span<const std::string> arguments, Run& run) {
  try {
    CLI::App app{about, "netto"};
    app.footer(command_closing);
    app.fallthrough();             // global options may stand behind the command, too
    app.require_subcommand(0, 1);  // that there is one is said below, in better words
    add_globals(app, run);
    add_commands(app, run);
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
    try {
      app.parse(reversed);
      if (app.get_subcommands().empty()) tell_no_command(app, run);
    } catch (const CLI::ExtrasError& parsed) {
      app.get_subcommands().empty() ? tell_no_command(app, run) : tell(app, parsed, run);
    } catch (const CLI::ParseError& parsed) {
      tell(app, parsed, run);
    }
  } catch (const std::exception& thrown) {
    fmt::print(run.err, "netto: {}\n", thrown.what());
    run.exit = Exit::world_failed;
  }
  if (std::fflush(run.out) != 0 && run.exit != Exit::world_failed) {
    fmt::print(run.err, "netto: the output can't be written\n");
    run.exit = Exit::world_failed;
  }
  return run.exit;
}

std::string describe(const Fault& fault) {
  const std::string place = fault.where.empty() ? "" : fault.where + ": ";
  return fmt::format("{}{} ({})", place, fault.detail, engine::base::fault_name(fault.code));
}

Exit exit_for(FaultCode code) {
  switch (code) {
    case FaultCode::store_unavailable:
    case FaultCode::store_format:
    case FaultCode::store_corrupt:
      return Exit::world_failed;
    default:
      return Exit::bad_input;
  }
}

void fail(Run& run, const Fault& fault) {
  fmt::print(run.err, "netto: {}\n", describe(fault));
  run.exit = exit_for(fault.code);
}

void write_out(Run& run, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), run.out) == text.size()) return;
  fmt::print(run.err, "netto: the output can't be written\n");
  run.exit = Exit::world_failed;
}

bool is_terminal(std::FILE* stream) { return ::isatty(::fileno(stream)) == 1; }

bool may_colour(std::FILE* stream) {
  const char* wish =
      std::getenv("NO_COLOR");  // NOLINT(concurrency-mt-unsafe): nobody changes the environment
  return (wish == nullptr || *wish == '\0') && is_terminal(stream);
}

}  // namespace server::cli
