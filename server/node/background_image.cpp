#include "server/node/background_image.hpp"

#include <exception>
#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

BackgroundImage::BackgroundImage(Of of, std::function<void()> done)
    : of_{std::move(of)}, thread_{[this, done = std::move(done)] {
        outcome_ = write();
        of_.state.reset();
        of_.fold.reset();
        is_done_.store(true, std::memory_order_release);
        is_done_.notify_all();
        if (done) done();
      }} {}

Result<void> BackgroundImage::write() {
  try {
    if (of_.fold != nullptr) of_.state->found_on(of_.fold->store());
    return store::write_image(of_.folder, of_.head, [this](store::ImageWriter& writer) {
      writer(of_.head.sequence, of_.received_at, of_.source);
      of_.state->write_image(writer);
    });
  } catch (const std::exception&) {
    return Fault{FaultCode::store_unavailable, of_.folder, "there is no memory to write an image"};
  }
}

}  // namespace server::node
