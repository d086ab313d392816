import Glibc
import JSONCore
import JupyterProtocol
import SystemSupport

/// The last good runs of notebooks: a file for each notebook and place of its result.
///
/// They are kept apart from the logs of runs, which are fewer: every notebook of a large project has
/// its last good run here.
package struct GoodRuns: Sendable {
  /// A notebook and the place of its result.
  package struct Key: Sendable, Hashable {
    /// The absolute path of the notebook.
    package var notebook: String
    /// The absolute path of the file with the result; nil if the result is not written.
    package var result: String?
    /// Whether the runs are tests, which are good if they pass.
    package var isTest: Bool

    package init(notebook: String, result: String?, isTest: Bool = false) {
      self.notebook = notebook
      self.result = result
      self.isTest = isTest
    }

    fileprivate var name: String {
      var hash = ContentHash()
      hash.add(notebook)
      hash.add(isTest ? "test" : result == nil ? "nowhere" : "file")
      hash.add(result ?? "")
      return hash.hexadecimal() + ".json"
    }

    fileprivate var json: JSONObject {
      [
        "notebook": .init(notebook), "result": result.map { .init($0) } ?? .null,
        "test": .init(isTest),
      ]
    }
  }

  /// The last run with a key.
  package enum Last: Sendable, Hashable {
    /// It was good.
    case good(GoodRun)
    /// It failed, was stopped or killed, or is running.
    case other
    /// There is none.
    case none
  }

  /// The number of keys to keep.
  static let kept = 5000
  /// The maximum size of a file, in bytes.
  private static let maximumSize = 32 << 20

  /// The directory of the record.
  private let directory: String
  private let folder: String

  /// The good runs in the record in a directory.
  package init(directory: String) {
    self.directory = directory
    folder = "\(directory)/reuse"
  }

  /// The last run with a key; ``Last/none`` also if its file is damaged.
  ///
  /// - Throws: ``HistoryError`` if the record does not belong to this user.
  package func last(_ key: Key) throws(HistoryError) -> Last {
    try RecordTrust.check(directory)
    try RecordFolder.check(folder)
    let path = "\(folder)/\(key.name)"
    let opened: Int32?
    do throws(Distrust) {
      opened = try Trust.openFile(path)
    } catch {
      throw HistoryError(description: "'\(path)' is not used: it \(error)")
    }
    guard let opened else { return .none }
    defer { close(opened) }
    guard let bytes = try? readAll(opened, maximum: GoodRuns.maximumSize),
      let json = try? JSONValue(parsing: bytes), let run = json["run"]?.string,
      json["notebook"]?.string == key.notebook, json["result"]?.string == key.result,
      json["test"]?.bool == key.isTest
    else { return .none }
    guard json["good"]?.bool == true else { return .other }
    return GoodRun(run: run, json).map { .good($0) } ?? .none
  }

  /// Whether anything is noted of a key.
  package func hasFile(of key: Key) -> Bool { access("\(folder)/\(key.name)", F_OK) == 0 }

  /// Notes that a run begins, or that it was not good: no earlier one counts any longer.
  ///
  /// - Throws: ``HistoryError`` if it cannot be written.
  package func note(_ run: String, of key: Key) throws(HistoryError) {
    do throws(HistoryError) {
      try write(key.json + ["run": .init(run), "good": false], key)
    } catch {
      // Removing a file needs no room: no earlier run may count.
      unlink("\(folder)/\(key.name)")
      throw error
    }
  }

  /// Keeps a good run in place of the last one.
  ///
  /// - Throws: ``HistoryError`` if it cannot be written.
  package func keep(_ run: GoodRun, of key: Key) throws(HistoryError) {
    try write(key.json + ["run": .init(run.run), "good": true] + run.json, key)
    removeOld()
  }

  private func write(_ object: JSONObject, _ key: Key) throws(HistoryError) {
    try RecordFolder.make(folder)
    try RecordTrust.check(directory)
    try RecordFolder.check(folder)
    let path = "\(folder)/\(key.name)"
    do throws(SystemError) {
      try RecordFolder.replace(path, [JSONValue.object(object).serialized()[...], [0x0A]])
    } catch {
      throw HistoryError.unwritable("'\(path)' cannot be written: \(error)")
    }
  }

  /// Removes the oldest files beyond the limit, a tenth of it at once.
  func removeOld(keeping kept: Int = GoodRuns.kept) {
    let names = FilePath.names(in: folder)
    guard names.count > kept else { return }
    let dated = names.map { name -> (name: String, time: Int) in
      var status = stat()
      return (name, lstat("\(folder)/\(name)", &status) == 0 ? status.st_mtim.tv_sec : 0)
    }
    for file in dated.sorted(by: { $0.time < $1.time }).prefix(names.count - kept + kept / 10) {
      unlink("\(folder)/\(file.name)")
    }
  }
}

extension JSONObject {
  fileprivate static func + (left: JSONObject, right: JSONObject) -> JSONObject {
    var result = left
    for member in right { result.append(key: member.key, value: member.value) }
    return result
  }
}
