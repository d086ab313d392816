extension CollectionDifference {
  /// The offsets of removed and of inserted elements.
  var offsets: (removed: Set<Int>, inserted: Set<Int>) {
    func offset(_ change: Change) -> Int {
      switch change {
      case .remove(let offset, _, _), .insert(let offset, _, _): offset
      }
    }
    return (Set(removals.map(offset)), Set(insertions.map(offset)))
  }
}
