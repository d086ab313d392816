import Hashing
import JSONCore
import NodeProgram
import PipelineExecution
import Pipelines
import RemoteEngines
import RunRecord
import SystemSupport

extension PipelineRunPlan {
  /// Checks that nothing is asked for that needs this program while the run goes on.
  ///
  /// - Throws: ``UsageError``.
  static func checkDetachment(_ options: PipelineRunOptions) throws(UsageError) {
    let follow = "give it to lyre pipeline follow"
    let work = options.work
    let refused: [(isGiven: Bool, option: String, why: String)] = [
      (work.cached, "--cached", "nobody compares files while the run goes on"),
      (work.resume, "--resume", "a run on Slurm is not in the record; name nodes with --from"),
      (work.jobs != nil, "--jobs", "Slurm decides how many jobs run at once"),
      (work.failFast, "--fail-fast", "Slurm goes on with nodes that do not depend on a failed one"),
      (options.limits.retries > 0, "--retries", "Slurm does not run a node again"),
      (
        options.places.storage != nil && work.outputDir != nil, "--output-dir",
        "with --storage the executed notebooks stay there; lyre pipeline results --to fetches them"
      ),
      (options.reporting.run.log.events != nil, "--events", follow),
      (options.reporting.run.report != nil, "--report", follow),
      (options.reporting.html != nil, "--html", "lyre pipeline follow has --report"),
    ]
    if let found = refused.first(where: \.isGiven) {
      throw UsageError(message: "--detach and \(found.option) do not go together: \(found.why)")
    }
  }

  /// Why the pipeline cannot be run because Slurm has a run of it; nil if it can.
  func activeHandover() async -> String? {
    await ActiveHandover.reason(
      file, in: SubmissionStore(directory: stateDirectory), environment: configuration.environment)
  }

  /// Gives Slurm the whole run, and returns the exit code.
  func detach() async throws -> ExitCode {
    let ready: Ready
    switch readiness() {
    case .ready(let found): ready = found
    case .refused(let code): return code
    }
    let lock: PipelineLock?
    do throws(HistoryError) {
      lock = try PipelineLock.take(file)
    } catch {
      return refuse(told: "\(path): \(error)", nodes: ready.pipeline)
    }
    guard let lock else { return fail(isRunning, .unusableInput) }
    defer { withExtendedLifetime(lock) {} }
    if let reason = await activeHandover() { return fail("\(path): \(reason)", .unusableInput) }
    do throws(UsageError) {
      try ResultPlaces.makeDirectories(of: ready.destinations)
    } catch {
      return refuse(told: error.message, nodes: ready.pipeline)
    }
    var configuration = self.configuration(for: ready.graph, ready.input)
    configuration.destinations = ready.destinations
    configuration.subject.pipeline = path
    let control = PipelineControl()
    Signals.handle { signal in
      Stopping.ask()
      control.stop(signal: signal)
    }
    let runner = PipelineRunner(
      ready.pipeline, ready.graph, name: ready.input.name, file: file,
      configuration: configuration, control: control, report: { _ in })
    do {
      let handover = try Handover(runner)
      // Nothing is sent for a run that Slurm cannot have.
      let storage = try await openStorage(handover, ready, configuration)
      let prepared = try await handover.prepare(storage)
      if prepared.hasTemporaryCredentials {
        reporting.warn(
          "the credentials of the storage have a session token: nodes that start after its end fail"
        )
      }
      tell(try await submit(handover, prepared, ready, storage))
      return .success
    } catch let error as UsageError {
      return refuse(told: error.message, nodes: ready.pipeline)
    } catch let error as DetachedProblem {
      let code = fail("\(path): \(error)", ExitCode(EngineError(error)))
      return control.stopSignal.map { ExitCode(signal: $0) } ?? code
    } catch let error as EngineError {
      let code = EngineFailure.report(error).code
      return control.stopSignal.map { ExitCode(signal: $0) } ?? code
    } catch {
      return fail("\(path): \(error)", .unusableInput)
    }
  }

  /// Opens the storage through which the nodes exchange files; nil if there is none.
  private func openStorage(
    _ handover: Handover, _ ready: Ready, _ configuration: PipelineConfiguration
  ) async throws -> RunStorage? {
    guard let storage else { return nil }
    let (graph, name) = (ready.graph, ready.input.name)
    let opened = try await handover.unlessStopped {
      () async throws(NodeStorageProblem) -> Result<RunStorage, UsageError> in
      do throws(UsageError) {
        return .success(try await storage.open(for: graph, configuration, name: name))
      } catch {
        return .failure(error)
      }
    }
    return try opened.get()
  }

  private func submit(
    _ handover: Handover, _ prepared: Handover.Prepared, _ ready: Ready, _ storage: RunStorage?
  ) async throws -> Submission {
    let store = SubmissionStore(directory: stateDirectory)
    let submission: Submission
    do throws(EngineError) {
      submission = try store.addAhead(
        Submission(
          prepared, pipeline: FilePath.normalized(path),
          digest: hexadecimal(ContentHash.of(ready.input.bytes)), storage: storage?.settingsHere))
    } catch {
      handover.remove(prepared.run)
      throw error
    }
    do throws(DetachedProblem) {
      if let held = try await handover.submit(prepared) {
        reporting.warn(
          "all jobs are submitted, but the first ones are held: \(held); `lyre pipeline follow "
            + "\(submission.number)` lets them start")
      }
      return submission
    } catch {
      guard error.kind == .silence else {
        store.forget(submission)
        throw error
      }
      throw EngineError(
        .unreachable,
        "\(path): \(error); `lyre pipeline stop \(submission.number)` cancels them")
    }
  }

  private func tell(_ submission: Submission) {
    if reporting.json { return Printer.shared.print(json: .object(submission.elyraJSON)) }
    Printer.shared.print(
      "\(submission.title): submitted as \(submission.number) (run \(submission.run))")
    Printer.shared.print("  jobs: \(submission.nodes.count), in \(submission.folder ?? "")")
    if let place = submission.place { Printer.shared.print("  files: \(place.description)/") }
    Printer.shared.print("  lyre pipeline follow \(submission.number)")
  }
}
