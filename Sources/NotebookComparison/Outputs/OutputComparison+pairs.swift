import JSONCore

extension OutputComparison {
  /// How many outputs are aligned; more are compared one by one.
  private static let aligned = 200

  /// Which output belongs to which: in order, and aligned by their text if some are missing.
  func pairs(_ stored: [JSONObject], _ new: [JSONObject]) throws(MaskSet.Overdue)
    -> [(JSONObject?, JSONObject?)]
  {
    guard stored.count != new.count, max(stored.count, new.count) <= OutputComparison.aligned else {
      return (0..<max(stored.count, new.count)).map {
        ($0 < stored.count ? stored[$0] : nil, $0 < new.count ? new[$0] : nil)
      }
    }
    var (left, right): ([String], [String]) = ([], [])
    for output in stored { left.append(try fingerprint(output)) }
    for output in new { right.append(try fingerprint(output)) }
    let (removed, inserted) = right.difference(from: left).offsets
    var pairs: [(JSONObject?, JSONObject?)] = []
    var (i, j) = (0, 0)
    while i < stored.count || j < new.count {
      switch (removed.contains(i), inserted.contains(j)) {
      case (true, true), (false, false):
        pairs.append((i < stored.count ? stored[i] : nil, j < new.count ? new[j] : nil))
        i += 1
        j += 1
      case (true, false):
        pairs.append((stored[i], nil))
        i += 1
      case (false, true):
        pairs.append((nil, new[j]))
        j += 1
      }
    }
    return pairs
  }

  private func fingerprint(_ output: JSONObject) throws(MaskSet.Overdue) -> String {
    let parts = parts(of: output)
    guard let first = parts.first, let text = first.value.string,
      MimeKind(first.type) != .image
    else { return parts.map(\.type).joined(separator: " ") }
    return "\(first.type)\n\(try masks.masked(text, isMarkup: MimeKind(first.type) == .markup))"
  }
}
