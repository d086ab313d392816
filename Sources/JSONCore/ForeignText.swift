/// A text in the place of JSON that a program of version control has left there.
package struct ForeignText: Sendable, Hashable {
  /// What it is.
  package var description: String

  /// What to do about it.
  package var remedy: String

  /// Recognizes a text that is not JSON.
  ///
  /// - Returns: nil for any other text.
  package init?(_ bytes: UnsafeRawBufferPointer) {
    for host in ["git-lfs", "hawser"]
    where bytes.starts(with: "version https://\(host).github.com/spec/".utf8) {
      description = "this is a pointer of Git LFS, and not the file that is stored there"
      remedy = "`git lfs pull` fetches that file"
      return
    }
    guard let (line, marker) = ForeignText.conflict(in: bytes) else { return nil }
    description = "line \(line) is the marker \(marker) of an unresolved merge conflict"
    remedy =
      "resolve the conflict, or choose a side with `git checkout --ours` or `git checkout --theirs`"
  }

  /// Recognizes a text that is not JSON.
  ///
  /// - Returns: nil for any other text.
  package init?(_ bytes: [UInt8]) {
    guard let text = bytes.withUnsafeBytes({ ForeignText($0) }) else { return nil }
    self = text
  }

  /// The first marker of a conflict, and its line: in JSON no line begins like this, not even in a
  /// string.
  private static func conflict(in bytes: UnsafeRawBufferPointer) -> (line: Int, marker: String)? {
    let markers = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"]
    var line = 1
    var rest = bytes[...]
    while !rest.isEmpty {
      if let first = rest.first, "<|=>".utf8.contains(first) {
        for marker in markers where rest.starts(with: marker.utf8) {
          // A marker is followed by a name, or by nothing.
          let next = rest.dropFirst(marker.utf8.count).first
          if next.map({ [0x20, 0x0A, 0x0D].contains($0) }) ?? true { return (line, marker) }
        }
      }
      guard let end = rest.firstIndex(of: 0x0A) else { return nil }
      rest = rest[rest.index(after: end)...]
      line += 1
    }
    return nil
  }
}
