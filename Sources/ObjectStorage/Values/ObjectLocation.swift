/// The place of an object: `s3://BUCKET/KEY`.
///
/// The key is taken as it is written: nothing in it is decoded, and slashes, spaces and dots keep their
/// meaning for the server, which sees no folders.
package struct ObjectLocation: Sendable, Hashable, CustomStringConvertible {
  /// The name of the bucket.
  package var bucket: String
  /// The key; empty for the bucket itself.
  package var key: String

  /// Creates a location.
  package init(bucket: String, key: String) {
    self.bucket = bucket
    self.key = key
  }

  /// Reads `s3://BUCKET/KEY`, also with an empty key.
  ///
  /// - Throws: ``ObjectStorageError`` if it is not such a location.
  package init(_ text: String) throws(ObjectStorageError) {
    guard let rest = ObjectLocation.rest(of: text) else {
      throw ObjectStorageError(
        .usage, "'\(text)' is not the location of an object: expected s3://BUCKET/KEY")
    }
    let slash = rest.firstIndex(of: UInt8(ascii: "/"))
    bucket = String(Substring(rest[..<(slash ?? rest.endIndex)]))
    key = slash.map { String(Substring(rest[rest.index(after: $0)...])) } ?? ""
    if let problem = ObjectLocation.problem(bucket: bucket, key: key) {
      throw ObjectStorageError(.usage, "'\(text)' is not the location of an object: \(problem)")
    }
  }

  /// Whether a text is meant as the location of an object.
  package static func isLocation(_ text: String) -> Bool { rest(of: text) != nil }

  /// What follows the scheme `s3` (or `s3a` and `s3n` of Hadoop's programs); nil if it has another one.
  private static func rest(of text: String) -> Substring.UTF8View? {
    let scheme = ["s3://", "s3a://", "s3n://"].first {
      text.utf8.prefix($0.utf8.count).elementsEqual($0.utf8)
    }
    return scheme.map { text.utf8.dropFirst($0.utf8.count) }
  }

  /// Why a request with such a name cannot be sent; nil if it can.
  ///
  /// Whether the name is a good one is the server's decision: servers differ in that.
  private static func problem(bucket: String, key: String) -> String? {
    if bucket.isEmpty { return "it does not name a bucket" }
    if bucket == "." || bucket == ".." { return "'\(bucket)' is not the name of a bucket" }
    if bucket.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7F || "?#@:\\".utf8.contains($0) }) {
      return "'\(bucket)' is not the name of a bucket"
    }
    if bucket.utf8.count > 255 { return "the name of the bucket has more than 255 bytes" }
    if key.utf8.count > 1024 { return "the key has more than 1024 bytes" }
    if key.utf8.contains(0) { return "the key has a zero byte" }
    return nil
  }

  /// The location as it is written.
  package var description: String { "s3://\(bucket)/\(key)" }

  /// The location of a name below this one: exactly one slash is between them.
  package func appending(_ name: String) -> ObjectLocation {
    let separator = key.isEmpty || key.hasSuffix("/") ? "" : "/"
    return ObjectLocation(bucket: bucket, key: key + separator + name)
  }

  /// The last part of the key, such as `x.ipynb`.
  package var name: String {
    String(key.utf8.split(separator: UInt8(ascii: "/")).last.map { Substring($0) } ?? "")
  }
}
