import Glibc
import SystemSupport

extension Handover {
  /// Submits the jobs of a run, and lets the first ones start once all are submitted.
  ///
  /// - Returns: why the first jobs are still held; nil if they may start.
  /// - Throws: ``DetachedProblem``; `silence` if jobs may be left that nobody could cancel, and
  ///   otherwise nothing is left.
  package func submit(_ prepared: Prepared) async throws(DetachedProblem) -> String? {
    let run = prepared.run
    // What cannot be removed now is removed by a later run.
    _ = await control.unlessStopped { [slurm] () async throws(Never) in
      try? await LeftoverJobs(slurm: slurm).remove()
    }
    do throws(DetachedProblem) {
      try await submitJobs(prepared)
    } catch {
      guard await control.unlessKilled({ () async throws(Never) in await cancel(run) }) == true
      else {
        throw DetachedProblem(
          .silence,
          "\(error.description). Slurm does not answer, so jobs may be left, which will "
            + "not start")
      }
      remove(run)
      guard error.kind == .stopped else { throw error }
      throw DetachedProblem(
        .stopped,
        "\(error.description); no \(error == Handover.stopped ? "job" : "other one") is left")
    }
    do throws(SlurmCommands.Problem) {
      try await slurm.release(first(of: run))
    } catch {
      // Whoever looks at the run does it again.
      return error.description
    }
    try? run.set(.released)
    return nil
  }

  private func first(of run: DetachedRun) -> [String] {
    plan.nodes.indices.filter { plan.nodes[$0].isFirst }.compactMap { run.job(of: $0)?.number }
  }

  private func submitJobs(_ prepared: Prepared) async throws(DetachedProblem) {
    let run = prepared.run
    var numbers: [String] = []
    for (place, planned) in plan.nodes.enumerated() {
      guard control.stopSignal == nil else { throw Handover.stopped }
      var request = prepared.requests[place].request
      request.needed = planned.needed.map { numbers[$0] }
      request.awaited = planned.awaited.map { numbers[$0] }
      let label = run.nodes[place].label
      do throws(SlurmCommands.Problem) {
        numbers.append(
          try await slurm.submit(
            request, script: prepared.requests[place].script, control: control))
      } catch {
        guard !error.isStop else {
          throw DetachedProblem(
            .stopped,
            "\(Handover.stopped.description), and sbatch did not answer about '\(label)': its job may "
              + "come later, but will not start, and `lyre pipeline cleanup` cancels it")
        }
        throw DetachedProblem(.refused, "'\(label)': \(error.description)")
      }
      do throws(SystemError) {
        try run.note(
          .init(number: numbers[place], program: program, memory: request.memory), of: place)
      } catch {
        throw DetachedProblem(.file, "'\(run.folder)' cannot be written: \(error)")
      }
    }
    guard control.stopSignal == nil else { throw Handover.stopped }
    do throws(SystemError) {
      try run.set(.complete)
    } catch {
      throw DetachedProblem(.file, "'\(run.folder)' cannot be written: \(error)")
    }
  }

  /// Cancels the jobs of a run that was not submitted as a whole; none of them has started.
  ///
  /// - Returns: whether none is left.
  private func cancel(_ run: DetachedRun) async -> Bool {
    for _ in 0..<Handover.mostAttempts {
      guard let list = try? await slurm.jobs(of: getuid()) else { return false }
      let left = list.filter {
        !$0.state.hasEnded && HandoverMark($0.comment)?.folder == run.folder
      }
      if left.isEmpty { return true }
      await slurm.end(left.map(\.job), .end)
    }
    return false
  }

  private static let mostAttempts = 10

  /// Removes the folder of a run that has no jobs.
  package func remove(_ run: DetachedRun) {
    FilePath.removeTree(run.folder)
    JobsFolder.removeIfEmpty(FilePath.parts(run.folder).directory)
  }
}
