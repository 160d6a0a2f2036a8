// Writes a world, its questions and their answers as CSV files with header into a folder.
//
// Comma, no quoting, dates ISO, money with 4 decimals (answers in cents: 2), discounts in basis
// points, line feed at line ends. Buffers one MiB per open file. Any failure to create or write a
// file throws std::runtime_error naming the file and the system's reason; a file is only good
// after its `end`. One thread.
#pragma once

#include "bench/world/questions.hpp"
#include "bench/world/rows.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace bench::world {

class CsvFile {
 public:
  CsvFile(const std::filesystem::path& path, std::string_view header);
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;
  ~CsvFile();

  CsvFile& text(std::string_view value);
  CsvFile& number(std::int64_t value);
  CsvFile& flag(bool value);
  CsvFile& money4(std::int64_t ten_thousandths);
  CsvFile& money2(std::int64_t cents);
  CsvFile& date(Day day);
  void end_row();
  // Writes what is left and reports what a destructor could not.
  void close();

  std::uint64_t rows() const { return rows_; }

 private:
  void put(std::int64_t value);
  void put_decimal(std::int64_t mantissa, int decimals);
  void flush();

  std::string path_;
  int descriptor_;
  std::size_t used_ = 0;
  std::uint64_t rows_ = 0;
  std::vector<char> buffer_;
};

class CsvFolder : public WorldSink {
 public:
  // Told about every quarter of a million rows of a file, and at its end.
  using Progress = std::function<void(std::string_view file, std::uint64_t rows)>;

  // Creates the folder where it is missing.
  explicit CsvFolder(std::filesystem::path folder, Progress progress = {});
  ~CsvFolder() override;

  void begin(WorldFile file) override;
  void end(WorldFile file) override;
  void product_group(const ProductGroupRow& row) override;
  void sku(const SkuRow& row) override;
  void customer(const CustomerRow& row) override;
  void member(const MemberRow& row) override;
  void price_list(const PriceListHead& row) override;
  void price_list_row(const PriceListRow& row) override;
  void agreement(const AgreementRow& row) override;
  void disc_cust_pg(const DiscountRow& row) override;
  void disc_group_pg(const DiscountRow& row) override;
  void disc_group_sku(const DiscountRow& row) override;
  void stock(const StockRow& row) override;
  void band(const BandRow& row) override;

  // q_lookup.csv and q_fixed.csv; a_lookup.csv and a_fixed.csv; q_quote.csv.
  void questions(std::string_view name, std::span<const Question> questions);
  void answers(std::string_view name, std::span<const Question> questions,
               std::span<const Answer> answers);
  void quotes(std::string_view name, std::span<const Question> lines);

 private:
  void discount(const DiscountRow& row);
  void end_row();
  void close(std::string_view name, CsvFile& file);

  std::filesystem::path folder_;
  Progress progress_;
  std::string_view name_;
  std::unique_ptr<CsvFile> file_;
};

}  // namespace bench::world
