import NotebookDocument
import Pipelines
package import RunEvents
import Synchronization
package import SystemSupport

/// What a node leaves while it runs and at its end: events, log, executed notebook and ending.
package final class ResultsFolder: Sendable {
  /// The absolute path of the folder.
  package let path: String
  /// The subject of the node's events.
  package let subject: RunSubject
  private let events: EventFile
  private let endingFile: EndingFile
  private let onEvent: @Sendable (RunEvent) -> Void
  private let notebook = Mutex<NotebookSaver?>(nil)

  /// Creates the folder if it does not exist, and the event log in it.
  ///
  /// - Parameters:
  ///   - path: the absolute path of the folder.
  ///   - subject: the subject of the node's events.
  ///   - onEvent: called with every event, in order.
  /// - Throws: `SystemError`; `EEXIST` if the folder has the results of another run.
  package init(
    _ path: String, subject: RunSubject, onEvent: @escaping @Sendable (RunEvent) -> Void
  ) throws(SystemError) {
    self.path = path
    self.subject = subject
    self.onEvent = onEvent
    try FilePath.makeDirectories(path, mode: 0o700)
    events = try EventFile("\(path)/\(NodeDescription.eventsName)")
    endingFile = try EndingFile(in: path)
  }

  /// Writes an event about the node.
  package func tell(_ kind: RunEvent.Kind) { write(RunEvent(kind, of: subject)) }

  /// Writes an event.
  func write(_ event: RunEvent) {
    events.add(event)
    onEvent(event)
  }

  /// Writes a warning.
  package func warn(_ message: String) { tell(.warning(RunWarning(message))) }

  /// The log of the node's output.
  func openLog() -> NodeLog { NodeLog("\(path)/\(NodeDescription.logName)") }

  /// The path of the executed notebook.
  private var executed: String { "\(path)/\(NodeDescription.executedName)" }

  /// Saves the executed notebook so far.
  func save(_ document: NotebookDocument, changed: Set<Int>) {
    let failure = notebook.withLock { saver -> NotebookError? in
      do throws(NotebookError) {
        var current = saver ?? NotebookSaver(executed, input: nil)
        defer { saver = current }
        try current.save(document, changed: changed)
        return nil
      } catch {
        return error
      }
    }
    if let failure { warnOnce("\(failure); Lyre tries again at the end") }
  }

  private let hasWarned = Mutex(false)

  private func warnOnce(_ message: String) {
    let isFirst = hasWarned.withLock { hasWarned in
      defer { hasWarned = true }
      return !hasWarned
    }
    if isFirst { warn(message) }
  }

  /// Saves the executed notebook at the end.
  ///
  /// - Returns: why it is not complete; nil if it is.
  func finish(_ document: NotebookDocument) -> String? {
    let ending = notebook.withLock { saver in
      var last = saver ?? NotebookSaver(executed, input: nil)
      saver = nil
      return last.finish(document)
    }
    return ending.isInFile ? nil : ending.message ?? "the executed notebook could not be written"
  }

  /// Writes how the node ended: the last event, and then the file that says that all is there.
  ///
  /// - Throws: `SystemError`.
  package func end(_ ending: NodeEnding) throws(SystemError) {
    if let failure = events.failure { warn(failure) }
    write(RunEvent(.nodeFinished(ending.result), of: ending.subject, time: ending.time))
    try endingFile.write(ending)
  }
}
