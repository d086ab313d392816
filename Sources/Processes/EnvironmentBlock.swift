import Glibc

/// The environment with which this program was started, byte by byte.
///
/// Variables are handled as text. A variable that is not UTF-8 cannot be restored from its text, so
/// its original bytes are passed on unless it was given another value.
package struct EnvironmentBlock: Sendable {
  /// The current environment of this process.
  package static var inherited: EnvironmentBlock {
    EnvironmentBlock(inheritedEntries { _ in true })
  }

  private static func inheritedEntries(where isWanted: (UnsafeRawBufferPointer) -> Bool)
    -> [[UInt8]]
  {
    var entries: [[UInt8]] = []
    var entry = environ
    while let text = entry.pointee {
      let bytes = UnsafeRawBufferPointer(start: text, count: strlen(text))
      if isWanted(bytes) { entries.append(Array(bytes)) }
      entry += 1
    }
    return entries
  }

  /// The variables as text.
  package private(set) var texts: [String: String] = [:]
  /// Entries that are not UTF-8, by the text of their name, each with the text of its value.
  private var foreign: [String: [(value: String, entry: [UInt8])]] = [:]

  /// Reads the entries of an environment, `NAME=value` each.
  package init(_ entries: [[UInt8]]) {
    for entry in entries {
      guard let equals = entry.firstIndex(of: UInt8(ascii: "=")) else { continue }
      let name = String(decoding: entry[..<equals], as: UTF8.self)
      let value = String(decoding: entry[(equals + 1)...], as: UTF8.self)
      texts[name] = value
      if String(validating: entry, as: UTF8.self) == nil {
        foreign[name, default: []].append((value, entry))
      }
    }
  }

  /// The environment entries for a process with these variables.
  static func entries(of variables: [String: String]) -> [[UInt8]] {
    EnvironmentBlock(inheritedEntries { $0.contains { $0 >= 0x80 } }).entries(of: variables)
  }

  /// The entries for these variables: unchanged ones have their original bytes.
  package func entries(of variables: [String: String]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    result.reserveCapacity(variables.count)
    for (name, value) in variables {
      if let own = foreign[name], own.contains(where: { $0.value == value }) {
        result += own.map(\.entry)
      } else {
        result.append(Array("\(name)=\(value)".utf8))
      }
    }
    return result
  }
}
