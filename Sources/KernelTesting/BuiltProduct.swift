import Glibc

/// A program that was built together with the tests.
package enum BuiltProduct {
  /// A program was not built.
  package struct Missing: Error, CustomStringConvertible {
    /// Which one, and where it was looked for.
    package let description: String
  }

  /// The absolute path of a program of this package, such as `lyre` or `scripted-kernel`: it lies
  /// where the tests lie.
  ///
  /// - Parameter name: the name of the product.
  /// - Returns: its path.
  /// - Throws: ``Missing``.
  package static func path(_ name: String) throws(Missing) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink("/proc/self/exe", &buffer, buffer.count)
    let program = buffer.prefix(max(count, 0)).map { UInt8(bitPattern: $0) }
    let folder = String(decoding: program[..<(program.lastIndex(of: 0x2F) ?? 0)], as: UTF8.self)
    let path = "\(folder)/\(name)"
    guard access(path, X_OK) == 0 else {
      throw Missing(description: "\(path) was not built: swift build --product \(name)")
    }
    return path
  }
}
