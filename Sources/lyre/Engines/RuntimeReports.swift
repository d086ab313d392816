import JSONCore
import RemoteEngines

/// What the commands for runtime configurations and images say.
enum RuntimeReports {
  /// Runs a step, and reports its error.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  static func reported<Value>(_ body: () throws(EngineError) -> Value) throws(ExitRequest) -> Value
  {
    do throws(EngineError) {
      return try body()
    } catch {
      throw failure(error)
    }
  }

  /// Reports an error.
  static func failure(_ error: EngineError) -> ExitRequest {
    Printer.shared.log("\("error:", .red) \(error)")
    return ExitRequest(
      code: error.kind == .file ? .notWritten : .unusableInput, message: "\(error)")
  }

  /// Removes a file of the user, and reports that, and which file of the same name counts from now on.
  ///
  /// - Throws: `ExitRequest`, after reporting the error.
  static func remove(_ name: String, from files: MetadataStore) throws(ExitRequest) {
    let (path, next) = try reported { () throws(EngineError) in try files.remove(name) }
    Printer.shared.log("\(path): removed")
    if let next { Printer.shared.log("'\(name)' is \(next) from now on") }
  }

  /// Reports what is wrong with a configuration.
  ///
  /// - Throws: `ExitRequest` if it is not to be written because of that.
  static func check(_ runtime: RuntimeConfiguration) throws(ExitRequest) {
    let problems = runtime.problems
    report(problems)
    guard problems.contains(where: { !$0.isWarning }) else { return }
    let message = "'\(runtime.name)' was not written"
    Printer.shared.log("error: \(message)")
    throw ExitRequest(code: .unusableInput, message: message)
  }

  /// Reports problems.
  static func report(_ problems: [RuntimeProblem]) {
    for problem in problems {
      let word: VisibleText = problem.isWarning ? "\("warning:", .yellow)" : "\("error:", .red)"
      Printer.shared.log("\(word) \(problem)")
    }
  }

  /// Rows whose columns stand below each other; the last one is not padded.
  static func table(_ rows: [[String]]) -> VisibleText {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      rows.map { column < $0.count ? VisibleText($0[column]).columns : 0 }.max() ?? 0
    }
    return rows.map { row in
      row.enumerated().map { column, text in
        column == row.count - 1 ? VisibleText(text) : VisibleText(text).padded(to: widths[column])
      }.joined(separator: "  ")
    }.joined(separator: "\n")
  }

  /// The text of a member for people.
  static func text(_ value: JSONValue) -> String {
    value.string ?? value.array.map { $0.map(text).joined(separator: ", ") } ?? "\(value)"
  }
}
