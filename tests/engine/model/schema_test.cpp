#include "engine/model/schema.hpp"

#include "engine/base/limits.hpp"

#include "tests/catch.hpp"

namespace limits = engine::base::limits;
using engine::base::FaultCode;
using engine::model::ConditionType;
using engine::model::Domain;
using engine::model::FieldId;
using engine::model::FieldSide;
using engine::model::Schema;
using engine::model::ValueKind;

namespace {

template <class T>
T taken(engine::base::Result<T> result) {
  REQUIRE(result);
  return *result;
}

template <class T>
std::string refusal(const engine::base::Result<T>& result) {
  REQUIRE_FALSE(result);
  return engine::base::fault_name(result.error().code);
}

}  // namespace

TEST_CASE("schema: the built-in fields and flags stand where their constants say",
          "[engine][model]") {
  const Schema schema;
  CHECK(schema.find_field("customer") == Schema::customer);
  CHECK(schema.find_field("customer_group") == Schema::customer_group);
  CHECK(schema.find_field("price_list") == Schema::price_list);
  CHECK(schema.find_field("country") == Schema::country);
  CHECK(schema.find_field("sales_organisation") == Schema::sales_organisation);
  CHECK(schema.find_field("site") == Schema::site);
  CHECK(schema.find_field("channel") == Schema::channel);
  CHECK(schema.find_field("document_kind") == Schema::document_kind);
  CHECK(schema.find_field("article") == Schema::article);
  CHECK(schema.find_field("article_group") == Schema::article_group);
  CHECK(schema.find_flag("discountable") == Schema::discountable);
  CHECK(schema.find_flag("exclusive") == Schema::exclusive);
  CHECK(schema.find_flag("stackable") == Schema::stackable);
  CHECK(schema.find_flag("find_next") == Schema::find_next);
  CHECK(schema.find_flag("price_on_request") == Schema::price_on_request);
  CHECK_FALSE(schema.find_field("colour"));
  CHECK_FALSE(schema.find_flag(""));
}

TEST_CASE("schema: what is declared again in the same way keeps its id", "[engine][model]") {
  Schema schema;
  const FieldId brand = taken(schema.declare_field("brand", FieldSide::article, Domain::text));
  CHECK(taken(schema.declare_field("brand", FieldSide::article, Domain::text)) == brand);
  const auto type = taken(schema.declare_type({"price", ValueKind::price, 1}));
  CHECK(taken(schema.declare_type({"price", ValueKind::price, 1})) == type);
  const auto table = taken(schema.declare_table(type, {Schema::customer, Schema::article}));
  CHECK(taken(schema.declare_table(type, {Schema::article, Schema::customer})) == table);
  CHECK(taken(schema.declare_flag("bonus")) == taken(schema.declare_flag("bonus")));
}

TEST_CASE("schema: what is declared again in another way is refused, and stays as it was",
          "[engine][model]") {
  Schema schema;
  taken(schema.declare_field("brand", FieldSide::article, Domain::text));
  CHECK(refusal(schema.declare_field("brand", FieldSide::party, Domain::text)) ==
        "contradicting_values");
  CHECK(refusal(schema.declare_field("article", FieldSide::article, Domain::text)) ==
        "contradicting_values");
  const auto type = taken(schema.declare_type({"price", ValueKind::price, 1}));
  CHECK(refusal(schema.declare_type({"price", ValueKind::percent, 1})) == "contradicting_values");
  CHECK(refusal(schema.declare_type({"price", ValueKind::price, 3})) == "contradicting_values");
  CHECK(schema.type(type).value == ValueKind::price);
  CHECK(schema.type(type).default_flags == 1);
}

TEST_CASE("schema: a table's fields have one order, party side first", "[engine][model]") {
  Schema schema;
  const FieldId brand = taken(schema.declare_field("brand", FieldSide::article, Domain::text));
  const FieldId region = taken(schema.declare_field("region", FieldSide::party, Domain::text));
  const auto type = taken(schema.declare_type({"price", ValueKind::price, 0}));
  CHECK(schema.declared_keys(type) == "none");
  const auto table =
      taken(schema.declare_table(type, {brand, region, Schema::article, Schema::customer}));
  CHECK(schema.key_names(table) == "customer, region, article, brand");
  taken(schema.declare_table(type, {}));
  CHECK(schema.declared_keys(type) == "(customer, region, article, brand) or ()");
  CHECK(schema.find_table(type, {Schema::customer, brand, Schema::article, region}) == table);
  CHECK_FALSE(schema.find_table(type, {Schema::customer}));
  CHECK_FALSE(schema.find_table(type, {Schema::customer, Schema::customer}));
}

TEST_CASE("schema: each maximum is the last number that passes", "[engine][model]") {
  Schema schema;
  for (std::size_t i = schema.field_count(); i < limits::fields; ++i) {
    taken(schema.declare_field("field_" + std::to_string(i), FieldSide::question, Domain::text));
  }
  CHECK(refusal(schema.declare_field("one_more", FieldSide::question, Domain::text)) == "too_many");
  CHECK(taken(schema.declare_field("field_200", FieldSide::question, Domain::text)).raw() == 200);
  for (std::size_t i = 0; i < limits::condition_types; ++i)
    taken(schema.declare_type({"type_" + std::to_string(i), ValueKind::price, 0}));
  CHECK(refusal(schema.declare_type({"one_more", ValueKind::price, 0})) == "too_many");
  for (std::size_t i = schema.flag_count(); i < engine::model::flag_count_max; ++i)
    taken(schema.declare_flag("flag_" + std::to_string(i)));
  CHECK(refusal(schema.declare_flag("one_more")) == "too_many");
  std::vector<FieldId> fields;
  for (std::uint32_t i = 0; i < limits::key_fields; ++i) fields.push_back(FieldId{i + 20});
  const engine::model::ConditionTypeId first{0};
  taken(schema.declare_table(first, fields));
  fields.push_back(FieldId{100});
  CHECK(refusal(schema.declare_table(first, fields)) == "too_many");
}

TEST_CASE("schema: a type's numbers are not called like a field or a member of every record",
          "[engine][model]") {
  Schema schema;
  taken(schema.declare_field("weight", FieldSide::article, Domain::text));
  ConditionType type;
  type.name = "metal";
  for (const char* name : {"weight", "article", "value", "scale_kind", "rank"}) {
    type.parameters = {"base_quotation", name};
    CHECK(refusal(schema.declare_type(type)) == "contradicting_values");
  }
  CHECK_FALSE(schema.find_type("metal"));
  type.parameters = {"base_quotation"};
  taken(schema.declare_type(type));
  CHECK(refusal(schema.declare_field("base_quotation", FieldSide::article, Domain::text)) ==
        "contradicting_values");
}
