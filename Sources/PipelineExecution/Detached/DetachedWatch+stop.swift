import SystemSupport

extension DetachedWatch {
  /// How long nodes may take to save after a signal.
  private static let timeToSave = Duration.seconds(30)

  /// Stops the run: cancels jobs that wait, lets running nodes save, and ends those that do not.
  ///
  /// - Returns: how it had ended before; nil if it is stopped now.
  /// - Throws: ``DetachedProblem``.
  package func stop() async throws(DetachedProblem) -> DetachedState? {
    do throws(DetachedProblem) {
      let state = try await state()
      if state.isOver { return state }
    } catch {
      // Jobs can be stopped without their results.
      switch error.kind {
      case .incomplete, .storage: break
      default: throw error
      }
    }
    do throws(SystemError) {
      try run.set(.stopped)
    } catch {
      throw DetachedProblem(
        .file, "'\(run.folder)' cannot be written: \(error); the run goes on")
    }
    let slurm = try slurm()
    let deadline = ContinuousClock.now + DetachedWatch.timeToSave
    var told: Set<String> = []
    while true {
      let active = try await queue().values.filter { !$0.state.hasEnded }
      guard !active.isEmpty else { break }
      guard ContinuousClock.now < deadline, !Task.isCancelled else {
        await slurm.end(active.map(\.job), .end)
        break
      }
      await slurm.end(active.filter(\.state.isWaiting).map(\.job), .end)
      let running = active.filter { !$0.state.isWaiting }.map(\.job).filter { !told.contains($0) }
      await slurm.end(running, .tell(signal: "TERM"))
      told.formUnion(running)
      try? await Task.sleep(for: .milliseconds(500))
    }
    run.removeSecrets()
    return nil
  }
}
