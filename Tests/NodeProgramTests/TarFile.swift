/// A tar archive, made byte by byte: also what no program would write.
struct TarFile {
  private(set) var bytes: [UInt8] = []

  /// Adds an entry.
  ///
  /// - Parameters:
  ///   - name: its path.
  ///   - type: `0` for a file, `1` a hard link, `2` a symbolic link, `3` a device, `5` a folder, `6` a
  ///     pipe.
  ///   - target: the target of a link.
  ///   - content: the content of a file.
  ///   - size: the size that the header declares, if it is not that of the content.
  mutating func add(
    _ name: String, type: Character = "0", target: String = "", content: [UInt8] = [],
    mode: Int = 0o644, size: Int? = nil
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { header[offset + index] = byte }
    }
    func octal(_ number: Int, _ width: Int) -> String {
      let digits = String(number, radix: 8)
      return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
    put(name, at: 0)
    put(octal(mode, 7), at: 100)
    put(octal(0, 7), at: 108)
    put(octal(0, 7), at: 116)
    put(octal(size ?? content.count, 11), at: 124)
    put(octal(0, 11), at: 136)
    put("        ", at: 148)
    put(String(type), at: 156)
    put(target, at: 157)
    put("ustar\u{0}00", at: 257)
    put(octal(header.reduce(0) { $0 + Int($1) }, 6) + "\u{0} ", at: 148)
    bytes += header + content
    bytes += [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  /// The whole archive.
  var whole: [UInt8] { bytes + [UInt8](repeating: 0, count: 1024) }
}
