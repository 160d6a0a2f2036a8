// Small worlds, tried exhaustively: what a random search could miss is counted out here.
#include "tests/catch.hpp"
#include "tests/oracle/engine_of.hpp"
#include "tests/oracle/pricer.hpp"

namespace {

using oracle::Ask;
using oracle::day;
using oracle::RecordRow;
using oracle::World;
using Texts = std::vector<std::string>;

World empty_world() {
  World world;
  world.currencies = {{"EUR", 2}};
  world.article_groups = {{"G1", "", 0}, {"G2", "G1", 0}};
  world.articles = {{"A", "PCE", {"G1"}, {}, {}, "0"}, {"B", "PCE", {"G2"}, {}, {}, "0"}};
  world.customer_groups = {{"top", "", 5}, {"inner", "top", 1}};
  world.customers = {{"C", "", "EUR", {"inner"}, {}, {}},
                     {"D", "C", "EUR", {"top"}, {}, {}},
                     {"E", "", "EUR", {}, {}, {}}};
  return world;
}

std::string procedure(const std::string& accesses, const std::string& choose,
                      const std::string& search = "all") {
  return R"({"procedure": "p", "condition_types": {"price": {"value": "price", "flags": ["discountable"]}},
    "steps": [{"step": "price", "find": {"type": "price", "search": ")" +
         search + R"(", "accesses": [)" + accesses + R"(], "choose": [)" + choose +
         R"(], "tie": "report", "required": true}}],
    "answer": {"price": "price", "unit_price": "price", "line_amount": "price"}})";
}

// The engine against the oracle; says where they differ.
std::string disagreement(const World& world, const std::string& rules, const Ask& ask) {
  const Texts documents{rules};
  const oracle::Engine engine{world, documents};
  const oracle::Rules read = oracle::read_rules(documents);
  return difference(engine, ask, engine.answer(ask), oracle::Pricer{world, read}.answer(ask));
}

// Every line that the four dates, five quantities and two articles make.
Ask every_line() {
  Ask ask{"C", "EUR", day(2024, 1, 1), {}, {}};
  for (const char* article : {"A", "B"}) {
    for (const char* quantity : {"1", "4.999999", "5", "10", "11"}) {
      for (const oracle::Minutes date :
           {day(2024, 2, 28), day(2024, 2, 29), day(2024, 3, 1), day(2024, 3, 1) - 1}) {
        ask.lines.push_back({article, quantity, "", "", date});
      }
    }
  }
  return ask;
}

// Two articles and two groups, three thresholds, each open, starting and ending on the leap day;
// with and without documents, external keys and flags.
World thresholds_and_dates() {
  World world = empty_world();
  world.documents = {{"promotion", "7", "", {day(2024, 1, 1), oracle::open_end}, 0, false, {}},
                     {"promotion", "10", "", {}, 0, true, {}}};
  const std::vector<oracle::Span> spans{{},
                                        {day(2024, 2, 29), oracle::open_end},
                                        {oracle::open_start, day(2024, 2, 29)},
                                        {day(2024, 2, 29), day(2024, 3, 1)}};
  const std::vector<std::pair<std::string, std::string>> keys{
      {"article", "A"}, {"article", "B"}, {"article_group", "G1"}, {"article_group", "G2"}};
  int number = 0;
  for (const auto& key : keys) {
    for (const char* threshold : {"0", "5", "10"}) {
      RecordRow record;
      record.type = "price";
      record.keys = {key};
      record.from_quantity = threshold;
      record.validity = spans[static_cast<std::size_t>(number) % spans.size()];
      record.value = std::to_string(10 + number * 7 % 5);
      record.currency = "EUR";
      record.rank = number % 3;
      record.promotion = number % 4 == 1 ? "7" : number % 4 == 2 ? "10" : "";
      if (number % 3 == 0) record.flags_cleared = {"discountable"};
      if (number % 2 == 0) record.key = "K" + std::to_string(20 - number);
      if (number % 5 == 0) record.unit = "PCE";
      record.line = static_cast<std::uint32_t>(++number);
      world.records.push_back(record);
      record.key = "D" + std::to_string(number);
      record.validity = {};
      record.value = std::to_string(12 - number % 3);
      record.line += 100;
      world.records.push_back(record);
    }
  }
  return world;
}

}  // namespace

TEST_CASE("small worlds: every order of two comparators decides as the oracle does", "[property]") {
  const World world = thresholds_and_dates();
  const Ask ask = every_line();
  const Texts comparators{"\"rank\"",
                          "\"nearest\"",
                          "\"most_fields\"",
                          "\"dated\"",
                          "\"currency_bound\"",
                          "\"unit_bound\"",
                          "\"highest_threshold\"",
                          "\"newest_start\"",
                          "\"newest_document\"",
                          "\"lowest_value\"",
                          "\"highest_value\"",
                          "\"document_number\"",
                          "\"document_text\"",
                          "\"record_number\"",
                          "\"record_text\"",
                          R"({"by": "flag_set", "flag": "discountable"})",
                          R"({"by": "flag_clear", "flag": "discountable"})"};
  for (const std::string& first : comparators) {
    for (const std::string& second : comparators) {
      INFO(first << ", " << second);
      const std::string wrong = disagreement(
          world,
          procedure(R"({"keys": ["article"]}, {"keys": ["article_group"]})", first + ", " + second),
          ask);
      REQUIRE(wrong == "");
    }
  }
}

TEST_CASE("small worlds: every search over every validity finds as the oracle does", "[property]") {
  const World world = thresholds_and_dates();
  const Ask ask = every_line();
  for (const char* search : {"first", "all"}) {
    for (const char* ancestors : {"true", "false"}) {
      for (const char* accesses :
           {R"({"keys": ["article"]}, {"keys": ["article_group"], "ancestors": %})",
            R"({"keys": ["article_group"], "ancestors": %}, {"keys": ["article"]})"}) {
        std::string text = accesses;
        text.replace(text.find('%'), 1, ancestors);
        INFO(search << " " << text);
        const std::string wrong = disagreement(
            world, procedure(text, "\"highest_threshold\", \"lowest_value\"", search), ask);
        REQUIRE(wrong == "");
      }
    }
  }
}

TEST_CASE("small worlds: every way a list comes to a customer, on every day of its border",
          "[property]") {
  World world = empty_world();
  const oracle::Span bounded{day(2024, 2, 29), day(2024, 3, 1)};
  for (const char* code : {"own", "of inner", "of top", "of all", "named"}) {
    world.documents.push_back({"price_list", code, "EUR", {}, 3, false, {}});
    RecordRow record;
    record.type = "price";
    record.keys = {{"price_list", code}, {"article", "A"}};
    record.value = std::to_string(10 + world.documents.size());
    record.line = static_cast<std::uint32_t>(world.documents.size());
    world.records.push_back(record);
  }
  world.documents[2].validity = bounded;
  world.documents[4].validity = {day(2024, 3, 1), oracle::open_end};
  world.customers[0].price_lists = {"own"};
  world.assignments = {{"of inner", "", "inner", 2, bounded},
                       {"of top", "", "top", {}, {}},
                       {"of all", "", "", 9, {}},
                       {"own", "D", "", 7, bounded}};
  Ask ask{"C", "EUR", 0, {}, {}};
  for (int offset = -2; offset <= 2; ++offset) {
    for (const oracle::Minutes border : {bounded.from, bounded.to})
      ask.lines.push_back({"A", "1", "", "", border + offset});
  }
  for (const char* lists : {"any", "customer", "group", "everyone"}) {
    for (const char* ancestors : {"true", "false"}) {
      for (const char* choose : {"\"rank\"", "\"nearest\", \"rank\"", "\"highest_value\""}) {
        for (const char* constants : {"", R"(, "constants": {"price_list": "named"})"}) {
          for (const char* customer : {"C", "D", "E"}) {
            ask.customer = customer;
            const std::string access =
                std::string{R"({"keys": ["price_list", "article"], "lists": ")"} + lists +
                "\", \"ancestors\": " + ancestors + constants + "}";
            INFO(customer << " " << access << " " << choose);
            const std::string wrong = disagreement(world, procedure(access, choose), ask);
            REQUIRE(wrong == "");
          }
        }
      }
    }
  }
}

TEST_CASE("small worlds: every use of agreements by every customer, asked for or not",
          "[property]") {
  World world = empty_world();
  world.documents = {{"agreement", "open", "", {}, 0, false, {}},
                     {"agreement", "of C", "", {}, 0, false, {"C"}},
                     {"agreement", "of D", "", {}, 0, false, {"D", "E"}},
                     {"agreement", "empty", "", {}, 0, false, {}},
                     {"promotion", "P", "", {}, 0, false, {}}};
  for (const char* document : {"", "open", "of C", "of D", "P"}) {
    RecordRow record;
    record.type = "price";
    record.keys = {{"article", "A"}};
    (std::string{document} == "P" ? record.promotion : record.agreement) = document;
    record.value = std::to_string(20 - world.records.size());
    record.currency = "EUR";
    record.line = static_cast<std::uint32_t>(world.records.size() + 1);
    world.records.push_back(record);
  }
  Ask ask{"C", "EUR", 0, {}, {}};
  for (const char* agreement : {"", "open", "of C", "of D", "empty", "unknown"})
    ask.lines.push_back({"A", "1", "", agreement, {}});
  for (const char* use : {"any", "asked", "allowed", "none"}) {
    for (const char* exclusive : {"true", "false"}) {
      for (const char* next :
           {"", R"(, {"keys": ["article"]})", R"(, {"keys": ["article"], "agreement": "none"})"}) {
        for (const char* customer : {"C", "D", "E"}) {
          ask.customer = customer;
          const std::string access = std::string{R"({"keys": ["article"], "agreement": ")"} + use +
                                     "\", \"exclusive\": " + exclusive + "}" + next;
          INFO(customer << " " << access);
          const std::string wrong =
              disagreement(world, procedure(access, "\"lowest_value\"", "first"), ask);
          REQUIRE(wrong == "");
        }
      }
    }
  }
}
