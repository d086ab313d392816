/// What a server says about an object.
package struct StoredObject: Sendable, Hashable {
  /// Where it is.
  package var location: ObjectLocation
  /// Its size in bytes.
  package var size: Int
  /// The server's mark of this content, without quotes.
  package var etag: String
  /// When it was written, in seconds since 1970-01-01 00:00 UTC; nil if the server did not say.
  package var modified: Int?
  /// Whether it is no object, but the common beginning of keys in a list with a delimiter.
  package var isPrefix = false
  /// What was stored with it, by names in lower case and without `x-amz-meta-`.
  package var metadata: [String: String] = [:]

  init(_ location: ObjectLocation, size: Int, etag: String, modified: Int? = nil) {
    self.location = location
    self.size = size
    self.etag = StoredObject.unquoted(etag)
    self.modified = modified
  }

  /// Reads the head of an answer; its size is that of the whole object also if a part was asked for.
  init(_ location: ObjectLocation, _ answer: WebAnswer) {
    let range = answer["content-range"].flatMap { ContentRange($0) }
    self.init(
      location, size: range?.total ?? answer.length ?? 0, etag: answer["etag"] ?? "",
      modified: answer["last-modified"].flatMap { ServerTime(header: $0)?.seconds })
    for (name, value) in answer.headers {
      let name = name.lowercased()
      if name.hasPrefix("x-amz-meta-") {
        metadata[String(name.dropFirst("x-amz-meta-".count))] = value
      }
    }
  }

  /// A tag without its quotes, which some servers leave out.
  static func unquoted(_ tag: String) -> String {
    var tag = Substring(tag)
    if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
    if tag.hasPrefix("\""), tag.hasSuffix("\""), tag.utf8.count >= 2 {
      tag = tag.dropFirst().dropLast()
    }
    return String(tag)
  }
}
