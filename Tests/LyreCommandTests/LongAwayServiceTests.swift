import JSONCore
import KernelTesting
import ObjectStorage
import Pipelines
import RealKernels
import RunEvents
import Synchronization
import SystemSupport
import Testing

@testable import NodeProgram
@testable import PipelineExecution

/// Both sides of a node in this process, so that they wait for milliseconds in place of minutes.
@Suite(
  "A bucket that stays away for longer than it is waited for", .serialized,
  .enabled(if: Services.has("seaweedfs"), Comment(rawValue: Services.missing)))
struct LongAwayServiceTests {
  private static var impatient: ObjectStorageSettings {
    var settings = ObjectStorageSettings()
    settings.firstDelay = .milliseconds(1)
    (settings.attempts, settings.patientAttempts) = (2, 3)
    return settings
  }

  private final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])
    var all: [String] { texts.withLock { $0 } }

    func take(_ report: NodeReport) {
      if case .warning(let text) = report { texts.withLock { $0.append(text) } }
    }
  }

  /// A task of the script `a.sh` in the folder `work`.
  private func task(_ lyre: Lyre) throws -> NodeTask {
    var document = PipelineDocument(name: "p")
    try document.addNode(file: "a.sh", id: "n", properties: ["outputs": ["sub/out.txt", "*.csv"]])
    let node = try #require(document.pipeline.executableNodes.first)
    let work = try lyre.directory.makeDirectory("work")
    return NodeTask(
      node: node, path: "\(work)/a.sh", workingDirectory: work, base: [:], variables: [:],
      parameters: [:], limit: nil, destination: nil, log: NodeLog(lyre.directory.path("log")),
      subject: RunSubject(
        run: .number(1), pipeline: "p.pipeline",
        node: NodeIdentity(place: 0, id: "n", label: "a.sh", attempt: 1)))
  }

  /// Runs the node as `lyre node` does.
  ///
  /// - Returns: why its results are not in the bucket.
  private func run(_ description: NodeDescription, _ lyre: Lyre) async -> String {
    let program = NodeProgram(
      description,
      environment: ["PATH": "/usr/bin:/bin", "TMPDIR": lyre.directory.path("tmp")],
      stop: NodeStop(), exitCode: { status, _ in status == .succeeded ? 0 : 6 }, onEvent: { _ in },
      patience: LongAwayServiceTests.impatient)
    do throws(TransferProblem) {
      let ending = try await program.run()
      return "no problem: \(ending.result)"
    } catch {
      return error.description
    }
  }

  @Test("what a node made comes back without the bucket, and the message names place and remedy")
  func kept() async throws {
    try await Lyre.with { lyre in
      try await ServiceBucket.with { bucket in
        try await StorageProxy.with(bucket) { proxy, server, variables in
          let (folder, task) = (lyre.directory.path, try task(lyre))
          try lyre.directory.makeDirectory("tmp")
          try lyre.script(
            "work/a.sh",
            "echo said; : > '\(folder)/begun'; while ! [ -e '\(folder)/go' ]; do sleep 0.05; done\n"
              + "mkdir sub; echo made > sub/out.txt; echo 1 > a.csv")
          var settings = LongAwayServiceTests.impatient
          settings.endpoint = server.url
          let storage = RunStorage(
            try ObjectStore(settings, environment: variables),
            ObjectLocation(bucket: bucket.name, key: "p"), name: "p")
          try await storage.open(creating: false)
          let remote = try RemoteNode(task, in: lyre.directory.path("node"))
          let warnings = Warnings()
          let stored = try StoredNode(
            storage, remote, DeclaredFiles(task.node, before: [], pipeline: task.workingDirectory),
            root: task.workingDirectory, control: NodeControl(), report: { warnings.take($0) },
            patience: .milliseconds(200))
          let description = try await stored.description(
            PipelineConfiguration(environment: [:]), credentials: lyre.directory.path("secret"))
          let (failure, missing) = await stored.follow {
            async let failure = run(description, lyre)
            #expect(await eventually { FilePath.exists("\(folder)/begun") })
            proxy.isAway = true
            do {
              try lyre.directory.write("", to: "go")
            } catch {
              Issue.record(error)
            }
            return await failure
          }
          let place = "s3://\(bucket.name)/p/runs/"
          let remedy = "Check the server"
          #expect(failure.hasPrefix("the results are not complete in '\(place)"), "\(failure)")
          #expect(failure.contains("All of them are in '\(folder)/tmp/lyre-node-"), "\(failure)")
          #expect(failure.contains(remedy), "\(failure)")
          #expect(missing?.contains(place) == true && missing?.contains(remedy) == true)

          remote.recover(from: lyre.directory.path("tmp"))
          let left = try #require(await remote.outcome { warnings.take($0) })
          let outcome = await stored.bringBack(left, missing: missing, hasResult: true)
          #expect(outcome.status == .notWritten)
          #expect(outcome.message?.contains(place) == true, "\(outcome.message ?? "")")
          #expect(outcome.message?.contains(remedy) == true, "\(outcome.message ?? "")")
          #expect(try lyre.text(of: "work/sub/out.txt") == "made\n")
          #expect(try lyre.text(of: "work/a.csv") == "1\n")
          #expect(
            warnings.all.contains(
              "its outputs are here nevertheless: they were taken from where it ran"),
            "\(warnings.all)")
          #expect(try lyre.text(of: "log").hasPrefix("said"), "\(warnings.all)")
        }
      }
    }
  }
}
