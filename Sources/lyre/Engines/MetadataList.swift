import JSONCore
import RemoteEngines

/// The files of Elyra's metadata that were found, as `list` commands show them.
struct MetadataList<Value> {
  /// Reads a file.
  let read: (MetadataFile) throws(EngineError) -> Value
  /// What `--json` shows of it.
  let json: (Value) -> JSONObject
  /// How many columns are between the name and the path.
  let columnCount: Int
  /// The texts in these columns.
  let columns: (Value) -> [String]
  /// What is wrong with it, in a few words; nil if nothing is.
  let problem: (Value) -> String?

  /// Prints the list.
  ///
  /// - Parameters:
  ///   - entries: the files.
  ///   - asJSON: whether as JSON.
  ///   - nothing: what is said if there are none.
  func show(_ entries: [MetadataStore.Entry], asJSON: Bool, ifEmpty nothing: VisibleText) {
    if asJSON { return Printer.shared.print(json: .array(entries.map(object))) }
    guard !entries.isEmpty else { return Printer.shared.log(nothing) }
    Printer.shared.print(RuntimeReports.table(entries.map(row)))
  }

  private func value(_ entry: MetadataStore.Entry) -> Result<Value, EngineError> {
    Result { () throws(EngineError) in try read(try entry.file.get()) }
  }

  private func row(_ entry: MetadataStore.Entry) -> [String] {
    let (texts, fault): ([String], String?) =
      switch value(entry) {
      case .success(let value): (columns(value), problem(value))
      case .failure(let error):
        (Array(repeating: "-", count: columnCount), "broken: \(error.message)")
      }
    let notes = [entry.hiddenBy.map { "hidden by \($0)" }, fault].compactMap(\.self)
    return [entry.name] + texts + [entry.path + notes.map { "  (\($0))" }.joined()]
  }

  private func object(_ entry: MetadataStore.Entry) -> JSONValue {
    var object: JSONObject =
      switch value(entry) {
      case .success(let value): json(value)
      case .failure(let error):
        [
          "name": .init(entry.name), "file": .init(entry.path), "error": .init(error.message),
        ]
      }
    if let path = entry.hiddenBy { object["hidden_by"] = .init(path) }
    return .object(object)
  }
}
