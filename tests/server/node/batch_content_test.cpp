#include "server/node/batch_content.hpp"

#include "tests/catch.hpp"

#include <string>
#include <vector>

using server::node::pack;
using server::node::Part;
using server::node::PartKind;
using server::node::unpack;

TEST_CASE("batch content: parts come back as they were packed", "[server][node]") {
  const std::string binary{"a\0\npart rules 1 1\n", 19};
  const std::vector<Part> parts{{PartKind::rules, "a file.json", "{}"},
                                {PartKind::feed_description, "", ""},
                                {PartKind::rows, "", binary}};
  const std::string packed = pack(parts);
  CHECK(packed.find("part rules 11 2\na file.json{}\n") == 0);
  const auto unpacked = unpack(packed);
  REQUIRE(unpacked);
  REQUIRE(unpacked->size() == 3);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    CHECK((*unpacked)[i].kind == parts[i].kind);
    CHECK((*unpacked)[i].name == parts[i].name);
    CHECK((*unpacked)[i].content == parts[i].content);
  }
  CHECK(unpack("")->empty());
}

TEST_CASE("batch content: what is cut off or changed is a fault that names the byte",
          "[server][node]") {
  const std::string packed =
      pack(std::vector<Part>{{PartKind::rules, "r", "12345"}, {PartKind::rows, "", "67"}});
  const std::size_t first = std::string_view{"part rules 1 5\nr12345\n"}.size();
  for (std::size_t size = 1; size < packed.size(); ++size) {
    CAPTURE(size);
    CHECK(unpack(packed.substr(0, size)).has_value() == (size == first));
  }
  for (const char* bad :
       {"part other 0 0\n\n", "part rules 0 0\nx", "part rules -1 0\n\n",
        "part rules 0 99999999999999999999\n\n", "part rules 18446744073709551615 1\n\n",
        "Part rules 0 0\n\n", "part rules 0\n\n"}) {
    CAPTURE(bad);
    const auto unpacked = unpack(bad);
    REQUIRE_FALSE(unpacked);
    CHECK(unpacked.error().code == engine::base::FaultCode::store_corrupt);
    CHECK(unpacked.error().where == "byte 0");
  }
}
