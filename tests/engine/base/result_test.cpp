#include "engine/base/result.hpp"

#include "tests/catch.hpp"

#include <memory>
#include <set>
#include <string>

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

TEST_CASE("result: a value or a fault, never both", "[engine][base]") {
  Result<std::string> good{std::string{"text"}};
  REQUIRE(good);
  CHECK(*good == "text");
  CHECK(good->size() == 4);
  const Result<std::string> bad{Fault{FaultCode::bad_date, "valid_from", "why"}};
  CHECK_FALSE(bad);
  CHECK(bad.error().where == "valid_from");
  CHECK(Result<void>{});
  CHECK_FALSE(Result<void>{Fault{FaultCode::too_many, "", ""}});
}

TEST_CASE("result: a value that can only be moved is moved out", "[engine][base]") {
  Result<std::unique_ptr<int>> made{std::make_unique<int>(7)};
  const auto taken = *std::move(made);
  CHECK(*taken == 7);
}

TEST_CASE("fault: every code has a name of its own, in words with underscores", "[engine][base]") {
  std::set<std::string> names;
  for (int code = 0; code <= static_cast<int>(FaultCode::unsupported); ++code) {
    const std::string name = engine::base::fault_name(static_cast<FaultCode>(code));
    CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_") == std::string::npos);
    CHECK(names.insert(name).second);
  }
  CHECK(std::string{engine::base::fault_name(FaultCode::missing_value)} == "missing_value");
  CHECK(std::string{engine::base::fault_name(FaultCode::width_unprovable)} == "width_unprovable");
  CHECK(std::string{engine::base::fault_name(FaultCode::unsupported)} == "unsupported");
}
