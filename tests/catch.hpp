// The one door to Catch2, so that a test file reads the same with either major version.
//
// Version 3 where it is installed, version 2 (Debian 12) otherwise. The runner is compiled once, in
// tests/main.cpp, for version 2; version 3 brings its own. Test files include this header only and
// keep to what both versions have: TEST_CASE, SECTION, GENERATE, REQUIRE, CHECK, INFO, CAPTURE.
#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>  // IWYU pragma: export
#else
#include <catch2/catch.hpp>  // IWYU pragma: export
#endif
