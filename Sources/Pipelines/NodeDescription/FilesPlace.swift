/// Where the files of a node that runs elsewhere are: a folder or file, or objects of a bucket.
package enum FilesPlace: Sendable, Hashable, CustomStringConvertible {
  /// An absolute path.
  case path(String)
  /// A key, or the common prefix of several, in a bucket of an object storage.
  case object(bucket: String, key: String)

  /// Reads an absolute path or `s3://BUCKET/KEY`; nil for anything else.
  package init?(_ text: String) {
    guard !text.unicodeScalars.contains("\0") else { return nil }
    if text.hasPrefix("/") {
      self = .path(PipelinePath.joined("/", text))
      return
    }
    let scheme = "s3://"
    guard text.hasPrefix(scheme) else { return nil }
    let rest = text.utf8.dropFirst(scheme.utf8.count)
    let slash = rest.firstIndex(of: UInt8(ascii: "/")) ?? rest.endIndex
    guard slash > rest.startIndex else { return nil }
    // Slashes around a prefix do not count; within it they do.
    let key = rest[slash...].drop { $0 == UInt8(ascii: "/") }
    self = .object(
      bucket: String(Substring(rest[..<slash])), key: String(Substring(key)))
  }

  /// The path, or the address with the scheme `s3`.
  package var description: String {
    switch self {
    case .path(let path): path
    case .object(let bucket, let key): key.isEmpty ? "s3://\(bucket)" : "s3://\(bucket)/\(key)"
    }
  }

  /// Whether it is in an object storage.
  package var isRemote: Bool { if case .object = self { true } else { false } }

  /// A place below this one.
  package func appending(_ path: String) -> FilesPlace {
    switch self {
    case .path(let folder): return .path(folder == "/" ? "/\(path)" : "\(folder)/\(path)")
    case .object(let bucket, let key):
      let isPlain = key.isEmpty || key.hasSuffix("/")
      return .object(bucket: bucket, key: isPlain ? key + path : "\(key)/\(path)")
    }
  }
}
