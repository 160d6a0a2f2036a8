// Node: a data folder and the `netto serve` on it, over many lives. One thread; kill() and
// is_running() as ServeProcess has them. Failures throw std::runtime_error with what the process
// said.
#pragma once

#include "tests/http_client/serve_process.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace tests::crash {

class Node {
 public:
  // `before`: a command that the node is run by.
  Node(std::string binary, std::string data, std::vector<std::string> before = {});

  const std::string& data() const { return data_; }

  // By the command line, into a folder that nothing serves.
  void import(const std::string& files) const;

  void spawn();  // waits for nothing
  void start();  // until /readyz says yes

  bool is_ready();

  bool is_running() { return process_ && process_->is_running(); }

  void kill();
  // The exit code of a node that is told to stop.
  int stop();

  std::uint16_t port() { return process_->port(); }

  ServeProcess& process() { return *process_; }

  // Of the last start().
  std::chrono::milliseconds start_time() const { return start_time_; }

  std::string messages() const { return process_ ? process_->messages() : ""; }

  // That took the place of batches, of all processes that were killed.
  std::size_t checkpoints() const { return checkpoints_; }

 private:
  std::string binary_;
  std::string data_;
  std::vector<std::string> before_;
  std::unique_ptr<ServeProcess> process_;
  std::chrono::milliseconds start_time_{0};
  std::size_t checkpoints_ = 0;
};

}  // namespace tests::crash
