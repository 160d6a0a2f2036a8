// Requests to a node over a generated world, as the bytes that are sent, with the questions they
// put, so that answers can be held against the oracle's.
//
// Single prices are GETs, baskets are POSTs of quotes. Invoices are real baskets from a wholesaler
// of gifts: customers and articles that the world does not have become some that it has, by a hash
// of their code, always the same; quantities stay as they are, and the day is the world's fixed
// one. Pure functions; any thread.
#pragma once

#include "bench/world/questions.hpp"
#include "bench/world/world.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace bench::load {

struct Request {
  std::string text;
  std::size_t first;  // of the set's questions
  std::size_t lines;
};

struct RequestSet {
  std::string name;  // "one price"
  std::vector<Request> requests;
  std::vector<world::Question> questions;

  std::span<const world::Question> questions_of(const Request& request) const {
    return std::span{questions}.subspan(request.first, request.lines);
  }
};

// What customers and articles are called: "C000001" and "SKU-0000001" where the world was made in
// memory, "1" where it came in through the feeds of docs/examples/world.
enum class Codes : std::uint8_t { of_world, ids };

RequestSet price_requests(const world::World& world, std::size_t count,
                          Codes codes = Codes::of_world);
RequestSet quote_requests(const world::World& world, std::size_t quotes,
                          Codes codes = Codes::of_world);

// What a replay of the invoices leaves out, and why.
struct InvoiceCounts {
  std::size_t invoices = 0;
  std::size_t lines = 0;
  std::size_t reversed = 0;      // lines of cancelled (C) and adjusting (A) invoices
  std::size_t without_sale = 0;  // quantity or price not above zero
};

// The file is invoice_lines.csv.xz as published; none where it can't be read, with `why`. Throws
// std::runtime_error for a file of another form.
std::optional<RequestSet> invoice_requests(const world::World& world, const std::string& path,
                                           InvoiceCounts& counts, std::string& why,
                                           Codes codes = Codes::of_world);

// Where a code of outside lands among ids from 1 to `count`: the 64-bit FNV-1a hash of its bytes in
// upper case, modulo `count`, plus 1.
std::uint32_t stand_in(std::string_view code, std::uint32_t count);

}  // namespace bench::load
