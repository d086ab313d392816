import Glibc

extension FilePlace {
  /// Whether a directory ignores the case of names, as file systems of Windows and macOS do.
  ///
  /// Determined without writing: an existing entry is looked up by its name with the case changed.
  /// In an empty directory this is unknown, and the answer is no.
  package static func ignoresCase(in directory: String) -> Bool {
    guard let entries = opendir(directory) else { return false }
    defer { closedir(entries) }
    while let entry = readdir(entries) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      let other = name == name.lowercased() ? name.uppercased() : name.lowercased()
      guard other != name, let identity = FileIdentity("\(directory)/\(name)") else { continue }
      return FileIdentity("\(directory)/\(other)") == identity
    }
    return false
  }
}
