import JSONCore

/// The representations of a display, by MIME type.
enum MimeBundle {
  /// Makes a bundle valid for a notebook: values are texts, except those of JSON types.
  ///
  /// - Parameters:
  ///   - data: the bundle as received.
  ///   - warn: receives a sentence for each value that is changed or dropped.
  static func repaired(_ data: JSONObject, warn: (String) -> Void) -> JSONObject {
    // Nearly all bundles need no change: return them unchanged.
    if data.allSatisfy({ if case .string = $0.value { true } else { false } }) { return data }
    return JSONObject(
      data.compactMap { member in
        let type = member.key.string
        let isJSON =
          type == "application/json"
          || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        if isJSON { return member }
        switch member.value {
        case .string: return member
        case .array(let parts) where parts.allSatisfy({ $0.string != nil }):
          return .init(key: member.key, value: .init(parts.compactMap(\.string).joined()))
        case .null:
          warn("the kernel sent null for \(type); it was dropped")
          return nil
        default:
          warn("the kernel sent \(member.value.kindName) for \(type); it was kept as text")
          return .init(key: member.key, value: .init(member.value.description))
        }
      })
  }
}
