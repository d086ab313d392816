extension KubeflowAPI: EngineSchedules {
  package func schedules() async throws(EngineError) -> [EngineSchedule] {
    try await recurringRuns().map { run in
      EngineSchedule(
        id: run.id, name: run.name, isEnabled: run.isEnabled, cron: run.cron,
        interval: run.interval, message: run.message)
    }
  }

  package func setEnabled(_ isEnabled: Bool, _ schedule: EngineSchedule) async throws(EngineError) {
    try await setRecurringRun(schedule.id, isEnabled: isEnabled)
  }

  package func remove(_ schedule: EngineSchedule) async throws(EngineError) {
    try await deleteRecurringRun(schedule.id)
  }
}
