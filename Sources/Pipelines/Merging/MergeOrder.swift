import JSONCore

/// A list of objects of which each has an id of its own.
struct IdentifiedList {
  private(set) var ids: [String] = []
  private(set) var values: [String: JSONValue] = [:]

  init() {}

  init?(_ values: [JSONValue]) {
    for value in values {
      guard let id = value["id"]?.string, self.values.updateValue(value, forKey: id) == nil else {
        return nil
      }
      ids.append(id)
    }
  }
}

/// The order of merged members and elements.
enum MergeOrder {
  /// Theirs, with mine that they do not have after the one before it in mine.
  static func merged<T: Hashable>(mine: [T], theirs: [T]) -> [T] {
    let known = Set(theirs)
    var following: [T: [T]] = [:]
    var first: [T] = []
    var last: T?
    for item in mine {
      if known.contains(item) {
        last = item
      } else if let last {
        following[last, default: []].append(item)
      } else {
        first.append(item)
      }
    }
    return first + theirs.flatMap { [$0] + (following[$0] ?? []) }
  }
}
