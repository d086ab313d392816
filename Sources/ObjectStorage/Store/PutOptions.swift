extension ObjectStore {
  /// How an object is stored.
  package struct PutOptions: Sendable, Hashable {
    /// When it is stored.
    package enum Condition: Sendable, Hashable {
      /// Always.
      case none
      /// If there is no object with this key.
      case absent
      /// If the object has this tag.
      case matches(String)
    }

    /// The type of its content; nil for that of its name.
    package var contentType: String?
    /// What is stored with it, by name; names and values are ASCII.
    package var metadata: [String: String] = [:]
    /// When it is stored.
    package var condition = Condition.none

    /// Creates options: always, and without metadata.
    package init() {}

    /// The headers that describe the object.
    func headers(for key: String) -> [(name: String, value: String)] {
      [("content-type", contentType ?? PutOptions.type(of: key))]
        + metadata.sorted { $0.key < $1.key }.map {
          ("x-amz-meta-\($0.key.lowercased())", $0.value)
        }
    }

    /// The headers with the condition.
    var conditionHeaders: [(name: String, value: String)] {
      switch condition {
      case .none: []
      case .absent: [("if-none-match", "*")]
      case .matches(let tag): [("if-match", "\"\(tag)\"")]
      }
    }

    /// The type for the end of a name: browsers show an object by it.
    private static func type(of key: String) -> String {
      let types = [
        "ipynb": "application/x-ipynb+json", "json": "application/json",
        "ndjson": "application/x-ndjson", "html": "text/html; charset=utf-8",
        "txt": "text/plain; charset=utf-8", "log": "text/plain; charset=utf-8",
        "csv": "text/csv; charset=utf-8", "xml": "application/xml", "gz": "application/gzip",
        "png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf",
        "yaml": "application/yaml", "yml": "application/yaml",
      ]
      let parts = key.split(separator: "/").last?.split(separator: ".") ?? []
      return parts.count > 1
        ? types[parts[parts.count - 1].lowercased()] ?? "application/octet-stream"
        : "application/octet-stream"
    }
  }
}
