package import NotebookDocument
import NotebookExecution
package import Reports
package import RunRecord
import SystemSupport

extension RunDocuments {
  /// The documents of runs in a record.
  ///
  /// - Parameters:
  ///   - history: the record; nil if there is none.
  ///   - unrecorded: the executed notebooks that are not stored in a record, by the places of their
  ///     nodes.
  package init(of history: PipelineHistory?, unrecorded: [Int: NotebookDocument] = [:]) {
    self.init(
      notebook: { node in
        if let document = unrecorded[node.place] { return document }
        guard let name = node.executed, let bytes = try history?.content(name) else { return nil }
        return try NotebookDocument(bytes)
      },
      end: { path, limit in
        guard let (bytes, isCut) = try? fileEnd(path, limit: limit) else { return nil }
        var rest = bytes[...]
        if isCut { rest = rest.drop { $0 != 0x0A }.dropFirst() }
        return LogEnd(text: String(decoding: rest, as: UTF8.self), isCut: isCut)
      }, terminal: terminalText)
  }
}
