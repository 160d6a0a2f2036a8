// Parameters of a procedure: constants with a name, so that one recipe serves several settings. An
// expression uses one by its name; anywhere else in the document the text "$name" stands for its
// value. A look-up may give other values than the document's own.
#pragma once

#include "rules/constant.hpp"
#include "rules/document_reader.hpp"

#include <string>

namespace rules {

// Values that a look-up gives: {name: value}, read and reported by the look-up's own reader.
struct GivenParameters {
  const Json* values = nullptr;
  DocumentReader* reader = nullptr;
};

struct ParameterValues {
  Parameters constants;                                        // for expressions
  std::map<std::string, const Json*, std::less<>> as_written;  // for "$name"
};

// The trees behind `document` and `given` must outlive what is returned.
ParameterValues read_parameters(const Json& document, DocumentReader& reader,
                                const GivenParameters& given);

// The document with every "$name" replaced; a Fault for each that is no parameter. What the
// parameters themselves and comments say stays as it is, and so does the procedure's name.
Json with_parameters(const Json& document, const ParameterValues& values, DocumentReader& reader);

// "mode half_up, share 0.6": tells variants of a procedure apart. Empty without values.
std::string variant_text(const Json* given);

}  // namespace rules
