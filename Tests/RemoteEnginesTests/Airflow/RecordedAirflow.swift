import JSONCore
import RealKernels
import RemoteEngines
import Synchronization
import SystemSupport

/// A server that gives the answers of a real Airflow, as `Tests/Airflow/record.py` has recorded them: to each request
/// in turn, and the last one again and again.
final class RecordedAirflow: Sendable {
  /// The versions.
  enum Version: String, CaseIterable {
    case second = "2.11.2"
    case third = "3.3.2"
  }

  private struct Exchange {
    var body: JSONValue
    var status: Int
    var answer: JSONValue
  }

  private let version: Version
  private let answers: Mutex<[String: [Exchange]]>
  private let refusal: TestServer.Reply

  init(_ version: Version) throws {
    self.version = version
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let list = try JSONValue(
      parsing: fileContent("/\(folder)/Recorded/airflow-\(version.rawValue).json"))
    var answers: [String: [Exchange]] = [:]
    var refusal = TestServer.Reply(500)
    for row in list.array ?? [] {
      guard let method = row["method"]?.string, let path = row["path"]?.string,
        let status = row["status"]?.int, let answer = row["answer"]
      else { continue }
      if path.hasSuffix("/dags/recorded"), status == 401 || status == 403 {
        // The last one is the answer to a token that is not known.
        refusal = RecordedAirflow.reply(status, answer)
        continue
      }
      answers["\(method) \(path)", default: []].append(
        Exchange(body: row["body"] ?? .null, status: status, answer: answer))
    }
    self.answers = Mutex(answers)
    self.refusal = refusal
  }

  /// The text of an answer, without changing whose turn it is.
  func text(_ request: String, _ member: String) -> String? {
    answers.withLock { $0[request]?.first?.answer[member]?.string }
  }

  private static func reply(_ status: Int, _ answer: JSONValue) -> TestServer.Reply {
    let isPage = answer.string != nil
    return TestServer.Reply(
      status, bytes: isPage ? Array((answer.string ?? "").utf8) : answer.serialized(),
      [("content-type", isPage ? "text/html" : "application/json")])
  }

  /// Answers a request.
  func answer(_ request: TestServer.Request) -> TestServer.Answer {
    let isOpen = request.target.hasSuffix("/version") || request.target == "/auth/token"
    let login = version == .third ? "Bearer recorded-token" : "Basic YWRhOmxvdmVsYWNl"
    guard isOpen || request["authorization"] == login else { return .reply(refusal) }
    let body = (try? JSONValue(parsing: request.body)) ?? .null
    let found = answers.withLock { answers -> Exchange? in
      let key = "\(request.method) \(request.target)"
      guard let list = answers[key], let place = list.firstIndex(where: { $0.body == body }) else {
        return nil
      }
      let isLast = list.count { $0.body == body } == 1
      if !isLast { answers[key]?.remove(at: place) }
      return list[place]
    }
    guard let found else {
      return .reply(
        TestServer.Reply(418, "not recorded: \(request.method) \(request.target) \(body)"))
    }
    return .reply(RecordedAirflow.reply(found.status, found.answer))
  }
}
