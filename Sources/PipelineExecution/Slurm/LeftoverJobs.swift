import Glibc
import SystemSupport

/// Jobs whose Lyre was killed.
package struct LeftoverJobs: Sendable {
  let slurm: SlurmCommands

  init(slurm: SlurmCommands) {
    self.slurm = slurm
  }

  /// Opens Slurm.
  ///
  /// - Throws: an error with the reason if its programs are not on `PATH`.
  package init(environment: [String: String]) throws {
    slurm = try SlurmCommands(environment: environment)
  }

  /// A job that was cancelled, or is left.
  package struct Found: Sendable, Hashable {
    /// Its number.
    package var job: String
    /// Whether it was cancelled.
    package var isRemoved: Bool
  }

  private static let mark = "lyre"

  /// The comment of a job of this program.
  ///
  /// - Parameter folder: the folder that goes with the job.
  static func comment(_ folder: String) -> String { "\(mark) \(OwnerMark.current) \(folder)" }

  /// Cancels this user's jobs whose program has ended, and removes their folders.
  ///
  /// - Parameter includesUnknown: whether to cancel also those of programs that cannot be seen from
  ///   here, such as on another machine.
  /// - Returns: Lyre's jobs whose program does not run.
  /// - Throws: an error with the reason if Slurm does not answer.
  package func remove(includesUnknown: Bool = false) async throws -> [Found] {
    var found: [Found] = []
    for queued in try await slurm.jobs(of: getuid()) where !queued.state.hasEnded {
      let (job, comment) = (queued.job, queued.comment)
      if let mark = HandoverMark(comment) {
        // A run that Slurm was given as a whole goes on without its program.
        if mark.isIncomplete, mark.owner.life == .hasEnded {
          await slurm.end(job, .end)
          found.append(Found(job: job, isRemoved: true))
        }
        continue
      }
      let parts = comment.split(separator: " ", maxSplits: 2).map(String.init)
      guard parts.count == 3, parts[0] == LeftoverJobs.mark, let owner = OwnerMark(parts[1])
      else { continue }
      let life = owner.life
      guard life != .isRunning else { continue }
      let isDoomed = life == .hasEnded || includesUnknown
      if isDoomed {
        await slurm.end(job, .end)
        // Its program saves first, into the folder.
        let deadline = ContinuousClock.now + .seconds(35)
        while case .state(let state) = await slurm.state(of: job), !state.hasEnded,
          ContinuousClock.now < deadline, !Task.isCancelled
        {
          try? await Task.sleep(for: .milliseconds(500))
        }
        NodeFolder.remove(leftover: parts[2])
        JobsFolder.removeIfEmpty(FilePath.parts(parts[2]).directory)
      }
      found.append(Found(job: job, isRemoved: isDoomed))
    }
    return found
  }
}
