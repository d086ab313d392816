/// Names of tasks: unique, of lower-case letters, digits and dashes.
package struct TaskNames {
  private var used: Set<String> = []
  private var next: [String: Int] = [:]

  /// Creates an empty set of names.
  package init() {}

  /// A new name for a label: the second `load` is `load-2`.
  package mutating func add(_ label: String) -> String {
    let name = TaskNames.name(label, otherwise: "node")
    var candidate = name
    while !used.insert(candidate).inserted {
      let number = next[name, default: 2]
      next[name] = number + 1
      let end = "-\(number)"
      candidate = name.prefix(TaskNames.longest - end.count) + end
    }
    return candidate
  }

  /// The greatest length of a label in Kubernetes, which such a name may become.
  static let longest = 63

  /// A label in lower-case letters, digits and dashes; it begins with a letter.
  package static func name(_ label: String, otherwise: String) -> String {
    var name = ""
    for scalar in label.lowercased().unicodeScalars {
      if ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) {
        name.unicodeScalars.append(scalar)
      } else if !name.isEmpty, !name.hasSuffix("-") {
        name.append("-")
      }
      if name.utf8.count == longest { break }
    }
    while name.hasSuffix("-") { name.removeLast() }
    guard let first = name.unicodeScalars.first else { return otherwise }
    guard ("0"..."9").contains(first) else { return name }
    return TaskNames.name("\(otherwise)-\(name)", otherwise: otherwise)
  }

  /// A text as the value of a label in Kubernetes: up to 63 letters, digits, dashes, underscores and
  /// points, with a letter or digit at both ends.
  package static func labelValue(_ text: String) -> String {
    var value = ""
    for scalar in text.unicodeScalars {
      let isPlain = scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
      value.unicodeScalars.append(isPlain || "-_.".unicodeScalars.contains(scalar) ? scalar : "_")
      if value.utf8.count == longest { break }
    }
    func isEdge(_ character: Character?) -> Bool { character.map { "-_.".contains($0) } ?? false }
    while isEdge(value.last) { value.removeLast() }
    while isEdge(value.first) { value.removeFirst() }
    return value
  }
}
