#include "server/node/node.hpp"

#include "server/store/image.hpp"

#include <utility>

namespace server::node {

using engine::base::Fault;
using engine::base::FaultCode;
using engine::base::Result;

Result<std::unique_ptr<Node>> Node::open(const std::string& folder, const NodeOptions& options) {
  auto journal = store::open_journal(folder, options.access);
  if (!journal) return journal.error();
  std::unique_ptr<Node> node{new Node{folder, options}};
  node->journal_ = *std::move(journal);
  if (auto ok = node->load(); !ok) return ok.error();
  if (options.many_batches) {  // not before it is known to be whole
    if (auto ok = node->journal_->expect_many(); !ok) return ok.error();
  }
  if (node->last_.sequence > 0) {
    if (options.keep == Keep::facts_alone) return node;
    if (auto ok = node->publish(node->last_.sequence); !ok) return ok.error();
  } else if (options.access != Access::create) {
    return Fault{FaultCode::store_unavailable, folder,
                 "the folder holds no data yet; an import brings it"};
  }
  node->let_go_of_facts();
  return node;
}

Node::Change Node::load() {
  if (!state_) return load_anew();
  const auto newest = journal_->last_sequence();
  if (!newest) return newest.error();
  if (*newest == last_.sequence) return {};
  const auto checkpoint = journal_->checkpoint();
  if (!checkpoint) return checkpoint.error();
  // What came since may have given way to it.
  const bool is_behind = checkpoint->has_value() && (*checkpoint)->sequence > last_.sequence;
  return is_behind ? load_anew() : replay();
}

Node::Change Node::load_anew() {
  const LastImport before = last_;
  state_.emplace();
  last_ = {};
  const bool imaged = load_image();
  auto loaded = imaged ? replay() : load_checkpoint();
  if (!loaded && imaged) {  // the journal has the last word
    image_fault_ = loaded.error();
    imaged_ = 0;
    loaded = load_checkpoint();
  }
  if (!loaded) {
    state_.reset();
    last_ = before;
  }
  return loaded;
}

// The checkpoint, where there is one, and the batches after it.
Node::Change Node::load_checkpoint() {
  state_.emplace();
  last_ = {};
  const auto known = journal_->checkpoint();
  if (!known) return known.error();
  if (!known->has_value()) return replay();
  const auto read = journal_->read_checkpoint(
      [this](std::string_view piece) { return state_->apply_checkpoint(piece); });
  if (!read) {
    return Fault{read.error().code, "checkpoint",
                 "can't be read: " + read.error().where + ": " + read.error().detail};
  }
  last_ = {read->sequence, read->received_at, read->source};
  return replay();
}

Node::Change Node::replay() {
  const LastImport before = last_;
  const auto newest = replay_progress_ ? journal_->last_sequence() : Result<std::uint64_t>{0};
  auto replayed = journal_->replay(last_.sequence + 1, [&](store::Batch&& batch) -> Change {
    if (replay_progress_ && newest) replay_progress_(batch.sequence - 1, *newest);
    bytes_known_ = false;
    if (auto ok = state_->apply(batch); !ok) return ok;
    last_ = {batch.sequence, std::move(batch.received_at), std::move(batch.source)};
    return {};
  });
  if (!replayed) {
    state_.reset();
    last_ = before;
  }
  return replayed;
}

// Whether the state is now that of an image of this journal. One that is of no use is passed over.
bool Node::load_image() {
  imaged_ = 0;
  bytes_known_ = false;
  image_fault_.reset();
  auto image = store::Image::open(folder_);
  if (!image) {
    image_fault_ = image.error();
    return false;
  }
  if (!image->has_value()) return false;
  const store::ImageHead& head = (*image)->head();
  const auto journalled = journal_->checksum(head.sequence);
  if (!journalled || *journalled != head.batch_checksum) {
    image_fault_ = Fault{FaultCode::store_format, folder_, "the image is of another journal"};
    return false;
  }
  const auto checkpoint = journal_->checkpoint();
  if (!checkpoint) return false;
  // The batches after it have given way.
  if (checkpoint->has_value() && (*checkpoint)->sequence > head.sequence) return false;
  store::ImageReader reader{(*image)->body()};
  LastImport last;
  reader(last.sequence, last.received_at, last.source);
  auto read = state_->read_image(reader);
  if (read && last.sequence == head.sequence) {
    last_ = std::move(last);
    imaged_ = last_.sequence;
    return true;
  }
  image_fault_ = read ? Fault{FaultCode::store_corrupt, folder_, "the image is of another batch"}
                      : read.error();
  return false;
}

Node::Change Node::write_image() {
  if (image_beside_ != nullptr) {  // one at a time
    image_beside_->wait();
    static_cast<void>(take_image_done());
  }
  if (auto ok = load(); !ok) return ok;
  const auto checksum = journal_->checksum(last_.sequence);
  if (!checksum) return checksum.error();
  if (!checksum->has_value()) {
    return Fault{FaultCode::store_unavailable, folder_,
                 "the folder holds no data yet; an import brings it"};
  }
  auto written =
      store::write_image(folder_, {last_.sequence, **checksum}, [this](store::ImageWriter& writer) {
        writer(last_.sequence, last_.received_at, last_.source);
        state_->write_image(writer);
      });
  if (written) {
    imaged_ = last_.sequence;
    bytes_known_ = false;  // what a checkpoint has taken the place of counts no more
    image_fault_.reset();
  }
  return written;
}

void Node::write_due_image_beside() {
  const bool is_whole = state_ && state_->facts().is_settled() && !state_->is_folding();
  if (image_beside_ != nullptr || !is_whole || !is_image_due()) return;
  const auto checksum = journal_->checksum(last_.sequence);
  if (!checksum || !checksum->has_value()) return;
  State::Frozen frozen = state_->frozen(cell_.pin());
  image_beside_ =
      std::make_unique<BackgroundImage>(BackgroundImage::Of{folder_,
                                                            {last_.sequence, **checksum},
                                                            last_.received_at,
                                                            last_.source,
                                                            std::move(frozen.state),
                                                            std::move(frozen.fold)},
                                        tell_image_done_);
}

std::optional<Node::Change> Node::take_image_done() {
  if (!is_image_done()) return std::nullopt;
  const auto done = std::exchange(image_beside_, nullptr);
  if (done->outcome()) {
    imaged_ = done->sequence();
    bytes_known_ = false;
    image_fault_.reset();
  }
  return done->outcome();
}

bool Node::is_image_due() {
  if (image_fault_) return true;  // it would be passed over again at every start
  if (last_.sequence - imaged_ >= image_.batches) return true;
  if (!bytes_known_) {
    const auto fresh = journal_->bytes_after(imaged_);
    const auto all = journal_->bytes_after(0);
    if (!fresh || !all) return false;
    fresh_bytes_ = *fresh;
    all_bytes_ = *all;
    bytes_known_ = true;
  }
  return fresh_bytes_ >= image_.bytes && fresh_bytes_ >= all_bytes_ / 4;
}

void Node::come_to_rest() {
  if (!state_ || last_.sequence == 0) return;
  if (auto founded = state_->come_to_rest(cell_.pin())) cell_.publish(std::move(founded));
}

Node::Change Node::publish(std::uint64_t generation) {
  auto snapshot = state_->build(generation, cell_.pin());
  if (!snapshot) return snapshot.error();
  cell_.publish(*std::move(snapshot));
  note_feeds();
  return {};
}

void Node::note_feeds() {
  feeds_ = state_->feeds();
  feed_forms_ = state_->feed_forms();
}

void Node::let_go_of_facts() {
  if (keep_ == Keep::snapshot_only) state_.reset();
}

std::vector<rules::RuleDocument> Node::rule_documents() const {
  return state_ ? state_->rule_documents() : std::vector<rules::RuleDocument>{};
}

Result<bool> Node::refresh() {
  const auto newest = journal_->last_sequence();
  if (!newest) return newest.error();
  if (*newest == last_.sequence) return false;
  if (auto ok = load(); !ok) return ok.error();
  if (auto ok = publish(last_.sequence); !ok) return ok.error();
  let_go_of_facts();
  return true;
}

}  // namespace server::node
