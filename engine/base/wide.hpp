// 256-bit and unbounded integers by Boost.Multiprecision, which no other file includes.
// The binder (snapshot/bind.hpp) proves for each step which width holds every intermediate value,
// so arithmetic here is unchecked; where data could exceed the proof, the caller compares with a
// bound first.
#pragma once

#include "engine/base/int128.hpp"

#include <boost/multiprecision/cpp_int.hpp>

namespace engine::base {

using Int256 = boost::multiprecision::number<
    boost::multiprecision::cpp_int_backend<256, 256, boost::multiprecision::signed_magnitude,
                                           boost::multiprecision::unchecked, void>,
    boost::multiprecision::et_off>;
// For bounds at load time only: grows as needed, so a proof can't itself overflow.
using BigInt = boost::multiprecision::number<boost::multiprecision::cpp_int_backend<>,
                                             boost::multiprecision::et_off>;

}  // namespace engine::base
