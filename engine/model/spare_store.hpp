// SpareStore: a store of condition records that nobody reads any more, kept for its memory: what
// becomes the next store is written there, which costs far less than to ask the system for as much.
// Any thread; holds at most one. Who keeps a store in a shared_ptr made by keep_spare() gives it
// back here when the last of its readers lets go.
#pragma once

#include "engine/model/condition_store.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace engine::model {

class SpareStore {
 public:
  // Null where there is none.
  std::unique_ptr<ConditionStore> take() {
    const std::lock_guard lock{mutex_};
    return std::move(store_);
  }

  void give_back(std::unique_ptr<ConditionStore> store) {
    const std::lock_guard lock{mutex_};
    std::swap(store_, store);
  }

  void let_go() { take(); }

 private:
  std::mutex mutex_;
  std::unique_ptr<ConditionStore> store_;
};

inline std::shared_ptr<ConditionStore> keep_spare(std::unique_ptr<ConditionStore> store,
                                                  std::shared_ptr<SpareStore> spare) {
  return {store.release(), [spare = std::move(spare)](ConditionStore* unread) {
            spare->give_back(std::unique_ptr<ConditionStore>{unread});
          }};
}

}  // namespace engine::model
