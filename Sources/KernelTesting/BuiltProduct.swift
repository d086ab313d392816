import Glibc

/// Finds a program that was built together with the tests.
package enum BuiltProduct {
  /// An error: a program was not built.
  package struct Missing: Error, CustomStringConvertible {
    /// Which one, and the path where it was expected.
    package let description: String
  }

  /// The absolute path of a program of this package, such as `lyre` or `scripted-kernel`: the value
  /// of the variable with its name in capitals (`LYRE`, `SCRIPTED_KERNEL`), else the program in the
  /// directory of the tests.
  ///
  /// - Parameter name: the name of the product.
  /// - Returns: its path.
  /// - Throws: ``Missing``.
  package static func path(_ name: String) throws(Missing) -> String {
    let variable = String(name.uppercased().map { $0 == "-" ? "_" : $0 })
    if let other = getenv(variable).map({ String(cString: $0) }), !other.isEmpty {
      guard other.hasPrefix("/"), access(other, X_OK) == 0 else {
        throw Missing(description: "\(variable)=\(other) is not the absolute path of a program")
      }
      return other
    }
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
