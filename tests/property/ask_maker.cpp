// Of world_maker.hpp: questions that aim at the borders of a world's records.
#include "tests/oracle/masters.hpp"
#include "tests/oracle/numbers.hpp"
#include "tests/property/world_maker.hpp"

namespace property {

namespace {

using oracle::Minutes;
using oracle::Texts;
using oracle::World;

// Aims at the borders of one record of the world.
class AskMaker {
 public:
  AskMaker(const World& world, Draw& draw)
      : world_{world}, draw_{draw}, whole_{!world.rates.empty()} {}

  oracle::Ask make(std::size_t lines) {
    oracle::Ask ask;
    ask.customer = draw_.of(world_.customers).code;
    if (const auto* aimed = aim(); aimed != nullptr && draw_.percent(40)) {
      if (const std::string* customer = oracle::key_of(*aimed, "customer"))
        ask.customer = *customer;
    }
    const auto* customer = oracle::find_code(world_.customers, ask.customer);
    if (customer->currency.empty() || draw_.percent(30))
      ask.currency = draw_.of(Texts{"EUR", "EUR", "EUR", "JPY", "KWD"});
    ask.date = some_date(aim());
    for (const char* field : {"sales_organisation", "tier", "country", "region", "channel"}) {
      if (draw_.percent(45))
        ask.fields.emplace_back(field,
                                draw_.percent(90) ? draw_.of(values_of(field)) : "never seen");
    }
    if (whole_) add_fields(ask.fields, 40);
    returns_ = draw_.percent(20);
    if (returns_ || draw_.percent(10))
      ask.fields.emplace_back("document_kind", returns_ ? "return" : "order");
    for (std::size_t i = 0; i < lines; ++i) ask.lines.push_back(line());
    return ask;
  }

 private:
  void add_fields(oracle::Pairs& fields, unsigned chance) {
    for (const char* field : {"level", "express", "order_day"}) {
      if (draw_.percent(chance)) fields.emplace_back(field, draw_.of(values_of(field)));
    }
  }

  // What a line says itself goes before what the question says.
  void add_own_fields(oracle::LineAsk& line) {
    add_fields(line.fields, 15);
    for (const char* field : {"tier", "country", "sales_organisation"}) {
      if (draw_.percent(15)) line.fields.emplace_back(field, draw_.of(values_of(field)));
    }
    if (draw_.percent(10))
      line.fields.emplace_back("document_kind", draw_.of(Texts{"return", "order"}));
  }

  const oracle::RecordRow* aim() {
    return world_.records.empty() ? nullptr : &draw_.of(world_.records);
  }

  Minutes some_date(const oracle::RecordRow* record) {
    Minutes date = draw_.of(borders());
    if (record != nullptr && record->validity.from != oracle::open_start)
      date = record->validity.from;
    if (record != nullptr && record->validity.to != oracle::open_end && draw_.percent(50))
      date = record->validity.to;
    return date + draw_.of(std::vector<int>{0, 0, -1, 1, 700});
  }

  std::string some_quantity(const oracle::RecordRow* record) {
    if (draw_.percent(6))
      return draw_.of(Texts{"0", "abc", "", "1.0000001", "-1", "1000000000", "1000000001", "-0",
                            "1e3", "99999999999999999999999999999999999999999"});
    std::string border = "1";
    if (record != nullptr && record->from_quantity != "0") border = record->from_quantity;
    if (record != nullptr && record->to_quantity && draw_.percent(50))
      border = *record->to_quantity;
    oracle::Rational quantity =
        oracle::number(border) +
        oracle::number(draw_.of(Texts{"0", "0", "1", "-1", "0.000001", "-0.000001", "2.5"}));
    if (quantity == 0) quantity = 1;
    if (quantity < 0) quantity = -quantity;
    if (draw_.percent(returns_ ? 50 : 3)) quantity = -quantity;
    return oracle::text_of(quantity);
  }

  oracle::LineAsk line() {
    const oracle::RecordRow* record = aim();
    oracle::LineAsk made;
    made.article = draw_.of(world_.articles).code;
    if (record != nullptr) {
      if (const std::string* article = oracle::key_of(*record, "article")) made.article = *article;
    } else {
      made.article = world_.articles.front().code;
    }
    made.quantity = some_quantity(record);
    const auto* article = oracle::find_code(world_.articles, made.article);
    if (!article->units.empty() && draw_.percent(40)) made.unit = draw_.of(article->units).unit;
    if (draw_.percent(10)) made.unit = article->base_unit;
    if (draw_.percent(2)) made.article = "A999";
    if (draw_.percent(2)) made.unit = draw_.of(Texts{"ROLL", "PAL"});
    if (draw_.percent(15))
      made.agreement =
          draw_.of(Texts{"FA1", "FA2", "10", record != nullptr ? record->agreement : ""});
    if (draw_.percent(2)) made.agreement = "FA999";
    if (draw_.percent(40)) made.date = some_date(record);
    if (whole_ && draw_.percent(30)) add_own_fields(made);
    return made;
  }

  const World& world_;
  Draw& draw_;
  bool whole_;  // worlds of the whole language have rates
  bool returns_ = false;
};

}  // namespace

oracle::Ask make_ask(const oracle::World& world, Draw& draw, std::size_t lines) {
  return AskMaker{world, draw}.make(lines);
}

}  // namespace property
