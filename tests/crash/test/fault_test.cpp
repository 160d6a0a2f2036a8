// A failing world: no room on the disk, a folder that may not be written to, damaged files, a second
// writer. Each is told clearly, and what was acknowledged stays. Where the test may mount a small
// disk in a name space of its own (as root, or where users may have those), it does; else it says
// that it is skipped.
#include "tests/catch.hpp"
#include "tests/crash/parts/node.hpp"
#include "tests/crash/parts/sender.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using namespace tests::crash;

constexpr std::size_t page_bytes = 16'384;  // of a journal
const Range prices{0, Kind::prices, articles_per_group};

std::string content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// A shop in a data folder, and how the binary is run.
struct Place {
  tests::TemporaryFolder folder;
  std::string binary;
  std::string data = folder.path() + "/data";

  Place() {
    const char* const named = std::getenv("NETTO");
    if (named == nullptr) {
      WARN("skipped: NETTO does not name the binary");
      return;
    }
    binary = named;
    write_shop(folder.path() + "/files", {prices});
    Node{binary, data}.import(folder.path() + "/files");
  }

  // What `netto` with these arguments says on both streams; its exit code.
  std::pair<int, std::string> run(const std::string& arguments, const std::string& of = {}) const {
    const auto said = folder.path() + "/said";
    const auto command = "'" + binary + "' --data '" + (of.empty() ? data : of) + "' " + arguments +
                         " >'" + said + "' 2>&1";
    const int status = std::system(command.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, content_of(said)};
  }
};

// A command that runs another in a name space of its own, after `script` has mounted what it wants
// there; empty where the system doesn't let us.
std::vector<std::string> in_own_world(const std::string& script) {
  const std::string kind = ::geteuid() == 0 ? "-m" : "-rm";
  const auto allowed = "unshare " + kind + " mount -t tmpfs none /mnt >/dev/null 2>&1";
  if (std::system(allowed.c_str()) != 0) {
    WARN("skipped: no name spaces of our own here");
    return {};
  }
  return {"/usr/bin/env", "unshare", kind, "sh", "-c", script + " && exec \"$@\"", "sh"};
}

std::optional<Answer> post(Caller& caller, std::uint64_t number, const Range& range = prices) {
  return caller.post("/v1/feeds/" + feed_of(range) + "/batches", "text/csv",
                     batch_text(range, 0, number));
}

std::uint64_t number_of_group(Caller& caller, std::size_t group = 0) {
  const auto answer =
      caller.post("/v1/quote", "application/json", question_about(prices, group, 0));
  REQUIRE(answer);
  return number_of(prices, answer->body);
}

bool says(const std::string& text, const std::string& part) {
  UNSCOPED_INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("fault: a full disk refuses batches and loses none; with room again they go in",
          "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  const auto small = place.folder.path() + "/small";
  fs::create_directory(small);
  const auto before = in_own_world("mount -t tmpfs -o size=3m none '" + small + "' && cp '" +
                                   place.data + "/netto.db' '" + small +
                                   "' && head -c 400000 /dev/zero >'" + small + "/filler'");
  if (before.empty()) return;
  Node node{place.binary, small, before};
  node.start();
  Caller caller{node.port()};
  std::uint64_t number = 1;
  std::optional<Answer> answer;
  for (int i = 0; i < 5'000; ++i) {
    answer = post(caller, number + 1);
    REQUIRE(answer);
    if (answer->status != 200) break;
    ++number;
  }
  CHECK(number > 1);
  CHECK(answer->status == 503);
  CHECK(says(answer->body, "the disk is full"));
  CHECK(says(answer->body, "store_unavailable"));
  // It goes on answering, as of the last batch that went in; and asked again says the same.
  CHECK(number_of_group(caller) == number);
  CHECK(post(caller, number + 1)->status == 503);
  CHECK(number_of_group(caller) == number);
  // Killed and started again on the full disk it is what it was.
  const auto inside = "/proc/" + std::to_string(node.process().process()) + "/root" + small;
  REQUIRE(fs::remove(inside + "/filler"));
  answer = post(caller, number + 1);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(number_of_group(caller) == number + 1);
  CHECK(node.stop() == 0);
}

TEST_CASE("fault: an import into a full disk changes nothing and says so", "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  // A limit on files' size is a full disk for whoever may not mount one.
  const auto file = place.folder.path() + "/conditions.csv";
  std::ofstream{file} << batch_text({0, Kind::tiers, 1'000}, 0, 7);
  const auto before = content_of(place.data + "/netto.db");
  const auto said = place.folder.path() + "/said";
  const auto kilobytes = std::to_string(before.size() / 1'024 + 200);
  const auto command = "ulimit -f " + kilobytes + "; trap '' XFSZ; '" + place.binary +
                       "' --data '" + place.data + "' import --refused-percent 100 '" + file +
                       "' >'" + said + "' 2>&1";
  const int status = std::system(("bash -c \"" + command + "\"").c_str());
  CHECK(WEXITSTATUS(status) != 0);
  CHECK_FALSE(content_of(said).empty());
  CHECK(content_of(place.data + "/netto.db") == before);
}

TEST_CASE("fault: a folder that may not be written to is served, and batches are told why not",
          "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  const auto before = in_own_world("mount --bind '" + place.data + "' '" + place.data +
                                   "' && mount -o remount,bind,ro '" + place.data + "'");
  if (before.empty()) return;
  Node node{place.binary, place.data, before};
  node.start();
  Caller caller{node.port()};
  CHECK(number_of_group(caller) == 1);
  const auto answer = post(caller, 2);
  REQUIRE(answer);
  CHECK(answer->status == 409);
  CHECK(says(answer->body, "read_only"));
  CHECK(says(node.messages(), "Read-only file system"));
  CHECK(number_of_group(caller) == 1);
  CHECK(node.stop() == 0);
}

TEST_CASE("fault: two writers on one folder: the second says who the first is, and neither loses",
          "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  Node node{place.binary, place.data};
  node.start();
  Caller caller{node.port()};
  CHECK(post(caller, 2)->status == 200);
  const auto file = place.folder.path() + "/conditions.csv";
  std::ofstream{file} << batch_text(prices, 0, 3);
  const auto [exit, said] = place.run("import '" + file + "'");
  CHECK(exit == 3);
  CHECK(says(said, "only one can write at a time"));
  CHECK(says(said, std::to_string(node.process().process())));
  // A second node follows the first, and says where batches go.
  tests::ServeProcess second{tests::serve_command(place.binary, place.data),
                             place.folder.path() + "/second"};
  Caller other{second.port()};
  for (int i = 0; i < 500 && other.get("/readyz")->status != 200; ++i) ::usleep(10'000);
  CHECK(number_of_group(other) == 2);
  CHECK(post(other, 4)->status == 409);
  CHECK(post(caller, 5)->status == 200);
  for (int i = 0; i < 500 && number_of_group(other) != 5; ++i) ::usleep(10'000);
  CHECK(number_of_group(other) == 5);
  second.kill();
  CHECK(node.stop() == 0);
}

TEST_CASE(
    "fault: a damaged last page is told, nothing is served from it, and a backup brings all back",
    "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  // One that does not compact: of a compacted file the last page may be an empty one.
  tests::ServeProcess node{tests::serve_command(place.binary, place.data),
                           place.folder.path() + "/messages"};
  {
    Caller caller{node.port()};
    for (int i = 0; i < 500 && caller.get("/readyz")->status != 200; ++i) ::usleep(10'000);
    for (std::uint64_t number = 2; number <= 9; ++number)
      CHECK(post(caller, number)->status == 200);
  }
  node.terminate();
  CHECK(node.exit_code(std::chrono::milliseconds{10'000}) == 0);
  const auto backup = place.folder.path() + "/backup";
  CHECK(place.run("backup --to '" + backup + "'").first == 0);
  const auto file = place.data + "/netto.db";
  const auto whole = content_of(file);
  const bool cut = GENERATE(false, true);
  CAPTURE(cut);
  fs::remove(place.data + "/netto.image");
  if (cut) {
    fs::resize_file(file, whole.size() - page_bytes);
  } else {
    std::fstream out{file, std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(-static_cast<std::streamoff>(page_bytes), std::ios::end);
    out << std::string(page_bytes, '\xa5');
  }
  const auto damaged = content_of(file);
  for (const char* const command : {"serve --port 0", "show article S0-000-000"}) {
    CAPTURE(command);
    const auto [exit, said] = place.run(std::string{command});
    CHECK(exit == 3);
    CHECK(says(said, file));
    CHECK(says(said, "store_corrupt"));
    CHECK(says(said, "backup"));
  }
  const bool is_as_it_was = content_of(file) == damaged;  // nobody makes it worse
  CHECK(is_as_it_was);
  Node restored{place.binary, backup};
  restored.start();
  Caller caller{restored.port()};
  CHECK(number_of_group(caller) == 9);
  CHECK(post(caller, 10)->status == 200);
  CHECK(restored.stop() == 0);
}

TEST_CASE("fault: a damaged image is passed over, told, and costs nothing but time", "[sim]") {
  const Place place;
  if (place.binary.empty()) return;
  CHECK(place.run("image").first == 0);
  const auto image = place.data + "/netto.image";
  {
    std::fstream out{image, std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(static_cast<std::streamoff>(fs::file_size(image) / 2));
    out << "damage";
  }
  Node node{place.binary, place.data};
  node.start();
  Caller caller{node.port()};
  CHECK(number_of_group(caller) == 1);
  CHECK(says(node.messages(), "the journal was read instead"));
  CHECK(post(caller, 2)->status == 200);
  CHECK(number_of_group(caller) == 2);
  CHECK(node.stop() == 0);
}
