/// When a pipeline runs again and again, as Kubeflow Pipelines writes it: six fields, with seconds first.
///
/// The five fields of cron are accepted as everywhere else. On the server, days of the week end with 6:
/// Sunday is 0.
package struct KubeflowSchedule: Sendable, Hashable {
  /// The text for the server.
  package let cron: String

  /// Reads five fields of cron, six with seconds, or a name such as `@daily`.
  ///
  /// - Throws: ``EngineError`` if a field is not valid.
  package init(_ text: String) throws(EngineError) {
    let text = text.trimmed
    if text.hasPrefix("@") {
      guard let fields = KubeflowSchedule.names[text.lowercased()] else {
        throw KubeflowSchedule.problem(
          text, "there are \(KubeflowSchedule.names.keys.sorted().joined(separator: ", "))")
      }
      cron = fields
      return
    }
    var fields = text.split(whereSeparator: \.isWhitespace).map(String.init)
    if fields.count == 5 { fields.insert("0", at: 0) }
    guard fields.count == 6 else {
      throw KubeflowSchedule.problem(
        text,
        "expected the five fields minute, hour, day, month and day of the week, such as "
          + "\"0 6 * * 1\"")
    }
    for (place, field) in Field.all.enumerated() {
      fields[place] = try field.checked(fields[place], in: text)
    }
    cron = fields.joined(separator: " ")
  }

  private static let names = [
    "@yearly": "0 0 0 1 1 *", "@annually": "0 0 0 1 1 *", "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0", "@daily": "0 0 0 * * *", "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
  ]

  fileprivate static func problem(_ text: String, _ why: String) -> EngineError {
    EngineError(.unusable, "'\(text)' is not a schedule: \(why)")
  }

  /// A field, with its numbers and names.
  private struct Field {
    let name: String
    let range: ClosedRange<Int>
    var names: [String] = []

    static let all = [
      Field(name: "second", range: 0...59), Field(name: "minute", range: 0...59),
      Field(name: "hour", range: 0...23), Field(name: "day of the month", range: 1...31),
      Field(
        name: "month", range: 1...12,
        names: [
          "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
        ]),
      Field(
        name: "day of the week", range: 0...6,
        names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ]

    /// The field as the server reads it.
    func checked(_ text: String, in whole: String) throws(EngineError) -> String {
      if text == "?", name.hasPrefix("day") { return text }
      var parts: [String] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        parts.append(try element(String(part), whole))
      }
      return parts.joined(separator: ",")
    }

    private func element(_ text: String, _ whole: String) throws(EngineError) -> String {
      let halves = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
      guard halves.count <= 2, let first = halves.first else { throw wrong(text, whole) }
      var step = ""
      if halves.count == 2 {
        guard let number = Int(halves[1]), (1...range.upperBound).contains(number) else {
          throw wrong(text, whole)
        }
        step = "/\(number)"
      }
      if first == "*" { return "*" + step }
      let ends = first.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
      guard ends.count <= 2 else { throw wrong(text, whole) }
      var numbers: [Int] = []
      for end in ends { numbers.append(try number(end, whole)) }
      // Sunday is 7 for cron, also as an end; the server knows 0 only.
      if numbers == [7] { return "0" + step }
      if numbers.last == 7 {
        guard step.isEmpty else { throw wrong(text, whole) }
        return numbers[0] == 0 ? "*" : "\(numbers[0])-6,0"
      }
      guard numbers == numbers.sorted() else { throw wrong(text, whole) }
      return numbers.map { String($0) }.joined(separator: "-") + step
    }

    private func number(_ text: String, _ whole: String) throws(EngineError) -> Int {
      if let place = names.firstIndex(of: text.lowercased()) { return place + range.lowerBound }
      let most = name == "day of the week" ? 7 : range.upperBound
      guard let number = Int(text), (range.lowerBound...most).contains(number),
        text.allSatisfy(\.isNumber)
      else { throw wrong(text, whole) }
      return number
    }

    private func wrong(_ text: String, _ whole: String) -> EngineError {
      KubeflowSchedule.problem(
        whole, "'\(text)' is not valid for the \(name) (\(range.lowerBound) to \(range.upperBound))"
      )
    }
  }
}

extension String {
  /// The text without white space around it.
  fileprivate var trimmed: String {
    let start = drop(while: \.isWhitespace)
    return String(start.reversed().drop(while: \.isWhitespace).reversed())
  }
}
