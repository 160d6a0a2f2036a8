// SQLite as a peer: a world loaded into an in-memory database, answered through prepared
// statements.
//
// Set up as favourably as we know how: clustered tables without row ids, in the order of the
// look-up, one statement per step of the resolution, mutexes and memory statistics off, one
// transaction held open, and the multiplication of price and discounts done in C++. One
// connection, one thread at a time. Any failure of SQLite throws std::runtime_error with its
// message, and so does an article that the world does not have; customers are not checked.
// Loading takes about a microsecond and 25 bytes a row.
#pragma once

#include "bench/world/questions.hpp"
#include "bench/world/world.hpp"

#include <cstdint>
#include <initializer_list>
#include <memory>

struct sqlite3;
struct sqlite3_stmt;

namespace bench::peers {

class SqlitePeer {
 public:
  explicit SqlitePeer(const world::World& world);
  SqlitePeer(const SqlitePeer&) = delete;
  SqlitePeer& operator=(const SqlitePeer&) = delete;
  ~SqlitePeer();

  world::Answer lookup(std::uint32_t customer_id, std::uint32_t sku_id, std::int32_t qty,
                       world::Day at);

 private:
  class Loader;

  struct CloseDatabase {
    void operator()(sqlite3* database) const;
  };

  struct CloseStatement {
    void operator()(sqlite3_stmt* statement) const;
  };

  using Statement = std::unique_ptr<sqlite3_stmt, CloseStatement>;

  struct Price {
    world::Source source;
    std::int64_t price;
    bool discountable;
  };

  void execute(const char* sql);
  Statement prepare(const char* sql);
  void prepare_lookups();
  bool find_price(const Statement& statement, std::uint32_t customer_id, std::uint32_t sku_id,
                  std::int32_t qty, world::Day at, Price& price);
  std::int64_t single(const Statement& statement, std::initializer_list<std::int64_t> values);

  std::unique_ptr<sqlite3, CloseDatabase> database_;
  Statement article_;
  Statement agreement_;
  Statement customer_list_;
  Statement group_list_;
  Statement customer_discount_;
  Statement group_discount_;
  Statement band_;
};

}  // namespace bench::peers
