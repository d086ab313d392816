/// Waits until an Airflow server has read a DAG that was delivered.
package struct AirflowArrival: Sendable {
  private let id: String
  private let file: DAGFile
  /// The error that the file had before the delivery.
  private let former: AirflowImportError?

  /// What the server has of the DAG.
  package enum Sight: Sendable, Equatable {
    /// It has read this file.
    case arrived
    /// It has read no such file yet, or only an earlier one.
    case waiting(hasEarlier: Bool)
    /// It has read it, and Python says that it is wrong.
    case broken(AirflowImportError)
  }

  /// - Parameters:
  ///   - id: the id of the DAG.
  ///   - file: its file.
  ///   - former: the error that a file of this name had before the delivery.
  package init(_ id: String, _ file: DAGFile, former: AirflowImportError? = nil) {
    self.id = id
    self.file = file
    self.former = former
  }

  /// Looks once.
  package func look(_ api: AirflowAPI) async throws(EngineError) -> Sight {
    if let error = try await api.importError(of: file.name), !isFormer(error) {
      return .broken(error)
    }
    guard let dag = try await api.dag(id), !dag.isStale else { return .waiting(hasEarlier: false) }
    if dag.isBroken { return .waiting(hasEarlier: true) }
    // Users without the right to read sources have to take the DAG as it is.
    guard let source = try await api.source(of: dag) else { return .arrived }
    return Array(source.utf8) == file.content ? .arrived : .waiting(hasEarlier: true)
  }

  /// Whether an error may be that of an earlier file, which the server has read again.
  private func isFormer(_ error: AirflowImportError) -> Bool {
    former.map { $0.file == error.file && $0.trace == error.trace } ?? false
  }

  /// Looks again and again.
  ///
  /// - Parameters:
  ///   - api: the server.
  ///   - limit: how long at most.
  ///   - interval: the time between two looks.
  ///   - clock: tells the time, and waits.
  /// - Throws: ``EngineError``; `rejected` for a file that Airflow cannot read, `timeLimit` if it does not arrive.
  package func wait(
    _ api: AirflowAPI, limit: Duration, interval: Duration = .seconds(2),
    clock: some Clock<Duration> = ContinuousClock()
  ) async throws(EngineError) {
    let end = clock.now.advanced(by: limit)
    while true {
      let sight = try await look(api)
      switch sight {
      case .arrived: return
      case .broken(let error): throw problem(error, api)
      case .waiting(let hasEarlier):
        guard clock.now.advanced(by: interval) <= end else {
          if let former { throw problem(former, api) }
          throw tooLate(hasEarlier, limit, api)
        }
        do {
          try await clock.sleep(until: clock.now.advanced(by: interval), tolerance: nil)
        } catch {
          throw EngineError(.cancelled, "stopped while Airflow has not read the DAG '\(id)' yet")
        }
      }
    }
  }

  private func problem(_ error: AirflowImportError, _ api: AirflowAPI) -> EngineError {
    EngineError(
      .rejected,
      "Airflow cannot read \(error.file): \(error.summary); a provider may be missing there: see "
        + "'Pipelines in Airflow' in Lyre's documentation", place: api.address)
  }

  private func tooLate(_ hasEarlier: Bool, _ limit: Duration, _ api: AirflowAPI) -> EngineError {
    EngineError(
      .timeLimit,
      "Airflow \(hasEarlier ? "still has the earlier content of" : "has not read") the DAG '\(id)' after "
        + "\(limit.components.seconds) seconds; check that it reads DAGs from where \(file.name) was "
        + "delivered, and how often (refresh_interval, or dag_dir_list_interval of Airflow 2)",
      place: api.address)
  }
}
