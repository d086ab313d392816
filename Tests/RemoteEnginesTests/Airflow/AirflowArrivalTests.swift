import JSONCore
import KernelTesting
import ObjectStorage
import RealKernels
import Synchronization
import Testing

@testable import RemoteEngines

/// A server that has more of a DAG with each look.
private final class ArrivalStub: Sendable {
  /// What the server has.
  struct Sight {
    var source: String?
    var error: String?
  }

  private let sights: [Sight]
  private let canReadSources: Bool
  private let count = Mutex(0)

  init(_ sights: [Sight], canReadSources: Bool) {
    self.sights = sights
    self.canReadSources = canReadSources
  }

  /// How often it was looked at.
  var looks: Int { count.withLock { $0 } }

  func answer(_ request: TestServer.Request) -> TestServer.Answer {
    if request.target.hasSuffix("/version") { return json(["version": "3.3.2"]) }
    // Each look begins with the errors.
    if request.target.contains("/importErrors") { count.withLock { $0 += 1 } }
    let sight = sights[min(looks, sights.count) - 1]
    if request.target.contains("/importErrors") {
      let list: JSONValue =
        sight.error.map { [["filename": "w.py", "stack_trace": .init($0), "timestamp": "t"]] } ?? []
      return json(["import_errors": list, "total_entries": .init(sight.error == nil ? 0 : 1)])
    }
    guard let source = sight.source else { return .reply(GitStub.json(404, ["detail": "no"])) }
    guard request.target.contains("/dagSources/") else { return json(["dag_id": "w"]) }
    return canReadSources
      ? json(["content": .init(source)]) : .reply(GitStub.json(403, ["detail": "Forbidden"]))
  }

  private func json(_ value: JSONValue) -> TestServer.Answer { .reply(GitStub.json(200, value)) }
}

@Suite("DAGs that Airflow has to read")
struct AirflowArrivalTests {
  private static let file = DAGFile(name: "w.py", Array("new".utf8), mark: "Lyre")

  private func wait(
    _ sights: [ArrivalStub.Sight], former: AirflowImportError? = nil,
    canReadSources: Bool = true, limit: Duration = .seconds(60)
  ) async throws -> (EngineError?, looks: Int) {
    let stub = ArrivalStub(sights, canReadSources: canReadSources)
    return try await TestServer.with { request, _ in
      stub.answer(request)
    } run: { server in
      let api = try await AirflowAPITests.api(server.url, .token("t"))
      let error = await AirflowAPITests.failure {
        try await AirflowArrival("w", AirflowArrivalTests.file, former: former).wait(
          api, limit: limit, interval: .milliseconds(10))
      }
      return (error, stub.looks)
    }
  }

  @Test("a DAG has arrived when its source is the delivered one")
  func arrives() async throws {
    let (error, looks) = try await wait([.init(), .init(source: "old"), .init(source: "new")])
    #expect(error == nil && looks == 3)
  }

  @Test("without the right to read sources the DAG itself is enough")
  func withoutSources() async throws {
    let (error, looks) = try await wait([.init(source: "old")], canReadSources: false)
    #expect(error == nil && looks == 1)
  }

  @Test("a file that Python cannot read is an error at once, with Python's words")
  func broken() async throws {
    let (error, looks) = try await wait([
      .init(), .init(error: "Traceback\n  File\nKeyError: 'x'\n"),
    ])
    #expect(error?.kind == .rejected && looks == 2)
    #expect(error?.message.hasPrefix("Airflow cannot read w.py: KeyError: 'x'; ") == true)
  }

  @Test("the error of an earlier file is none of this one, until the time is over")
  func former() async throws {
    let former = AirflowImportError(file: "w.py", time: "s", trace: "KeyError")
    let (error, looks) = try await wait(
      [.init(error: "KeyError"), .init(source: "new")], former: former)
    #expect(error == nil && looks == 2)
    let (late, _) = try await wait(
      [.init(error: "KeyError")], former: former, limit: .milliseconds(40))
    #expect(late?.kind == .rejected)
  }

  @Test("a DAG that does not come is an error after the limit, which says what Airflow has")
  func tooLate() async throws {
    let (none, _) = try await wait([.init()], limit: .milliseconds(40))
    #expect(none?.kind == .timeLimit)
    #expect(none?.message.hasPrefix("Airflow has not read the DAG 'w' after 0 seconds") == true)
    let (old, _) = try await wait([.init(source: "old")], limit: .milliseconds(40))
    #expect(old?.message.hasPrefix("Airflow still has the earlier content of the DAG 'w'") == true)
  }
}
