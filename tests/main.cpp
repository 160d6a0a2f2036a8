// The runner of Catch2 version 2, compiled once; with version 3 this file is left out of the build.
#define CATCH_CONFIG_MAIN
#include "tests/catch.hpp"
