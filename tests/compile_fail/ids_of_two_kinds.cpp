// Ids of different kinds count from 0 each, so an accidental comparison would often be true.
#include "engine/base/id.hpp"

using ArticleId = engine::base::Id<struct ArticleTag>;
using CustomerId = engine::base::Id<struct CustomerTag>;

bool same(ArticleId article, [[maybe_unused]] CustomerId customer) {
#ifdef NETTO_MUST_NOT_COMPILE
  return article == customer;
#else
  return article == article;
#endif
}
