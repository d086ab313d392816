import RunEvents

/// Limits the warnings of a run, because a kernel could cause millions of them.
struct WarningBound: Sendable {
  /// How many warnings of each kind are reported individually.
  static let limit = 20

  private var counts: [WarningKind: (number: Int, firstLeftOut: String)] = [:]
  private var order: [WarningKind] = []

  /// Counts a warning.
  ///
  /// - Returns: whether to report it.
  mutating func take(_ kind: WarningKind, _ text: String) -> Bool {
    if counts[kind] == nil {
      counts[kind] = (0, "")
      order.append(kind)
    }
    counts[kind, default: (0, "")].number += 1
    let number = counts[kind]?.number ?? 0
    if number == WarningBound.limit + 1 { counts[kind]?.firstLeftOut = text }
    return number <= WarningBound.limit
  }

  /// A sentence for each kind with warnings that were not reported.
  var rest: [(kind: WarningKind, text: String)] {
    order.compactMap { kind in
      guard let (number, text) = counts[kind], number > WarningBound.limit else { return nil }
      let left = number - WarningBound.limit
      return (kind, "\(left) more \(left == 1 ? "warning" : "warnings") like this: \(text)")
    }
  }
}
