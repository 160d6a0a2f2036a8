// The dense ids of everything that has a code outside. Each counts from 0 within one data folder
// and is never reused.
#pragma once

#include "engine/base/id.hpp"

namespace engine::model {

using ArticleId = base::Id<struct ArticleTag>;
using ArticleGroupId = base::Id<struct ArticleGroupTag>;
using CustomerId = base::Id<struct CustomerTag>;
using CustomerGroupId = base::Id<struct CustomerGroupTag>;
using DocumentId = base::Id<struct DocumentTag>;  // a price list, framework agreement or promotion
using CurrencyId = base::Id<struct CurrencyTag>;
using UnitId = base::Id<struct UnitTag>;
using WarehouseId = base::Id<struct WarehouseTag>;
using TextId = base::Id<struct TextTag>;  // a free attribute's value
using FieldId = base::Id<struct FieldTag>;
using FlagId = base::Id<struct FlagTag>;
using ConditionTypeId = base::Id<struct ConditionTypeTag>;
using TableId =
    base::Id<struct TableTag>;  // records of one condition type under one set of key fields
using TermsId = base::Id<struct TermsTag>;

}  // namespace engine::model
