import CSystemShims
import Glibc
import JupyterProtocol

/// A path as bytes, which may not be valid text.
package struct RawPath: Sendable {
  /// The bytes, terminated by NUL.
  let bytes: [CChar]

  package init(_ text: String) { bytes = Array(text.utf8CString) }

  fileprivate init(bytes: [CChar]) { self.bytes = bytes }

  /// The path as text for messages.
  var text: String {
    String(decoding: bytes.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func + (left: RawPath, right: RawPath) -> RawPath {
    RawPath(bytes: left.bytes.dropLast() + right.bytes)
  }

  /// The path of a name within this folder.
  func appending(_ name: RawPath) -> RawPath { self + RawPath("/") + name }

  /// The target of a link, which may not exist.
  var target: RawPath {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(bytes, &buffer, Int(PATH_MAX))
    return RawPath(bytes: buffer.prefix(max(count, 0)) + [0])
  }
}

extension ContentHash {
  /// Adds a path, with a separator between consecutive paths.
  mutating func add(_ path: RawPath) {
    path.bytes.withUnsafeBytes { add($0) }
  }
}

/// Reads folders and files with system calls.
package enum SystemFolder {
  /// The names in a folder, sorted; empty if it cannot be read.
  package static func names(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    return names(stream).map(\.text)
  }

  static func names(_ stream: OpaquePointer) -> [RawPath] {
    var result: [RawPath] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
          RawPath(bytes: Array(UnsafeBufferPointer(start: start, count: strlen(start) + 1)))
        }
      }
      if name.text != ".", name.text != ".." { result.append(name) }
    }
    return result.sorted {
      $0.bytes.lexicographicallyPrecedes($1.bytes)
    }
  }

  /// The beginning of a regular file as text; nil if it cannot be read.
  package static func text(of path: String, upTo limit: Int) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var buffer = [UInt8](repeating: 0, count: min(limit, max(Int(status.st_size), 1)))
    let count = read(descriptor, &buffer, buffer.count)
    return count >= 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
  }

  /// Whether an open file or folder is in a file system that generates its content when it is read:
  /// reading may block, or never end.
  static func isMadeWhenRead(_ descriptor: Int32) -> Bool {
    var status = statfs()
    guard fstatfs(descriptor, &status) == 0 else { return false }
    return made.contains(UInt32(truncatingIfNeeded: status.f_type))
  }

  /// proc, sysfs, debugfs, tracefs, both cgroups, securityfs, devpts, bpf, configfs, binfmt_misc,
  /// selinuxfs, efivarfs, pstore, mqueue and fusectl, by their numbers in `linux/magic.h`.
  private static let made: Set<UInt32> = [
    0x9FA0, 0x6265_6572, 0x6462_6720, 0x7472_6163, 0x0027_E0EB, 0x6367_7270, 0x7363_6673, 0x1CD1,
    0xCAFE_4A11, 0x6265_6570, 0x4249_4E4D, 0xF97C_FF8C, 0xDE5E_81E4, 0x6165_676C, 0x1980_0202,
    0x6573_5543,
  ]
}
