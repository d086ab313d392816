/// How Airflow runs the nodes of an exported pipeline, and when.
package struct AirflowSettings: Sendable, Hashable {
  /// The operator that runs notebooks and scripts.
  package enum Operator: String, Sendable, Hashable, CaseIterable {
    /// In pods of a cluster, as Elyra does.
    case kubernetes
    /// In containers of the worker's Docker.
    case docker
    /// On the worker itself, which has `lyre`, kernels and interpreters.
    case bash
  }

  /// The operator.
  package var `operator`: Operator
  /// When the pipeline runs: five fields as in cron, or such as `@daily`; nil for never by itself.
  package var schedule: String?
  /// The network of the containers, for Docker; nil for its default.
  package var network: String?
  /// The Python modules of operators that are components, by the names of their classes.
  package var modules: [String: String]

  /// Creates settings.
  package init(
    _ operation: Operator = .kubernetes, schedule: String? = nil, network: String? = nil,
    modules: [String: String] = [:]
  ) {
    self.operator = operation
    self.schedule = schedule
    self.network = network
    self.modules = modules
  }

  /// Whether a text is the name of a Python module.
  package static func isModule(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.allSatisfy { PythonName.isPlain(String($0)) }
  }

  private static let presets: Set<String> = [
    "@once", "@continuous", "@hourly", "@daily", "@weekly", "@monthly", "@quarterly", "@yearly",
  ]

  /// The schedule without blanks around it.
  ///
  /// - Throws: ``ExportProblem`` if Airflow would not read it.
  func checkedSchedule() throws(ExportProblem) -> String? {
    guard let schedule else { return nil }
    let fields = schedule.split(whereSeparator: \.isWhitespace)
    if fields.count == 1, AirflowSettings.presets.contains(String(fields[0])) {
      return String(fields[0])
    }
    let isCron =
      fields.count == 5
      && fields.allSatisfy { field in
        field.utf8.allSatisfy {
          (0x30...0x39).contains($0) || (0x41...0x5A).contains($0 & 0xDF)
            || "*/,-?#".utf8.contains($0)
        }
      }
    guard isCron else {
      throw ExportProblem(
        "the schedule '\(schedule)' is not one that Airflow reads; give the five fields of cron "
          + "(minute, hour, day of month, month, day of week), as '0 6 * * 1', or one of "
          + AirflowSettings.presets.sorted().joined(separator: ", "))
    }
    return fields.joined(separator: " ")
  }
}
