/// The file of a DAG on its way to Airflow.
package struct DAGFile: Sendable, Hashable {
  /// Its name, such as `weather.py`.
  package let name: String
  /// Its content.
  package let content: [UInt8]
  /// What the first line of each file has that Lyre has written.
  private let mark: String

  /// Creates the file.
  ///
  /// - Parameters:
  ///   - name: its name, without a folder.
  ///   - content: its content.
  ///   - mark: what the first line of each file has that Lyre has written.
  package init(name: String, _ content: [UInt8], mark: String) {
    self.name = name.split(separator: "/").last.map(String.init) ?? name
    self.content = content
    self.mark = mark
  }

  /// What becomes of the file that is in its place.
  ///
  /// - Parameters:
  ///   - present: the content of that file; nil if there is none.
  ///   - overwrites: whether it may be replaced although Lyre has not written it.
  ///   - place: the place, for the message.
  /// - Throws: ``EngineError`` if it must not be replaced.
  func change(over present: [UInt8]?, _ overwrites: Bool, place: String) throws(EngineError)
    -> DeliveredDAG.Change
  {
    guard let present else { return .created }
    if present == content { return .unchanged }
    let line = present.prefix { $0 != UInt8(ascii: "\n") }
    let isOurs =
      line.first == UInt8(ascii: "#") && String(decoding: line, as: UTF8.self).contains(mark)
    if isOurs || overwrites { return .updated }
    throw EngineError(
      .conflict,
      "there is a file of this name that Lyre has not written, and it is not replaced; add --overwrite "
        + "to replace it, or rename the pipeline", place: place)
  }
}

/// A file of a DAG that has been delivered.
package struct DeliveredDAG: Sendable, Hashable {
  /// What the delivery did.
  package enum Change: String, Sendable, Hashable {
    /// There was no such file.
    case created
    /// There was one with other content.
    case updated
    /// The file was there already, with this content.
    case unchanged
  }

  /// What the delivery did.
  package var change: Change
  /// Where the file is, for people: a path, or a file of a repository.
  package var place: String
  /// The page of the file; nil for a folder.
  package var page: String?
  /// The commit; nil if nothing was committed, or the server does not tell.
  package var commit: String?
}
