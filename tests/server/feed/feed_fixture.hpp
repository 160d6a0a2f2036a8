// What the feed tests share: facts whose schema declares what the examples' procedures declare, and
// short ways to import texts. Only for tests.
#pragma once

#include "engine/model/facts.hpp"
#include "rules/record_texts.hpp"
#include "server/feed/importer.hpp"

#include "tests/catch.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tests::feed {

using engine::base::FaultCode;
using engine::model::Domain;
using engine::model::Facts;
using engine::model::FieldSide;
using engine::model::Schema;
using engine::model::ValueKind;
using server::feed::FeedDescription;
using server::feed::FeedFile;
using server::feed::FileReport;
using server::feed::Import;

inline void declare(Facts& facts, const std::string& type, ValueKind value,
                    std::vector<engine::model::FieldId> fields) {
  const auto id =
      facts.schema.declare_type({type, value, engine::model::flag_bit(Schema::discountable)});
  REQUIRE(id);
  REQUIRE(facts.schema.declare_table(*id, std::move(fields)));
}

inline engine::model::FieldId declare_field(Facts& facts, const std::string& name, FieldSide side) {
  auto id = facts.schema.declare_field(name, side, Domain::text);
  REQUIRE(id);
  return *id;
}

// With the condition types and fields of the example feeds.
inline Facts example_facts() {
  Facts facts;
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  using S = Schema;
  const auto category = declare_field(facts, "offer_category", FieldSide::question);
  declare_field(facts, "band_profile", FieldSide::article);
  declare(facts, "list_price", ValueKind::price, {S::article});
  declare(facts, "list_price", ValueKind::price, {S::price_list, S::article});
  declare(facts, "offer", ValueKind::percent, {category, S::article});
  declare(facts, "fss_price", ValueKind::price, {S::customer_group, S::article});
  declare(facts, "base_price", ValueKind::price, {S::article});
  declare(facts, "customer_price", ValueKind::price, {S::customer, S::article});
  declare(facts, "customer_discount", ValueKind::percent, {S::customer, S::article_group});
  declare(facts, "group_discount", ValueKind::percent, {S::customer_group, S::article_group});
  declare(facts, "group_discount", ValueKind::percent, {S::customer_group, S::article});
  for (const auto& fields :
       std::vector<std::vector<engine::model::FieldId>>{{S::article},
                                                        {S::price_list, S::article},
                                                        {S::customer, S::article},
                                                        {S::customer_group, S::article},
                                                        {S::article_group}}) {
    declare(facts, "price", ValueKind::price, fields);
  }
  for (const auto& fields :
       std::vector<std::vector<engine::model::FieldId>>{{S::customer_group, S::article_group},
                                                        {S::customer, S::article_group},
                                                        {S::article_group},
                                                        {S::customer_group},
                                                        {S::customer},
                                                        {S::customer_group, S::article},
                                                        {S::customer, S::article},
                                                        {S::article}}) {
    declare(facts, "discount", ValueKind::percent, fields);
  }
  return facts;
}

inline FeedFile file(std::string name, std::string text) {
  return FeedFile{std::move(name), "", std::move(text), ""};
}

// One file, at a place in the source tree.
inline FeedFile file_at(const std::string& path) {
  return FeedFile{path, std::string{NETTO_SOURCE_DIR} + "/" + path, "", ""};
}

inline FeedDescription description(std::string_view json) {
  auto read = server::feed::parse_feed_description(json);
  if (!read) FAIL(read.error().where + ": " + read.error().detail);
  return *std::move(read);
}

// What went wrong, for INFO.
inline std::string troubles(const Import& import) {
  std::string text;
  for (const FileReport& report : import.report.files) {
    if (report.fault) text += describe(report) + "\n";
    for (std::size_t i = 0; i < report.refused_rows.size() && i < 10; ++i)
      text += describe(report.refused_rows[i]) + "\n";
  }
  return text;
}

inline Import import(Facts& facts, std::vector<FeedFile> files,
                     const std::vector<FeedDescription>& descriptions = {}) {
  return server::feed::read_feed(facts, std::move(files), descriptions);
}

// Everything that can be asked of facts, as text, so that two of them can be compared.
std::string dump(const Facts& facts);

}  // namespace tests::feed
