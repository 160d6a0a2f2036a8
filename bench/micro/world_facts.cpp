#include "bench/micro/world_facts.hpp"

#include "engine/quote/answer.hpp"
#include "engine/snapshot/advance.hpp"
#include "engine/snapshot/builder.hpp"
#include "rules/rule_book.hpp"

#include "bench/micro/faults.hpp"
#include "bench/world/oracle.hpp"

#include <array>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

namespace bench::micro {

namespace model = engine::model;
using engine::base::CivilMinutes;
using engine::base::Decimal;
using engine::base::Quantity;

namespace {

rules::RuleDocument read(const std::string& path) {
  std::ifstream file{std::string{NETTO_SOURCE_DIR} + "/" + path};
  std::ostringstream text;
  text << file.rdbuf();
  if (!file) give_up("cannot read " + path);
  return {path, text.str()};
}

engine::base::Validity validity_of(world::Validity days) {
  const auto minutes = [](world::Day day) {
    return CivilMinutes{day * CivilMinutes::minutes_per_day};
  };
  return {minutes(days.from), minutes(days.to).next_day()};
}

class FactsSink final : public world::WorldSink {
 public:
  explicit FactsSink(model::Facts& facts) : facts_{facts} {
    put(facts_.put(model::CurrencyDraft{"EUR", "Euro", 2}));
    for (const char* code : {"1", "2", "3"}) put(facts_.put(model::WarehouseDraft{code, ""}));
    band_profile_ = *facts_.schema.find_field("band_profile");
  }

  void product_group(const world::ProductGroupRow& row) override {
    profiles_[row.id] = std::to_string(row.band_profile);
    put(facts_.put(model::ArticleGroupDraft{number(row.id), "", ""}));
  }

  void sku(const world::SkuRow& row) override {
    const std::string code = world::sku_code(row.id);
    const std::string group = std::to_string(row.product_group_id);
    const std::array<std::string_view, 1> groups{group};
    const std::array<model::AttributeText, 1> attributes{
        {{band_profile_, profiles_.at(row.product_group_id)}}};
    model::ArticleDraft draft;
    draft.code = code;
    draft.groups = groups;
    draft.attributes = attributes;
    put(facts_.put(draft));
    const std::array<model::KeyText, 1> keys{{{model::Schema::article, code}}};
    price("base_price", keys, row.base_price, 1, {}, false);
  }

  void member(const world::MemberRow& row) override {
    groups_of_[row.customer_id].push_back(row.group_id);
  }

  void end(world::WorldFile file) override {
    if (file == world::WorldFile::member) put_customers();
  }

  void customer(const world::CustomerRow& row) override { groups_of_[row.id]; }

  void price_list(const world::PriceListHead& row) override {
    const std::string code = std::to_string(row.id);
    model::DocumentDraft list;
    list.code = code;
    list.currency = "EUR";
    list.validity = validity_of(row.validity);
    list.refuses_discounts = !row.discountable;
    put(facts_.put(list));
    model::ListAssignmentDraft assignment;
    const std::string owner = row.owner_type == world::OwnerType::customer
                                  ? world::customer_code(row.owner_id)
                                  : group(row.owner_id);
    assignment.price_list = code;
    (row.owner_type == world::OwnerType::customer ? assignment.customer
                                                  : assignment.customer_group) = owner;
    assignment.rank = row.priority;
    put(facts_.put(assignment));
  }

  void price_list_row(const world::PriceListRow& row) override {
    const std::string list = std::to_string(row.list_id);
    const std::string sku = world::sku_code(row.sku_id);
    const std::array<model::KeyText, 2> keys{
        {{model::Schema::price_list, list}, {model::Schema::article, sku}}};
    price("list_price", keys, row.price, row.min_qty, {}, false);
  }

  void agreement(const world::AgreementRow& row) override {
    const std::string customer = world::customer_code(row.customer_id);
    const std::string sku = world::sku_code(row.sku_id);
    const std::array<model::KeyText, 2> keys{
        {{model::Schema::customer, customer}, {model::Schema::article, sku}}};
    price("customer_price", keys, row.price, row.min_qty, validity_of(row.validity),
          !row.discountable);
  }

  void disc_cust_pg(const world::DiscountRow& row) override {
    const std::string customer = world::customer_code(row.owner_id);
    discount("customer_discount", {model::Schema::customer, customer},
             {model::Schema::article_group, number(row.target_id)}, row);
  }

  void disc_group_pg(const world::DiscountRow& row) override {
    const std::string owner = group(row.owner_id);
    discount("group_discount", {model::Schema::customer_group, owner},
             {model::Schema::article_group, number(row.target_id)}, row);
  }

  void disc_group_sku(const world::DiscountRow& row) override {
    const std::string owner = group(row.owner_id);
    const std::string sku = world::sku_code(row.target_id);
    discount("group_discount", {model::Schema::customer_group, owner},
             {model::Schema::article, sku}, row);
  }

  void stock(const world::StockRow& row) override {
    const std::string sku = world::sku_code(row.sku_id);
    put(facts_.put(model::StockDraft{sku, number(row.warehouse), Quantity::whole(row.qty), {}}));
  }

 private:
  static std::string group(std::uint32_t id) { return std::string{"G"}.append(std::to_string(id)); }

  std::string_view number(std::uint32_t id) {
    number_ = std::to_string(id);
    return number_;
  }

  void put_customers() {
    for (std::uint32_t id = 1; const auto& [customer, groups] : groups_of_) {
      for (const std::uint32_t member : groups) {
        for (; id <= member; ++id) put(facts_.put(model::CustomerGroupDraft{group(id), "", "", 0}));
      }
    }
    for (const auto& [customer, groups] : groups_of_) {
      std::vector<std::string> names;
      for (const std::uint32_t member : groups) names.push_back(group(member));
      const std::vector<std::string_view> codes(names.begin(), names.end());
      const std::string code = world::customer_code(customer);
      model::CustomerDraft draft;
      draft.code = code;
      draft.currency = "EUR";
      draft.groups = codes;
      put(facts_.put(draft));
    }
  }

  void price(std::string_view type, std::span<const model::KeyText> keys,
             std::int64_t ten_thousandths, std::int32_t from, engine::base::Validity validity,
             bool refuses) {
    model::ConditionDraft draft;
    draft.type = type;
    draft.keys = keys;
    draft.value = Decimal{ten_thousandths, 4};
    draft.currency = "EUR";
    draft.from_quantity = Quantity::whole(from);
    draft.validity = validity;
    draft.flags_cleared = refuses ? model::flag_bit(model::Schema::discountable) : std::uint32_t{0};
    draft.line = ++line_;
    put(facts_.put(draft));
  }

  void discount(std::string_view type, model::KeyText owner, model::KeyText target,
                const world::DiscountRow& row) {
    const std::array<model::KeyText, 2> keys{owner, target};
    model::ConditionDraft draft;
    draft.type = type;
    draft.keys = keys;
    draft.value = Decimal{row.bp, 2};
    draft.validity = validity_of(row.validity);
    draft.line = ++line_;
    put(facts_.put(draft));
  }

  model::Facts& facts_;
  model::FieldId band_profile_;
  std::map<std::uint32_t, std::string> profiles_;
  std::map<std::uint32_t, std::vector<std::uint32_t>> groups_of_;
  std::string number_;
  std::uint32_t line_ = 0;
};

long since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               start)
      .count();
}

constexpr std::array band_codes{"NONE", "LOW", "MEDIUM", "HIGH"};

bool equal(const engine::snapshot::Snapshot& snapshot, const engine::quote::Answer& answer,
           const world::Answer& wanted) {
  const auto& line = answer.priced.lines.front();
  if (line.outcome != model::Outcome::priced) return false;
  const auto& band = answer.availability.front();
  if (band.band_set == engine::avail::no_band) return false;
  const auto& code = snapshot.rules().band_sets[band.band_set].bands[band.band].code;
  const auto part =
      snapshot.conditions().part_of_key(snapshot.conditions().key_of_record(line.record));
  const auto table = snapshot.conditions().table_of_part(part);
  const std::string& type = snapshot.schema().type(snapshot.schema().table(table).type).name;
  const char source = static_cast<char>(wanted.source);
  const bool same_source = source == 'A'   ? type == "customer_price"
                           : source == 'B' ? type == "base_price"
                                           : type == "list_price";
  return same_source && line.unit_price.mantissa == wanted.unit_cents &&
         line.line_amount.mantissa == wanted.line_cents &&
         code == band_codes[static_cast<std::size_t>(wanted.band)];
}

}  // namespace

std::unique_ptr<WorldFacts> facts_of(const world::World& world) {
  auto made = std::make_unique<WorldFacts>();
  model::Facts& facts = made->facts;
  const std::vector<rules::RuleDocument> documents{
      read("rules/procedures/agreed_then_lists_then_base.json"),
      read("docs/examples/world/rules/availability_bands.json")};
  const auto compiled = rules::compile(documents, facts.schema);
  if (!compiled.rules)
    give_up(compiled.faults.front().where + ": " + compiled.faults.front().detail);
  made->rules = compiled.rules;
  facts.begin_batch();
  FactsSink sink{facts};
  world.stream(sink);
  return made;
}

std::shared_ptr<const engine::snapshot::Snapshot> snapshot_of(WorldFacts& made,
                                                              std::uint64_t generation) {
  return taken(engine::snapshot::SnapshotBuilder{made.facts, made.rules, generation}.build());
}

std::shared_ptr<const engine::snapshot::Snapshot> snapshot_after(
    const engine::snapshot::Snapshot& previous, WorldFacts& made) {
  const std::uint64_t generation = previous.generation() + 1;
  auto next = taken(engine::snapshot::advance(previous, made.facts, made.rules, generation));
  return next != nullptr ? next : snapshot_of(made, generation);
}

std::shared_ptr<const engine::snapshot::Snapshot> load_world(const world::World& world,
                                                             LoadTimes* times) {
  const auto start = std::chrono::steady_clock::now();
  const auto made = facts_of(world);
  if (times != nullptr) times->facts_ms = since(start);
  const auto building = std::chrono::steady_clock::now();
  auto snapshot = snapshot_of(*made);
  if (times != nullptr) times->snapshot_ms = since(building);
  return snapshot;
}

const engine::snapshot::Snapshot& loaded(std::string_view size) {
  static std::map<std::string, std::shared_ptr<const engine::snapshot::Snapshot>, std::less<>>
      worlds;
  const auto known = worlds.find(size);
  if (known != worlds.end()) return *known->second;
  const world::World world{*world::size_named(size)};
  LoadTimes times;
  auto snapshot = load_world(world, &times);
  std::fprintf(stderr, "world %.*s: facts in %ld ms, snapshot in %ld ms, %zu records, %zu MB\n",
               static_cast<int>(size.size()), size.data(), times.facts_ms, times.snapshot_ms,
               snapshot->conditions().record_count(), snapshot->memory_bytes() >> 20);
  verify(*snapshot, world);
  return *worlds.emplace(std::string{size}, std::move(snapshot)).first->second;
}

engine::quote::Question question_of(const engine::snapshot::Snapshot& snapshot,
                                    std::span<const world::Question> lines) {
  engine::quote::QuoteRequest request;
  std::vector<std::string> texts;
  texts.reserve(lines.size() * 2 + 1);
  texts.push_back(world::customer_code(lines.front().customer_id));
  request.customer = texts.back();
  request.date = CivilMinutes{lines.front().at * CivilMinutes::minutes_per_day};
  for (const world::Question& line : lines) {
    engine::quote::LineRequest& to = request.lines.emplace_back();
    texts.push_back(world::sku_code(line.sku_id));
    to.article = texts.back();
    texts.push_back(std::to_string(line.qty));
    to.quantity = texts.back();
  }
  return taken(engine::quote::resolve(snapshot, request, *request.date));
}

std::vector<engine::quote::Question> list_headers(const engine::snapshot::Snapshot& snapshot,
                                                  std::uint32_t customers) {
  std::vector<engine::quote::Question> headers;
  for (std::uint32_t customer = 1; customer <= customers; ++customer) {
    const world::Question any{1, customer, 1, 1, world::fixed_day};
    headers.push_back(question_of(snapshot, std::span{&any, 1}));
    headers.back().lines.clear();
  }
  return headers;
}

void verify(const engine::snapshot::Snapshot& snapshot, std::span<const world::Question> questions,
            std::span<const world::Answer> wanted) {
  engine::price::Scratch scratch;
  engine::quote::Answer answer;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto question = question_of(snapshot, questions.subspan(i, 1));
    engine::quote::quote(snapshot, question, engine::quote::Detail::plain, scratch, answer);
    if (!equal(snapshot, answer, wanted[i])) {
      give_up("question " + std::to_string(questions[i].id) +
              " is not answered as by the plain oracle: unit " +
              engine::base::to_string(Decimal{answer.priced.lines.front().unit_price.mantissa, 2}) +
              ", wanted " + engine::base::to_string(Decimal{wanted[i].unit_cents, 2}));
    }
  }
}

void verify(const engine::snapshot::Snapshot& snapshot, const world::World& world) {
  const auto lookups = world::lookup_questions(world, world::oracle_lookups);
  verify(snapshot, lookups, world::oracle_answers(world, lookups));
  const auto fixed = world::fixed_questions(world);
  verify(snapshot, fixed, world::oracle_answers(world, fixed));
}

}  // namespace bench::micro
