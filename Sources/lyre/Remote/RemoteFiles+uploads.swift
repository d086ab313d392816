import ObjectStorage
import SystemSupport

extension RemoteFiles {
  /// Runs a command, and stores what it writes: at intervals while it runs, and all of it in the end.
  ///
  /// - Parameters:
  ///   - interval: the shortest time between two uploads; nil to store everything in the end only.
  ///   - body: the command.
  /// - Returns: its exit code, or that of a result that could not be stored.
  func storing(
    every interval: Duration?, _ body: @escaping @Sendable () async -> ExitCode
  ) async -> ExitCode {
    let code = await withTaskGroup(of: ExitCode?.self) { group in
      group.addTask { await body() }
      if let interval {
        group.addTask { [self] in
          await storeAtIntervals(interval)
          return nil
        }
      }
      var code = ExitCode.success
      while let ended = await group.next() {
        guard let ended else { continue }
        code = ended
        group.cancelAll()
      }
      return code
    }
    var codes = [code]
    for copy in written where !(await store(copy, isLast: true)) { codes.append(.notWritten) }
    return ExitCode.worst(codes)
  }

  /// Stores what has changed, until the task is cancelled.
  private func storeAtIntervals(_ interval: Duration) async {
    var pause = interval
    while (try? await Task.sleep(for: pause)) != nil {
      let start = ContinuousClock.now
      for copy in written { _ = await store(copy, isLast: false) }
      // A twentieth of the time at most, however large the files and however slow the server.
      pause = max(interval, (ContinuousClock.now - start) * 20)
    }
  }

  /// Stores a copy, if it has changed since it was stored or fetched.
  ///
  /// - Parameters:
  ///   - copy: the copy.
  ///   - isLast: whether this is the last time: then failures are reported.
  /// - Returns: whether the object has the content of the copy.
  private func store(_ copy: Copy, isLast: Bool) async -> Bool {
    guard let location = copy.location, let signature = FileSignature(copy.path),
      signature != copy.stored
    else { return true }
    do {
      let store = try store()
      // What someone else has stored there meanwhile is not replaced.
      if let etag = copy.etag, let present = try await store.head(location), present.etag != etag {
        return await refuse(copy, isLast)
      }
      let object = try await store.put(file: copy.path, to: location)
      stored(copy, signature, etag: object.etag)
      return true
    } catch {
      guard isLast else { return false }
      keep()
      Printer.shared.log("error: \("\(error)"); the result is in \(copy.path)")
      return false
    }
  }

  private func refuse(_ copy: Copy, _ isLast: Bool) async -> Bool {
    guard isLast else { return false }
    keep()
    Printer.shared.log(
      "error: \(copy.name) was replaced by another program during the run and is left as it is; "
        + "the result is in \(copy.path)")
    return false
  }

  /// Checks the buckets of results, so that one that does not exist is not reported only after hours.
  ///
  /// - Parameter creates: whether to create those that do not exist.
  /// - Throws: `ObjectStorageError`.
  func checkBuckets(creating creates: Bool) async throws {
    let buckets = Set(written.compactMap { $0.location?.bucket })
    for bucket in buckets.sorted() {
      let store = try store()
      if creates {
        try await store.createBucket(bucket)
        continue
      }
      try await store.requireBucket(bucket)
    }
  }
}
