import JSONCore
import RunEvents
import SystemSupport

extension CellResult {
  /// The maximum length of an error's texts; the notebook has the complete texts.
  private static let errorLimit = 64 << 10

  /// Writes the results of cells as a text for ``list(json:)``; nil for no cells.
  package static func json(of cells: [CellResult]) -> String? {
    guard !cells.isEmpty else { return nil }
    let array = JSONValue.array(cells.map { .object($0.json) })
    return String(decoding: array.serialized(), as: UTF8.self)
  }

  /// Reads the results of cells; empty if the text is not valid.
  package static func list(json: String?) -> [CellResult] {
    guard let json, let array = (try? JSONValue(parsing: Array(json.utf8)))?.array else {
      return []
    }
    return array.enumerated().map { CellResult($1, at: $0) }
  }

  private var json: JSONObject {
    var object: JSONObject = ["status": .init(status.rawValue)]
    if let id { object["id"] = .init(id) }
    if isCode { object["line"] = .init(firstLine) }
    if let executionCount { object["count"] = .init(executionCount) }
    if duration > .zero {
      object["ns"] = .init(Int(duration.totalNanoseconds))
    }
    if let error {
      let traceback = error.traceback.joined(separator: "\n")
      object["error"] = [
        .init(error.name), .init(String(error.value.prefix(CellResult.errorLimit))),
        .init(String(traceback.suffix(CellResult.errorLimit))),
      ]
    }
    if errorIsAllowed { object["allowed"] = true }
    if let limit {
      object["limit"] = .init(limit.totalSeconds)
    }
    if hadOldResults { object["old"] = true }
    return object
  }

  private init(_ json: JSONValue, at place: Int) {
    let texts = (json["error"]?.array ?? []).map { $0.string ?? "" }
    self.init(
      index: place, id: json["id"]?.string, isCode: json["line"] != nil,
      firstLine: json["line"]?.string ?? "",
      status: json["status"]?.string.flatMap(CellStatus.init(rawValue:)) ?? .notRun)
    executionCount = json["count"]?.int
    duration = .nanoseconds(json["ns"]?.int ?? 0)
    if texts.count == 3 {
      error = CellError(
        name: texts[0], value: texts[1],
        traceback: texts[2].isEmpty
          ? [] : texts[2].split(separator: "\n", omittingEmptySubsequences: false).map(String.init))
    }
    errorIsAllowed = json["allowed"] == true
    limit = json["limit"]?.double.flatMap { $0 >= 0 && $0 < 1e9 ? .seconds($0) : nil }
    hadOldResults = json["old"] == true
  }
}
