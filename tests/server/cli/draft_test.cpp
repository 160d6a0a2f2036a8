// netto draft, and questions with --draft, from end to end in a data folder.
#include "tests/catch.hpp"
#include "tests/server/cli/netto_run.hpp"
#include "tests/server/node/small_company.hpp"
#include "tests/server/store/temporary_folder.hpp"

#include <random>
#include <string>
#include <vector>

namespace {

using server::cli::Exit;
using tests::netto_run;
using tests::Ran;
using tests::write_file;

struct DraftWorld {
  tests::TemporaryFolder folder;
  std::string data = folder.path() + "/data";

  DraftWorld() {
    tests::write_small_company(folder.path() + "/files");
    REQUIRE(run({"import", folder.path() + "/files"}).exit == Exit::ok);
  }

  Ran run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"--data", data});
    return netto_run(arguments);
  }

  std::string file(const std::string& name, const std::string& text) const {
    write_file(folder.path() + "/" + name, text);
    return folder.path() + "/" + name;
  }

  std::string prices(const std::string& name, const std::string& rows) const {
    return file(name, "type,article,value,currency,key\n" + rows);
  }

  // What an article costs: lines as CSV.
  std::string quote(const std::vector<std::string>& more = {}) const {
    std::vector<std::string> arguments{"quote", "--customer", "K1",       "--date", "2026-03-01",
                                       "S-10",  "S-20:3",     "--format", "csv"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(arguments).out;
  }
};

bool draft_text_has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("draft: what is live stays until it is published, and the draft answers as then",
          "[server][cli]") {
  const DraftWorld world;
  const std::string before = world.quote();
  const auto made = world.run({"draft", "create", "spring", "--by", "anna", "--note", "April",
                               world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")});
  CAPTURE(made.err);
  REQUIRE(made.exit == Exit::ok);
  CHECK(world.quote() == before);
  const std::string then = world.quote({"--draft", "spring"});
  CHECK(draft_text_has(then, "30.30"));
  const auto list = world.run({"draft", "list"});
  CHECK(list.says("spring"));
  CHECK(list.says("anna"));
  const auto published = world.run({"draft", "publish", "spring", "--by", "bo"});
  CAPTURE(published.err);
  CHECK(published.says("draft spring is live as batch 2"));
  CHECK(world.quote() == then);
  CHECK(world.run({"draft", "list"}).says("there is no draft"));
  CHECK(world.run({"draft", "publish", "spring", "--by", "bo"}).exit == Exit::bad_input);
}

TEST_CASE("draft: the list says what guards found in its parts", "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"import", world.file("guards.json",
                                         R"({"feed": "conditions",
                                             "guards": {"zero_price": {"then": "hold"}}})")})
              .exit == Exit::ok);
  const auto made = world.run({"draft", "create", "spring", "--by", "anna",
                               world.prices("conditions.csv", "base_price,S-20,0,EUR,B-3\n")});
  CAPTURE(made.err);
  CHECK(made.says("zero_price"));
  CHECK(world.run({"draft", "list"}).says("zero_price"));
  CHECK(world.run({"draft", "list", "--format", "csv"}).says("zero_price: 1 price is zero"));
}

TEST_CASE("draft: the answer says that it is one, and an unknown draft has none", "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")})
              .exit == Exit::ok);
  const auto marked =
      world.run({"quote", "--draft", "spring", "--customer", "K1", "S-20", "--format", "json"});
  CHECK(marked.says(R"("draft":{"name":"spring","based_on":1})"));
  CHECK(marked.complains("not live"));
  const auto unknown = world.run({"quote", "--draft", "summer", "--customer", "K1", "S-20"});
  CHECK(unknown.exit == Exit::bad_input);
  CHECK(unknown.out.empty());
  CHECK(unknown.complains("draft summer"));
  const auto away = world.run(
      {"quote", "--draft", "spring", "--url", "http://127.0.0.1:1", "--customer", "K1", "S-20"});
  CHECK(away.exit == Exit::world_failed);  // asks a node, and there is none
  CHECK(away.out.empty());
  CHECK(world.run({"draft", "create", "a/b", world.prices("p.csv", "")}).exit == Exit::bad_input);
}

TEST_CASE("draft: compare shows what changes and nothing else", "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")})
              .exit == Exit::ok);
  const auto compared = world.run({"draft", "compare", "spring", "--customer", "K1", "--date",
                                   "2026-03-01", "S-10", "S-20:3", "--format", "csv"});
  CAPTURE(compared.out, compared.err);
  CHECK(compared.exit == Exit::ok);
  CHECK(compared.says("S-20,3 PCE,9.80,10.10,29.40,30.30,changed"));
  CHECK_FALSE(compared.says("S-10"));
}

TEST_CASE("draft: compare shows what changes in whole price lists", "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv",
                                 "base_price,S-20,10.10,EUR,B-3\nbase_price,S-10,1.00,EUR,B-1\n")})
              .exit == Exit::ok);
  const std::vector<std::string> list{"draft", "compare", "spring", "--date", "2026-03-01"};
  const auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), list.begin(), list.end());
    return world.run(more);
  };
  const auto table = with({"--all"});
  CAPTURE(table.out, table.err);
  CHECK(table.exit == Exit::ok);
  CHECK(table.complains("not live"));
  // K1 has a price of his own for S-10, which the draft leaves as it is.
  CHECK(table.says("+3.06 %, customer K1, article S-20"));
  CHECK(table.says("9.80 EUR per PCE  10.10 EUR per PCE  +3.06 %  dearer"));
  CHECK_FALSE(table.says("S-10"));
  const auto csv = with({"--customer", "K1", "--format", "csv"});
  CHECK(csv.says("customer,article,change,percent,live_unit_price,"));
  CHECK(csv.says("K1,S-20,dearer,+3.06,9.80,1,PCE,EUR,priced,10.10,1,PCE,EUR,priced"));
  CHECK(with({"--customer", "K1", "--format", "json"}).says(R"("same":1,"dearer":1)"));
  const auto short_list = with({"--all", "--limit", "0", "--articles", "S-10"});
  CHECK(short_list.exit == Exit::ok);
  CHECK_FALSE(short_list.says("S-20"));
  for (const auto& wrong : std::vector<std::vector<std::string>>{{},
                                                                 {"--customer", "K9"},
                                                                 {"--customer", "K1", "--all"},
                                                                 {"--group", "X"},
                                                                 {"--all", "S-10"},
                                                                 {"--all", "--articles", "S-99"},
                                                                 {"--all", "--quantity", "0"}}) {
    const auto ran = with(wrong);
    CAPTURE(ran.err, wrong);
    CHECK(ran.exit == Exit::bad_input);
    CHECK(ran.out.empty());
  }
}

TEST_CASE("draft: price lists and checks may be of a draft", "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv", "base_price,S-20,0.00,EUR,B-3\n")})
              .exit == Exit::ok);
  const std::vector<std::string> list{
      "pricelist", "--customer", "K1", "--date", "2026-03-01", "--columns", "article,unit_price"};
  auto of_draft = list;
  of_draft.insert(of_draft.end(), {"--draft", "spring"});
  CHECK(world.run(list).says("S-20,9.80"));
  const auto made = world.run(of_draft);
  CHECK(made.says("S-20,0.00"));
  CHECK(made.complains("not live"));
  CHECK(world.run({"check", "--kind", "zero_price"}).says("Nothing to complain of"));
  const auto checked = world.run({"check", "--kind", "zero_price", "--draft", "spring"});
  CAPTURE(checked.out);
  CHECK(checked.says("S-20"));
  of_draft.back() = "summer";
  const auto unknown = world.run(of_draft);
  CHECK(unknown.exit == Exit::bad_input);
  CHECK(unknown.out.empty());
}

TEST_CASE("draft: a dropped one leaves nothing", "[server][cli]") {
  const DraftWorld world;
  const std::string before = world.quote();
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")})
              .exit == Exit::ok);
  CHECK(world.run({"draft", "drop", "spring"}).exit == Exit::ok);
  CHECK(world.run({"draft", "drop", "spring"}).exit == Exit::bad_input);
  CHECK(world.quote() == before);
  CHECK(world.run({"quote", "--draft", "spring", "--customer", "K1", "S-20"}).out.empty());
}

TEST_CASE("draft: a list that is replaced as a whole, then added to, comes out the same when live",
          "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring", "--replace", "type:base_price",
                    world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")})
              .exit == Exit::ok);
  REQUIRE(world
              .run({"draft", "add", "spring",
                    world.prices("more.csv", "base_price,S-10,7.70,EUR,B-9\n")})
              .exit == Exit::ok);
  const std::string then = world.quote({"--draft", "spring"});
  CHECK(draft_text_has(then, "7.70"));        // added after the replace: it stays
  CHECK_FALSE(draft_text_has(then, "4.00"));  // gone with the list
  CHECK(world.run({"draft", "publish", "spring", "--by", "bo"}).exit == Exit::ok);
  CHECK(world.quote() == then);
}

TEST_CASE("draft: one that rests on another that came in meanwhile meets it when it is published",
          "[server][cli]") {
  const DraftWorld world;
  REQUIRE(world
              .run({"draft", "create", "spring",
                    world.prices("prices.csv", "base_price,S-20,10.10,EUR,B-3\n")})
              .exit == Exit::ok);
  REQUIRE(world.run({"import", world.prices("live.csv", "base_price,S-20,11.00,EUR,B-3\n")}).exit ==
          Exit::ok);
  CHECK(draft_text_has(world.quote(), "33.00"));
  const std::string then = world.quote({"--draft", "spring"});
  CHECK(draft_text_has(then, "30.30"));
  CHECK(world.run({"draft", "publish", "spring", "--by", "bo"}).exit == Exit::ok);
  CHECK(world.quote() == then);
}

TEST_CASE("draft: answers against any draft equal those after it is published", "[server][cli]") {
  std::mt19937 random{20261123};
  int published_all = 0;
  for (int round = 0; round < 12; ++round) {
    const DraftWorld world;
    const int parts = 1 + static_cast<int>(random() % 3);
    for (int part = 0; part < parts; ++part) {
      std::string rows;
      for (unsigned row = 0; row <= random() % 3; ++row) {
        rows += "base_price," + std::string{random() % 2 == 0 ? "S-10" : "S-20"} + "," +
                std::to_string(1 + random() % 50) + ".25,EUR,B-" +
                std::to_string(1 + random() % 5) + "\n";
      }
      CAPTURE(round, part, rows);
      std::vector<std::string> arguments{"draft", part == 0 ? "create" : "add", "d",
                                         world.prices("part.csv", rows)};
      if (random() % 3 == 0) arguments.insert(arguments.end(), {"--replace", "type:base_price"});
      const auto kept = world.run(arguments);
      CAPTURE(kept.err, kept.out);
      if (part == 0) REQUIRE(kept.exit != Exit::world_failed);
    }
    const std::string then = world.quote({"--draft", "d"});
    const auto published = world.run({"draft", "publish", "d", "--by", "bo"});
    CAPTURE(round, then, published.err);
    if (published.exit != Exit::ok) CHECK(then.empty());
    if (published.exit == Exit::ok) CHECK(world.quote() == then);
    published_all += published.exit == Exit::ok ? 1 : 0;
  }
  CHECK(published_all >= 6);
}

TEST_CASE("draft: rules can be one, too", "[server][cli]") {
  const DraftWorld world;
  const std::string before = world.quote();
  std::string rules{tests::base_price_rules};
  const std::string rounding = "2, 'half_up'";
  rules.replace(rules.find(rounding), rounding.size(), "0, 'half_up'");
  const auto made = world.run({"draft", "create", "coarse", world.file("coarse.json", rules)});
  CAPTURE(made.err);
  REQUIRE(made.exit == Exit::ok);
  CHECK(world.quote() == before);
  const std::string then = world.quote({"--draft", "coarse"});
  CHECK_FALSE(then.empty());
  CHECK(then != before);
  CHECK(world.run({"draft", "publish", "coarse", "--by", "bo"}).exit == Exit::ok);
  CHECK(world.quote() == then);
}

TEST_CASE("draft: one that no longer fits is told, stays, and changes nothing", "[server][cli]") {
  const DraftWorld world;
  const auto procedure = [&world](const std::string& name, const std::string& value) {
    std::string rules{tests::base_price_rules};
    rules.replace(rules.find("\"base\""), 6, "\"" + name + "\"");
    const std::string types = "\"condition_types\": {";
    rules.replace(rules.find(types), types.size(),
                  types + R"("extra": {"value": ")" + value + R"(", "title": "Extra"}, )");
    return world.file(name + ".json", rules);
  };
  const auto lookup = [&world](const std::string& name) {
    return world.file("lookup_" + name + ".json",
                      R"({"procedure_lookup": [{"when": {"channel": "web"}, "procedure": ")" +
                          name + R"("}, {"procedure": "base"}]})");
  };
  REQUIRE(
      world.run({"draft", "create", "rules", procedure("other", "price"), lookup("other")}).exit ==
      Exit::ok);
  REQUIRE(world.run({"import", procedure("third", "percent"), lookup("third")}).exit == Exit::ok);
  const std::string before = world.quote();
  const auto published = world.run({"draft", "publish", "rules", "--by", "bo"});
  CHECK(published.exit == Exit::bad_input);
  CHECK(published.complains("draft rules: it does not fit what is live now"));
  CHECK(published.complains("'extra' is declared twice"));
  CHECK(world.quote() == before);
  CHECK(world.run({"draft", "list"}).says("rules"));
  CHECK(world.quote({"--draft", "rules"}).empty());
}
