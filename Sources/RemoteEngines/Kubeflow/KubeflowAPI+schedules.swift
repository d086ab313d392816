import JSONCore

extension KubeflowAPI {
  /// A pipeline that the server runs again and again.
  package struct RecurringRun: Sendable, Hashable {
    /// Its id.
    package var id: String
    /// Its name.
    package var name: String
    /// Whether it runs now.
    package var isEnabled: Bool
    /// When it runs, in the server's form with seconds first; nil if it runs at intervals.
    package var cron: String?
    /// The interval in seconds; nil if it runs at certain times.
    package var interval: Int?
    /// Why it does not run, in the server's words; nil if nothing is wrong.
    package var message: String?
  }

  /// Lets the server run a pipeline again and again; times that were missed are not made up for.
  ///
  /// - Parameters:
  ///   - run: what each run is made from.
  ///   - schedule: when it runs.
  package func createRecurringRun(_ run: NewRun, _ schedule: KubeflowSchedule)
    async throws(EngineError) -> RecurringRun
  {
    var body = run.json
    body["trigger"] = ["cron_schedule": ["cron": .init(schedule.cron)]]
    body["mode"] = "ENABLE"
    body["max_concurrency"] = 1
    body["no_catchup"] = true
    let purpose = "create the schedule '\(run.name)'"
    return try recurring(
      try await send("POST", ["recurringruns"], .json(body), to: purpose), purpose)
  }

  /// All of them.
  package func recurringRuns() async throws(EngineError) -> [RecurringRun] {
    let purpose = "list the schedules"
    var found: [RecurringRun] = []
    let all = try await all(
      ["recurringruns"], query: namespaceQuery, member: "recurringRuns", to: purpose)
    for json in all { found.append(try recurring(.object(json), purpose)) }
    return found
  }

  /// One of them.
  package func recurringRun(_ id: String) async throws(EngineError) -> RecurringRun {
    let purpose = "read the schedule '\(id)'"
    return try recurring(try await send("GET", ["recurringruns", id], to: purpose), purpose)
  }

  /// Lets it run, or not.
  package func setRecurringRun(_ id: String, isEnabled: Bool) async throws(EngineError) {
    let verb = isEnabled ? "enable" : "disable"
    _ = try await send(
      "POST", ["recurringruns", "\(id):\(verb)"], to: "\(verb) the schedule '\(id)'")
  }

  /// Deletes it; the runs that it has started stay.
  package func deleteRecurringRun(_ id: String) async throws(EngineError) {
    _ = try await send("DELETE", ["recurringruns", id], to: "remove the schedule '\(id)'")
  }

  private func recurring(_ json: JSONValue, _ purpose: String) throws(EngineError) -> RecurringRun {
    let trigger = json["trigger"]
    // The mode is what was asked for, the status what is; not every server has both.
    let state = json["status"]?.string ?? json["mode"]?.string ?? ""
    let interval = trigger?["periodic_schedule"]?["interval_second"]
    return RecurringRun(
      id: try required(json, "recurring_run_id", purpose), name: json["display_name"]?.string ?? "",
      isEnabled: state == "ENABLED" || state == "ENABLE",
      cron: trigger?["cron_schedule"]?["cron"]?.string,
      // 64 bits are a text in this format.
      interval: interval?.int ?? interval?.string.flatMap { Int($0) },
      message: json["error"]?["message"]?.string)
  }
}
