import SystemSupport

/// Slurm, used through its command-line programs.
struct SlurmCommands: Sendable {
  /// Why Slurm did not do something.
  struct Problem: Error, CustomStringConvertible {
    /// What happened, and the remedy.
    var description: String
    /// Whether the command was ended because the run was stopped.
    var isStop = false
  }

  private let submission: ToolCommand
  private let control: ToolCommand
  private let cancel: ToolCommand
  private let queue: ToolCommand
  /// The program that knows old jobs, where accounting is set up.
  private let accounting: ToolCommand?

  /// Finds Slurm's programs on `PATH`.
  ///
  /// - Throws: ``Problem``.
  init(environment: [String: String]) throws(Problem) {
    func tool(_ name: String) throws(Problem) -> ToolCommand {
      guard let program = ScriptCommand.find([name], environment) else {
        throw Problem(
          description: "Slurm's program \(name) is not on PATH; run lyre on a machine that submits "
            + "jobs")
      }
      return ToolCommand(program: program, environment: environment)
    }
    submission = try tool("sbatch")
    control = try tool("scontrol")
    cancel = try tool("scancel")
    queue = try tool("squeue")
    accounting = ScriptCommand.find(["sacct"], environment).map {
      ToolCommand(program: $0, environment: environment)
    }
  }

  /// How long `sbatch` may go on after a signal: ended before its answer, it may leave a job.
  private static let patience = Duration.seconds(5)

  /// Submits a job.
  ///
  /// - Parameters:
  ///   - request: the job.
  ///   - script: the file with its script.
  ///   - control: ends `sbatch` if it does not answer after a signal; nil to wait for it.
  /// - Returns: its number.
  /// - Throws: ``Problem``.
  func submit(_ request: JobRequest, script: String, control: NodeControl? = nil)
    async throws(Problem) -> String
  {
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await submission.run(
        request.arguments(script: script), control: control, patience: SlurmCommands.patience)
    } catch {
      throw Problem(description: "sbatch: \(error.message)", isStop: error.isStop)
    }
    guard answer.isSuccess else {
      throw Problem(description: "sbatch refused its job: \(answer.reason)")
    }
    // `123;cluster` where there are several.
    let number = answer.text.split(separator: "\n").last?.prefix { $0.isASCII && $0.isNumber } ?? ""
    guard !number.isEmpty else {
      throw Problem(description: "sbatch did not tell the number of its job: \(answer.text)")
    }
    return String(number)
  }

  /// What is known about a job.
  enum Knowledge: Sendable {
    case state(JobState)
    /// Slurm does not know it, or no longer.
    case forgotten
    /// Slurm does not answer.
    case silence(String)
  }

  /// Asks about a job.
  func state(of job: String) async -> Knowledge {
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await control.run(["--oneliner", "show", "job", job], limit: .seconds(30))
    } catch {
      return .silence(error.message)
    }
    if answer.isSuccess, let state = JobState(line: answer.text) { return .state(state) }
    guard answer.isSuccess || answer.reason.lowercased().contains("invalid job id") else {
      return .silence(answer.reason)
    }
    let old = try? await accounting?.run(
      ["--noheader", "--parsable2", "--allocations", "--format=State,ExitCode", "--jobs=\(job)"],
      limit: .seconds(30))
    let line = old?.text.split(separator: "\n").first.map(String.init)
    return line.flatMap { JobState(accounting: $0) }.map { .state($0) } ?? .forgotten
  }

  /// How to end a job.
  enum Cancellation: Sendable, Hashable {
    /// Tell its program, which saves and ends.
    case tell(signal: String)
    /// End it, also if it waits.
    case end
    /// Kill all its processes.
    case kill
  }

  /// Ends a job; that it has ended already is no error.
  func end(_ job: String, _ way: Cancellation) async { await end([job], way) }

  /// Ends jobs; that some have ended already is no error.
  func end(_ jobs: [String], _ way: Cancellation) async {
    for jobs in SlurmCommands.portions(jobs) {
      let arguments =
        switch way {
        case .tell(let signal): ["--batch", "--signal=\(signal)"]
        case .end: [String]()
        case .kill: ["--full", "--signal=KILL"]
        }
      _ = try? await cancel.run(["--quiet"] + arguments + jobs, limit: .seconds(30))
      if way == .kill { _ = try? await cancel.run(["--quiet"] + jobs, limit: .seconds(30)) }
    }
  }

  /// Lets jobs start that were submitted to be held.
  ///
  /// - Throws: ``Problem``.
  func release(_ jobs: [String]) async throws(Problem) {
    for jobs in SlurmCommands.portions(jobs) {
      let answer: ToolCommand.Answer
      do throws(ToolCommand.Failure) {
        answer = try await control.run(["release", jobs.joined(separator: ",")])
      } catch {
        throw Problem(description: "scontrol release: \(error.message)")
      }
      guard answer.isSuccess else {
        throw Problem(description: "scontrol release: \(answer.reason)")
      }
    }
  }

  /// Jobs for one command each, whose line must not be too long.
  private static func portions(_ jobs: [String]) -> [[String]] {
    stride(from: 0, to: jobs.count, by: 500).map { Array(jobs[$0..<min($0 + 500, jobs.count)]) }
  }

  /// A user's jobs, those that ended a moment ago included.
  ///
  /// - Throws: ``Problem``.
  func jobs(of user: UInt32) async throws(Problem) -> [QueuedJob] {
    let answer: ToolCommand.Answer
    do throws(ToolCommand.Failure) {
      answer = try await queue.run(
        [
          "--noheader", "--user=\(user)", "--states=all", "--format=\(QueuedJob.format)",
        ], limit: .seconds(30))
    } catch {
      throw Problem(description: "squeue: \(error.message)")
    }
    guard answer.isSuccess else { throw Problem(description: "squeue: \(answer.reason)") }
    return answer.text.split(separator: "\n").compactMap { QueuedJob(line: String($0)) }
  }
}
