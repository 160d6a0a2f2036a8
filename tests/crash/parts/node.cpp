#include "tests/crash/parts/node.hpp"

#include "tests/crash/parts/caller.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>
#include <utility>

namespace tests::crash {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr milliseconds start_max{60'000};
constexpr milliseconds stop_max{20'000};

std::string content_of(const std::string& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

Node::Node(std::string binary, std::string data, std::vector<std::string> before)
    : binary_{std::move(binary)}, data_{std::move(data)}, before_{std::move(before)} {}

void Node::import(const std::string& files) const {
  const auto said = data_ + ".import";
  const auto command =
      "'" + binary_ + "' --data '" + data_ + "' import '" + files + "' >'" + said + "' 2>&1";
  if (std::system(command.c_str()) != 0)
    throw std::runtime_error{"the import failed: " + content_of(said)};
}

void Node::spawn() {
  const auto messages = data_ + ".messages";
  std::filesystem::remove(messages);
  auto command = before_;
  for (auto& word : serve_command(binary_, data_, {"--compact-at", "0", "--compact-look", "5"}))
    command.push_back(std::move(word));
  process_ = std::make_unique<ServeProcess>(command, messages);
}

bool Node::is_ready() {
  if (!is_running()) return false;
  const auto port = process_->port();
  if (port == 0) return false;
  const auto answer = Caller{port}.get("/readyz");
  return answer && answer->status == 200;
}

void Node::start() {
  const auto began = Clock::now();
  spawn();
  while (!is_ready()) {
    if (!is_running() || Clock::now() - began > start_max)
      throw std::runtime_error{"the node does not become ready: " + messages()};
    std::this_thread::sleep_for(milliseconds{2});
  }
  start_time_ = std::chrono::duration_cast<milliseconds>(Clock::now() - began);
}

void Node::kill() {
  const std::string said = messages();
  constexpr std::string_view told = "checkpoint of batch";
  for (auto at = said.find(told); at != std::string::npos; at = said.find(told, at + 1))
    ++checkpoints_;
  if (process_) process_->kill();
}

int Node::stop() {
  process_->terminate();
  return process_->exit_code(stop_max).value_or(-1);
}

}  // namespace tests::crash
