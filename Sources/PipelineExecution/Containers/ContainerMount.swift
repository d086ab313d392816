/// A folder or file of this machine that a container sees.
struct ContainerMount: Sendable, Hashable {
  /// Its path on this machine.
  var source: String
  /// Its path in the container.
  var target: String
  /// Whether the container cannot change it.
  var isReadOnly = false

  /// The value of the option `--mount`.
  ///
  /// Unlike `--volume`, it takes any path, and an engine does not create folders that are missing.
  var option: String {
    var fields = ["type=bind", "source=\(source)", "target=\(target)"]
    if isReadOnly { fields.append("readonly") }
    return fields.map(ContainerMount.field).joined(separator: ",")
  }

  /// A field of a list in CSV, in which commas and quotes have to be quoted.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
