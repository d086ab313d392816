import ObjectStorage

extension AirflowAPI: EngineSchedules {
  /// The DAGs that Lyre has made and that run by themselves.
  package func schedules() async throws(EngineError) -> [EngineSchedule] {
    try await dags().filter { !$0.isStale && $0.schedule != nil }.map { dag in
      EngineSchedule(
        id: dag.id, name: dag.id, isEnabled: !dag.isPaused, cron: dag.schedule, next: dag.nextRun)
    }
  }

  package func setEnabled(_ isEnabled: Bool, _ schedule: EngineSchedule) async throws(EngineError) {
    try await setPaused(!isEnabled, schedule.id)
  }

  package func remove(_ schedule: EngineSchedule) async throws(EngineError) {
    // The DAG would be read from its file again.
    throw EngineError(
      .unusable,
      "the times of '\(schedule.id)' are in its file: submit the pipeline without --schedule, or remove "
        + "the file from the folder or repository of DAGs", place: WebFile.shown(address))
  }
}
