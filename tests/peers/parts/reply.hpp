// Reply: the answer to a question in texts, however it was asked - in process or over HTTP.
#pragma once

#include "engine/quote/answer.hpp"
#include "engine/quote/question.hpp"
#include "engine/snapshot/snapshot.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tests::peers {

// The record that a step found.
struct Source {
  std::string label;     // what the case calls the record
  std::string document;  // code of its document
};

// A tier of a line's ladder that has a price.
struct TierReply {
  std::string from;
  std::string unit_price;
  std::string unit;
};

struct LineReply {
  std::string article;
  std::string currency;
  std::string outcome;
  std::optional<std::string> unit_price;  // only where the line has a price
  std::optional<std::string> line_amount;
  std::string unit;
  std::map<std::string, std::string> components;
  std::map<std::string, Source> found;  // by step
  std::vector<TierReply> ladder;        // where it was asked for
};

// What a record took off a line; line is empty where it is the order's charge.
struct Taken {
  std::string step;
  Source source;
  std::optional<std::size_t> line;
  std::string amount;
};

struct FreeReply {
  std::string article;
  std::string quantity;
  std::string unit_price;
};

struct Reply {
  std::vector<LineReply> lines;
  std::map<std::string, std::string> totals;  // "line_amount" and the answer's totals
  std::map<std::string, std::string> order;
  std::vector<Taken> taken;
  std::vector<FreeReply> free_lines;
};

// `labels` by external key of a record.
Reply reply_of(const engine::snapshot::Snapshot& snapshot, const engine::quote::Question& question,
               const engine::quote::Answer& answer,
               const std::map<std::string, std::string>& labels);

}  // namespace tests::peers
