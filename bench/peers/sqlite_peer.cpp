#include "bench/peers/sqlite_peer.hpp"

#include <sqlite3.h>

#include <initializer_list>
#include <stdexcept>
#include <string>

namespace bench::peers {

using world::AgreementRow;
using world::Answer;
using world::Band;
using world::BandRow;
using world::Day;
using world::DiscountRow;
using world::MemberRow;
using world::PriceListHead;
using world::PriceListRow;
using world::ProductGroupRow;
using world::SkuRow;
using world::Source;
using world::StockRow;

namespace {

constexpr const char* schema = R"sql(
PRAGMA page_size = 4096;
PRAGMA locking_mode = EXCLUSIVE;
PRAGMA temp_store = MEMORY;
CREATE TABLE product_group (id INTEGER PRIMARY KEY, band_profile INT);
CREATE TABLE sku (id INTEGER PRIMARY KEY, product_group_id INT, base_price INT);
CREATE TABLE member (customer_id INT, group_id INT,
  PRIMARY KEY (customer_id, group_id)) WITHOUT ROWID;
CREATE TABLE price_list (owner_type INT, owner_id INT, priority INT, id INT, discountable INT,
  valid_from INT, valid_to INT, PRIMARY KEY (owner_type, owner_id, priority, id)) WITHOUT ROWID;
CREATE TABLE price_list_row (list_id INT, sku_id INT, min_qty INT, price INT,
  PRIMARY KEY (sku_id, list_id, min_qty DESC)) WITHOUT ROWID;
CREATE TABLE agreement (customer_id INT, sku_id INT, min_qty INT, valid_from INT, valid_to INT,
  price INT, discountable INT,
  PRIMARY KEY (customer_id, sku_id, min_qty, valid_from)) WITHOUT ROWID;
CREATE TABLE disc_cust_pg (customer_id INT, product_group_id INT, valid_from INT, valid_to INT,
  bp INT, PRIMARY KEY (customer_id, product_group_id, valid_from)) WITHOUT ROWID;
CREATE TABLE disc_group_pg (group_id INT, product_group_id INT, valid_from INT, valid_to INT,
  bp INT, PRIMARY KEY (group_id, product_group_id, valid_from)) WITHOUT ROWID;
CREATE TABLE disc_group_sku (group_id INT, sku_id INT, valid_from INT, valid_to INT,
  bp INT, PRIMARY KEY (sku_id, group_id, valid_from)) WITHOUT ROWID;
CREATE TABLE stock (sku_id INT, warehouse INT, qty INT,
  PRIMARY KEY (sku_id, warehouse)) WITHOUT ROWID;
CREATE TABLE band (band_profile INT, min_qty INT, band INT,
  PRIMARY KEY (band_profile, min_qty)) WITHOUT ROWID;
)sql";

// CROSS JOIN keeps SQLite to the written order of tables.
constexpr const char* article_sql = R"sql(
SELECT s.base_price, s.product_group_id, g.band_profile
FROM sku s CROSS JOIN product_group g ON g.id = s.product_group_id WHERE s.id = ?1)sql";

constexpr const char* agreement_sql = R"sql(
SELECT price, discountable FROM agreement
WHERE customer_id = ?1 AND sku_id = ?2 AND min_qty <= ?3 AND valid_from <= ?4 AND valid_to >= ?4
ORDER BY min_qty DESC, price, discountable LIMIT 1)sql";

constexpr const char* customer_list_sql = R"sql(
SELECT r.price, l.discountable
FROM price_list l CROSS JOIN price_list_row r ON r.list_id = l.id
WHERE l.owner_type = 67 AND l.owner_id = ?1 AND l.valid_from <= ?4 AND l.valid_to >= ?4
  AND r.sku_id = ?2 AND r.min_qty <= ?3
ORDER BY l.priority, l.id, r.min_qty DESC LIMIT 1)sql";

constexpr const char* group_list_sql = R"sql(
SELECT r.price, l.discountable
FROM member m CROSS JOIN price_list l ON l.owner_type = 71 AND l.owner_id = m.group_id
     CROSS JOIN price_list_row r ON r.list_id = l.id
WHERE m.customer_id = ?1 AND l.valid_from <= ?4 AND l.valid_to >= ?4
  AND r.sku_id = ?2 AND r.min_qty <= ?3
ORDER BY l.priority, l.id, r.min_qty DESC LIMIT 1)sql";

constexpr const char* customer_discount_sql = R"sql(
SELECT max(bp) FROM disc_cust_pg
WHERE customer_id = ?1 AND product_group_id = ?2 AND valid_from <= ?3 AND valid_to >= ?3)sql";

constexpr const char* group_discount_sql = R"sql(
SELECT max(bp) FROM (
  SELECT d.bp FROM member m CROSS JOIN disc_group_pg d ON d.group_id = m.group_id
  WHERE m.customer_id = ?1 AND d.product_group_id = ?2 AND d.valid_from <= ?3 AND d.valid_to >= ?3
  UNION ALL
  SELECT d.bp FROM member m CROSS JOIN disc_group_sku d ON d.group_id = m.group_id
  WHERE m.customer_id = ?1 AND d.sku_id = ?4 AND d.valid_from <= ?3 AND d.valid_to >= ?3))sql";

constexpr const char* band_sql = R"sql(
SELECT band FROM band WHERE band_profile = ?1
  AND min_qty <= (SELECT coalesce(sum(qty), 0) FROM stock WHERE sku_id = ?2)
ORDER BY min_qty DESC LIMIT 1)sql";

[[noreturn]] void fail(sqlite3* database, const char* doing) {
  throw std::runtime_error{std::string{"SQLite cannot "} + doing + ": " + sqlite3_errmsg(database)};
}

void bind(sqlite3_stmt* statement, std::initializer_list<std::int64_t> values) {
  int at = 0;
  for (const auto value : values) {
    if (sqlite3_bind_int64(statement, ++at, value) != SQLITE_OK) {
      fail(sqlite3_db_handle(statement), "bind a value");
    }
  }
}

// True when there is a row to read; the caller resets the statement.
bool step(sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code != SQLITE_ROW && code != SQLITE_DONE) {
    fail(sqlite3_db_handle(statement), "run a statement");
  }
  return code == SQLITE_ROW;
}

}  // namespace

void SqlitePeer::CloseDatabase::operator()(sqlite3* database) const { sqlite3_close(database); }

void SqlitePeer::CloseStatement::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

// Rows arrive in the order of most primary keys, so that inserts append. List rows and SKU
// discounts scatter, since their keys begin with the article: it keeps what the lists of several
// groups say about one article side by side, which made look-ups on M 15 % faster.
class SqlitePeer::Loader : public world::WorldSink {
 public:
  explicit Loader(SqlitePeer& peer)
      : product_group_{peer.prepare("INSERT INTO product_group VALUES (?,?)")},
        sku_{peer.prepare("INSERT INTO sku VALUES (?,?,?)")},
        member_{peer.prepare("INSERT INTO member VALUES (?,?)")},
        price_list_{peer.prepare("INSERT INTO price_list VALUES (?,?,?,?,?,?,?)")},
        price_list_row_{peer.prepare("INSERT INTO price_list_row VALUES (?,?,?,?)")},
        agreement_{peer.prepare("INSERT INTO agreement VALUES (?,?,?,?,?,?,?)")},
        disc_cust_pg_{peer.prepare("INSERT INTO disc_cust_pg VALUES (?,?,?,?,?)")},
        disc_group_pg_{peer.prepare("INSERT INTO disc_group_pg VALUES (?,?,?,?,?)")},
        disc_group_sku_{peer.prepare("INSERT INTO disc_group_sku VALUES (?,?,?,?,?)")},
        stock_{peer.prepare("INSERT INTO stock VALUES (?,?,?)")},
        band_{peer.prepare("INSERT INTO band VALUES (?,?,?)")} {}

  void product_group(const ProductGroupRow& row) override {
    insert(product_group_, {row.id, row.band_profile});
  }

  void sku(const SkuRow& row) override {
    insert(sku_, {row.id, row.product_group_id, row.base_price});
  }

  void member(const MemberRow& row) override { insert(member_, {row.customer_id, row.group_id}); }

  void price_list(const PriceListHead& row) override {
    insert(price_list_, {static_cast<std::int64_t>(row.owner_type), row.owner_id, row.priority,
                         row.id, row.discountable, row.validity.from, row.validity.to});
  }

  void price_list_row(const PriceListRow& row) override {
    insert(price_list_row_, {row.list_id, row.sku_id, row.min_qty, row.price});
  }

  void agreement(const AgreementRow& row) override {
    insert(agreement_, {row.customer_id, row.sku_id, row.min_qty, row.validity.from,
                        row.validity.to, row.price, row.discountable});
  }

  void disc_cust_pg(const DiscountRow& row) override { insert_discount(disc_cust_pg_, row); }

  void disc_group_pg(const DiscountRow& row) override { insert_discount(disc_group_pg_, row); }

  void disc_group_sku(const DiscountRow& row) override { insert_discount(disc_group_sku_, row); }

  void stock(const StockRow& row) override { insert(stock_, {row.sku_id, row.warehouse, row.qty}); }

  void band(const BandRow& row) override {
    insert(band_, {row.band_profile, row.min_qty, static_cast<std::int64_t>(row.band)});
  }

 private:
  static void insert(const Statement& statement, std::initializer_list<std::int64_t> values) {
    bind(statement.get(), values);
    step(statement.get());
    sqlite3_reset(statement.get());
  }

  static void insert_discount(const Statement& statement, const DiscountRow& row) {
    insert(statement, {row.owner_id, row.target_id, row.validity.from, row.validity.to, row.bp});
  }

  Statement product_group_;
  Statement sku_;
  Statement member_;
  Statement price_list_;
  Statement price_list_row_;
  Statement agreement_;
  Statement disc_cust_pg_;
  Statement disc_group_pg_;
  Statement disc_group_sku_;
  Statement stock_;
  Statement band_;
};

SqlitePeer::SqlitePeer(const world::World& world) {
  // Only takes effect before the first use of SQLite in a process, and is a bonus where it does.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  sqlite3* opened = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
  const int code = sqlite3_open_v2(":memory:", &opened, flags, nullptr);
  database_.reset(opened);
  if (code != SQLITE_OK) fail(opened, "open a database in memory");
  execute(schema);
  execute("BEGIN");
  {
    Loader loader{*this};
    world.stream(loader);
  }
  execute("COMMIT");
  prepare_lookups();
  execute("BEGIN");
}

SqlitePeer::~SqlitePeer() = default;

void SqlitePeer::prepare_lookups() {
  article_ = prepare(article_sql);
  agreement_ = prepare(agreement_sql);
  customer_list_ = prepare(customer_list_sql);
  group_list_ = prepare(group_list_sql);
  customer_discount_ = prepare(customer_discount_sql);
  group_discount_ = prepare(group_discount_sql);
  band_ = prepare(band_sql);
}

void SqlitePeer::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    fail(database_.get(), sql);
  }
}

SqlitePeer::Statement SqlitePeer::prepare(const char* sql) {
  sqlite3_stmt* statement = nullptr;
  const auto flags = static_cast<unsigned>(SQLITE_PREPARE_PERSISTENT);
  if (sqlite3_prepare_v3(database_.get(), sql, -1, flags, &statement, nullptr) != SQLITE_OK) {
    fail(database_.get(), sql);
  }
  return Statement{statement};
}

Answer SqlitePeer::lookup(std::uint32_t customer_id, std::uint32_t sku_id, std::int32_t qty,
                          Day at) {
  auto* article = article_.get();
  bind(article, {sku_id});
  if (!step(article)) {
    sqlite3_reset(article);
    throw std::runtime_error{"the world has no SKU " + std::to_string(sku_id)};
  }
  Price found{Source::base, sqlite3_column_int64(article, 0), true};
  const auto product_group = sqlite3_column_int64(article, 1);
  const auto band_profile = sqlite3_column_int64(article, 2);
  sqlite3_reset(article);

  if (find_price(agreement_, customer_id, sku_id, qty, at, found)) {
    found.source = Source::agreement;
  } else if (find_price(customer_list_, customer_id, sku_id, qty, at, found)) {
    found.source = Source::customer_list;
  } else if (find_price(group_list_, customer_id, sku_id, qty, at, found)) {
    found.source = Source::group_list;
  }

  std::int64_t customer_bp = 0;
  std::int64_t group_bp = 0;
  if (found.discountable) {
    customer_bp = single(customer_discount_, {customer_id, product_group, at});
    group_bp = single(group_discount_, {customer_id, product_group, at, sku_id});
  }
  const auto exact = found.price * (10'000 - customer_bp) * (10'000 - group_bp);
  const auto unit = (exact + 5'000'000'000) / 10'000'000'000;
  const auto band = single(band_, {band_profile, sku_id});
  return {found.source, unit, unit * qty, static_cast<Band>(band)};
}

bool SqlitePeer::find_price(const Statement& statement, std::uint32_t customer_id,
                            std::uint32_t sku_id, std::int32_t qty, Day at, Price& price) {
  auto* query = statement.get();
  bind(query, {customer_id, sku_id, qty, at});
  const bool found = step(query);
  if (found) {
    price.price = sqlite3_column_int64(query, 0);
    price.discountable = sqlite3_column_int64(query, 1) != 0;
  }
  sqlite3_reset(query);
  return found;
}

// The number in the only row; null and no row count as zero, which is what "no discount" and "no
// band above the first" mean.
std::int64_t SqlitePeer::single(const Statement& statement,
                                std::initializer_list<std::int64_t> values) {
  auto* query = statement.get();
  bind(query, values);
  const auto value = step(query) ? sqlite3_column_int64(query, 0) : 0;
  sqlite3_reset(query);
  return value;
}

}  // namespace bench::peers
