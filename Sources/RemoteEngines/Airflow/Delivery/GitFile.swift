import JSONCore

/// A file that a repository has.
struct GitFile: Equatable {
  /// What the server calls this content: the file's hash, or the commit.
  var revision: String
  /// The content; nil if the server did not send it.
  var content: [UInt8]?

  /// Reads a server's answer.
  ///
  /// - Returns: nil if it is none of a file: a folder, or something else.
  init?(_ json: JSONValue, revision member: String) {
    guard let revision = json[member]?.string, (json["type"]?.string ?? "file") == "file" else {
      return nil
    }
    self.revision = revision
    content =
      json["encoding"]?.string == "base64"
      ? json["content"]?.string.flatMap { Base64.decoded($0) } : nil
  }
}
