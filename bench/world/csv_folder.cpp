#include "bench/world/csv_folder.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace bench::world {

namespace {

constexpr std::size_t buffer_size = std::size_t{1} << 20U;
constexpr std::size_t field_size_max = 64;
constexpr std::uint64_t rows_between_progress = std::uint64_t{1} << 18U;

constexpr std::array<std::string_view, world_file_count> headers{
    "id,band_profile",
    "id,code,product_group_id,base_price",
    "id,code",
    "customer_id,group_id",
    "id,owner_type,owner_id,priority,discountable,valid_from,valid_to",
    "list_id,sku_id,min_qty,price",
    "customer_id,sku_id,min_qty,price,discountable,valid_from,valid_to",
    "customer_id,product_group_id,bp,valid_from,valid_to",
    "group_id,product_group_id,bp,valid_from,valid_to",
    "group_id,sku_id,bp,valid_from,valid_to",
    "sku_id,warehouse,qty",
    "band_profile,min_qty,band"};

[[noreturn]] void fail(std::string_view doing, const std::string& path) {
  throw std::runtime_error{"cannot " + std::string{doing} + " " + path + ": " +
                           std::system_category().message(errno)};
}

}  // namespace

CsvFile::CsvFile(const std::filesystem::path& path, std::string_view header)
    : path_{path.string()},
      descriptor_{::open(path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644)},
      buffer_(buffer_size) {
  if (descriptor_ < 0) fail("create", path_);
  text(header);
  end_row();
  rows_ = 0;
}

CsvFile::~CsvFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

// Fields end in a comma; the end of the row turns the last one into a line feed.
CsvFile& CsvFile::text(std::string_view value) {
  if (value.size() + 1 > buffer_.size() - used_) flush();
  std::memcpy(buffer_.data() + used_, value.data(), value.size());
  used_ += value.size();
  buffer_[used_++] = ',';
  return *this;
}

CsvFile& CsvFile::number(std::int64_t value) {
  if (buffer_.size() - used_ < field_size_max) flush();
  put(value);
  buffer_[used_++] = ',';
  return *this;
}

CsvFile& CsvFile::flag(bool value) { return text(value ? "1" : "0"); }

CsvFile& CsvFile::money4(std::int64_t ten_thousandths) {
  put_decimal(ten_thousandths, 4);
  return *this;
}

CsvFile& CsvFile::money2(std::int64_t cents) {
  put_decimal(cents, 2);
  return *this;
}

CsvFile& CsvFile::date(Day day) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{day}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto month = static_cast<unsigned>(date.month());
  const auto day_of_month = static_cast<unsigned>(date.day());
  const auto digit = [](unsigned value) { return static_cast<char>('0' + value % 10); };
  const std::array<char, 10> iso{digit(year / 1000),
                                 digit(year / 100),
                                 digit(year / 10),
                                 digit(year),
                                 '-',
                                 digit(month / 10),
                                 digit(month),
                                 '-',
                                 digit(day_of_month / 10),
                                 digit(day_of_month)};
  return text({iso.data(), iso.size()});
}

void CsvFile::end_row() {
  buffer_[used_ - 1] = '\n';
  ++rows_;
}

void CsvFile::close() {
  flush();
  if (::close(std::exchange(descriptor_, -1)) != 0) fail("close", path_);
}

void CsvFile::put(std::int64_t value) {
  auto* end = buffer_.data() + buffer_.size();
  used_ = static_cast<std::size_t>(std::to_chars(buffer_.data() + used_, end, value).ptr -
                                   buffer_.data());
}

void CsvFile::put_decimal(std::int64_t mantissa, int decimals) {
  if (buffer_.size() - used_ < field_size_max) flush();
  std::int64_t scale = 1;
  for (int at = 0; at < decimals; ++at) scale *= 10;
  put(mantissa / scale);
  buffer_[used_++] = '.';
  for (auto rest = mantissa % scale; scale > 1; rest %= scale) {
    scale /= 10;
    buffer_[used_++] = static_cast<char>('0' + rest / scale);
  }
  buffer_[used_++] = ',';
}

// The last byte stays: it is the comma that `end_row` may still turn into a line feed.
void CsvFile::flush() {
  const auto kept = used_ > 0 && descriptor_ >= 0 && buffer_[used_ - 1] == ',' ? std::size_t{1} : 0;
  for (std::size_t sent = 0; sent < used_ - kept;) {
    const auto count = ::write(descriptor_, buffer_.data() + sent, used_ - kept - sent);
    if (count < 0 && errno != EINTR) fail("write", path_);
    if (count > 0) sent += static_cast<std::size_t>(count);
  }
  buffer_[0] = ',';
  used_ = kept;
}

CsvFolder::CsvFolder(std::filesystem::path folder, Progress progress)
    : folder_{std::move(folder)}, progress_{std::move(progress)} {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) {
    throw std::runtime_error{"cannot create folder " + folder_.string() + ": " + error.message()};
  }
}

CsvFolder::~CsvFolder() = default;

void CsvFolder::begin(WorldFile file) {
  name_ = file_name(file);
  file_ = std::make_unique<CsvFile>(folder_ / name_, headers[static_cast<std::size_t>(file)]);
}

void CsvFolder::end(WorldFile) {
  close(name_, *file_);
  file_.reset();
}

void CsvFolder::product_group(const ProductGroupRow& row) {
  file_->number(row.id).number(row.band_profile);
  end_row();
}

void CsvFolder::sku(const SkuRow& row) {
  file_->number(row.id).text(sku_code(row.id)).number(row.product_group_id).money4(row.base_price);
  end_row();
}

void CsvFolder::customer(const CustomerRow& row) {
  file_->number(row.id).text(customer_code(row.id));
  end_row();
}

void CsvFolder::member(const MemberRow& row) {
  file_->number(row.customer_id).number(row.group_id);
  end_row();
}

void CsvFolder::price_list(const PriceListHead& row) {
  file_->number(row.id).text(row.owner_type == OwnerType::customer ? "C" : "G");
  file_->number(row.owner_id).number(row.priority).flag(row.discountable);
  file_->date(row.validity.from).date(row.validity.to);
  end_row();
}

void CsvFolder::price_list_row(const PriceListRow& row) {
  file_->number(row.list_id).number(row.sku_id).number(row.min_qty).money4(row.price);
  end_row();
}

void CsvFolder::agreement(const AgreementRow& row) {
  file_->number(row.customer_id).number(row.sku_id).number(row.min_qty).money4(row.price);
  file_->flag(row.discountable).date(row.validity.from).date(row.validity.to);
  end_row();
}

void CsvFolder::disc_cust_pg(const DiscountRow& row) { discount(row); }

void CsvFolder::disc_group_pg(const DiscountRow& row) { discount(row); }

void CsvFolder::disc_group_sku(const DiscountRow& row) { discount(row); }

void CsvFolder::discount(const DiscountRow& row) {
  file_->number(row.owner_id).number(row.target_id).number(row.bp);
  file_->date(row.validity.from).date(row.validity.to);
  end_row();
}

void CsvFolder::stock(const StockRow& row) {
  file_->number(row.sku_id).number(row.warehouse).number(row.qty);
  end_row();
}

void CsvFolder::band(const BandRow& row) {
  file_->number(row.band_profile).number(row.min_qty).text(band_name(row.band));
  end_row();
}

void CsvFolder::end_row() {
  file_->end_row();
  if (progress_ && file_->rows() % rows_between_progress == 0) progress_(name_, file_->rows());
}

void CsvFolder::questions(std::string_view name, std::span<const Question> questions) {
  CsvFile file{folder_ / name, "id,customer_id,sku_id,qty,at"};
  for (const auto& question : questions) {
    file.number(question.id).number(question.customer_id).number(question.sku_id);
    file.number(question.qty).date(question.at).end_row();
  }
  close(name, file);
}

void CsvFolder::answers(std::string_view name, std::span<const Question> questions,
                        std::span<const Answer> answers) {
  CsvFile file{folder_ / name, "id,source,unit,line,band"};
  for (std::size_t at = 0; at < answers.size(); ++at) {
    const auto& answer = answers[at];
    const char source = static_cast<char>(answer.source);
    file.number(questions[at].id).text({&source, 1}).money2(answer.unit_cents);
    file.money2(answer.line_cents).text(band_name(answer.band)).end_row();
  }
  close(name, file);
}

void CsvFolder::quotes(std::string_view name, std::span<const Question> lines) {
  CsvFile file{folder_ / name, "quote_id,line,customer_id,sku_id,qty,at"};
  for (std::size_t at = 0; at < lines.size(); ++at) {
    file.number(static_cast<std::int64_t>(at / lines_per_quote + 1));
    file.number(static_cast<std::int64_t>(at % lines_per_quote + 1));
    file.number(lines[at].customer_id).number(lines[at].sku_id);
    file.number(lines[at].qty).date(lines[at].at).end_row();
  }
  close(name, file);
}

void CsvFolder::close(std::string_view name, CsvFile& file) {
  file.close();
  if (progress_) progress_(name, file.rows());
}

}  // namespace bench::world
