// Facts that went through an image answer as those that did not, over made-up companies with all
// of the language; and no piece of an image is ever taken for a whole one.
#include "engine/model/image_members.hpp"
#include "rules/record_texts.hpp"
#include "server/store/image_archive.hpp"

#include "tests/catch.hpp"
#include "tests/property/made_case.hpp"

namespace {

using engine::model::Facts;
using engine::quote::Detail;

std::string image_of(const Facts& facts) {
  std::string bytes;
  server::store::ImageWriter writer{[&bytes](std::string_view more) { bytes += more; }};
  writer(facts);
  return bytes;
}

Facts facts_of(std::string_view bytes) {
  Facts facts;
  facts.set_compiler(std::make_shared<rules::RecordTexts>());
  server::store::ImageReader reader{bytes};
  reader(facts);
  REQUIRE_FALSE(reader.failed());
  REQUIRE(reader.at_end());
  const auto compiled = facts.compile_texts();
  REQUIRE(compiled);
  return facts;
}

bool is_whole(std::string_view bytes) {
  Facts facts;
  server::store::ImageReader reader{bytes};
  reader(facts);
  return !reader.failed() && reader.at_end();
}

}  // namespace

TEST_CASE("property: facts out of an image answer as those that went into it", "[property]") {
  property::each_case(20'261'122, 200, property::Language::any, [&](const property::Case& made) {
    property::Draw draw{made.seed ^ 77U};
    const std::string image = image_of(made.engine->facts());
    for (int i = 0; i < 10; ++i)
      REQUIRE_FALSE(is_whole(std::string_view{image}.substr(0, draw.below(image.size()))));
    const oracle::Engine again{facts_of(image), made.documents};
    for (int i = 0; i < 6; ++i) {
      const oracle::Ask ask = make_ask(made.world, draw, 1 + draw.below(6));
      INFO(describe(ask));
      const auto question = made.engine->question(ask);
      const auto asked_again = again.question(ask);
      REQUIRE(question.has_value() == asked_again.has_value());
      if (!question) continue;
      for (const Detail detail : {Detail::plain, Detail::explained}) {
        REQUIRE(
            oracle::texts_of(again.snapshot(), *asked_again, again.answer(*asked_again, detail)) ==
            oracle::texts_of(made.engine->snapshot(), *question,
                             made.engine->answer(*question, detail)));
      }
    }
  });
}
