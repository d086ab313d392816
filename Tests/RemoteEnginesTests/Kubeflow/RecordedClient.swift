import FoundationEssentials
import JSONCore
import ObjectStorage
import RealKernels
import Testing

/// What the real client of Kubeflow Pipelines sends for each call, recorded by `Tests/Engines/client.py`.
struct RecordedClient {
  /// A request, and what the recording server answered.
  struct Exchange: Sendable {
    let request: JSONValue
    let answer: TestServer.Reply
  }

  private let calls: [String: [Exchange]]

  init() throws {
    let path = "\(RealKernels.repositoryRoot)/Tests/RemoteEnginesTests/Recorded/kfp-client.json"
    let json = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: path))))
    var calls: [String: [Exchange]] = [:]
    for call in try #require(json["calls"]?.array) {
      calls[try #require(call["call"]?.string)] = try #require(call["exchanges"]?.array).map {
        Exchange(
          request: try #require($0["request"]),
          answer: TestServer.Reply(
            try #require($0["answer"]?["status"]?.int),
            bytes: try #require($0["answer"]?["json"]).serialized(),
            [("content-type", "application/json")]))
      }
    }
    self.calls = calls
  }

  /// The names of all calls.
  var names: Set<String> { Set(calls.keys) }

  /// The exchanges of a call.
  func exchanges(_ name: String) throws -> [Exchange] { try #require(calls[name], "\(name)") }
}

extension TestServer.Request {
  /// The request in the form of the recording; what depends on the machine or on chance is left out.
  var recorded: [String: JSONValue] {
    let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
    var query: [String: JSONValue] = [:]
    for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
      let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      query[decoded(halves[0])] = .init(decoded(halves.count > 1 ? halves[1] : ""))
    }
    let type = (self["content-type"] ?? "").split(separator: ";").first.map(String.init) ?? ""
    var result: [String: JSONValue] = [
      "method": .init(method), "path": .init(parts[0]), "accept": .init(self["accept"] ?? ""),
      "authorization": .init(self["authorization"] ?? ""), "content_type": .init(type),
    ]
    // The real client also sends what is empty.
    for (name, value) in query where value != "" { result["query \(name)"] = value }
    if type == "multipart/form-data" {
      for (name, value) in part { result["part \(name)"] = .init(value) }
    } else if !body.isEmpty {
      result["json"] = (try? JSONValue(parsing: body)).map(\.canonical)
    }
    return result
  }

  private func decoded(_ text: Substring) -> String { PercentEncoding.decoded(String(text)) }

  /// The headers and the content of the only part of a form.
  private var part: [String: String] {
    let boundary = (self["content-type"] ?? "").split(separator: "boundary=").last ?? ""
    let text = String(decoding: body, as: UTF8.self)
    let pieces = text.components(separatedBy: "--\(boundary)")
    guard pieces.count == 3 else { return ["count": "\(pieces.count - 2)"] }
    let whole = pieces[1].components(separatedBy: "\r\n\r\n")
    var result = ["content": String(whole.dropFirst().joined(separator: "\r\n\r\n").dropLast())]
    for line in whole[0].components(separatedBy: "\r\n") where !line.isEmpty {
      let halves = line.components(separatedBy: ": ")
      result[halves[0]] = halves.dropFirst().joined(separator: ": ")
    }
    return result
  }
}

extension RecordedClient.Exchange {
  /// The request in the same form.
  var recorded: [String: JSONValue] {
    var result: [String: JSONValue] = [:]
    for name in ["method", "path", "accept", "authorization", "content_type"] {
      result[name] = request[name] ?? .null
    }
    for member in request["query"]?.object ?? [:] where member.value != "" {
      result["query \(member.key.string)"] = member.value
    }
    for member in request["part"]?["headers"]?.object ?? [:] {
      result["part \(member.key.string)"] = member.value
    }
    if let content = request["part"]?["content"] { result["part content"] = content }
    if let json = request["json"] { result["json"] = json.canonical }
    return result
  }
}

extension JSONValue {
  /// The value with the members of objects in one order.
  var canonical: JSONValue {
    switch self {
    case .object(let object):
      .object(JSONObject(object.map { .init(key: $0.key, value: $0.value.canonical) }).sorted)
    case .array(let elements): .array(elements.map(\.canonical))
    default: self
    }
  }
}
