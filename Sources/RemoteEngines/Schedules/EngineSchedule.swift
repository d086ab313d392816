/// Something that an engine runs again and again.
package struct EngineSchedule: Sendable, Hashable {
  /// The engine's id of it.
  package var id: String
  /// Its name.
  package var name: String
  /// Whether it starts runs.
  package var isEnabled: Bool
  /// Its times as the engine writes them; nil if it has none of this kind.
  package var cron: String?
  /// The seconds between two runs; nil if it has times.
  package var interval: Int?
  /// When it starts a run next, as the engine writes it; nil if the engine does not say.
  package var next: String?
  /// What the engine says about its state.
  package var message: String?
}

/// What an engine runs again and again.
package protocol EngineSchedules: Sendable {
  /// The server's URL.
  var address: String { get }

  /// All schedules.
  ///
  /// - Throws: ``EngineError``.
  func schedules() async throws(EngineError) -> [EngineSchedule]

  /// Lets a schedule start runs, or keeps it from that.
  ///
  /// - Throws: ``EngineError``.
  func setEnabled(_ isEnabled: Bool, _ schedule: EngineSchedule) async throws(EngineError)

  /// Removes a schedule; runs that it started go on.
  ///
  /// - Throws: ``EngineError``.
  func remove(_ schedule: EngineSchedule) async throws(EngineError)
}
