import NotebookDocument
import NotebookExecution
import Pipelines
import SystemSupport

/// The notebook on this machine while a copy of it runs elsewhere: locked, and given the results at
/// the end, with changes by others merged as after any run.
struct RemoteNotebook: Sendable {
  private let task: NodeTask
  private let opened: NotebookJob.Opened

  /// Locks the file for the result, and reads the notebook.
  ///
  /// - Throws: `NotebookError`, also if another run has the lock.
  init(_ task: NodeTask, warn: @escaping @Sendable (String) -> Void) throws(NotebookError) {
    self.task = task
    opened = try NotebookJob(task.path, result: task.destination ?? task.path, warn: warn).open()
  }

  /// Writes the results that a node has left: to the notebook itself, or to the destination for
  /// executed notebooks.
  ///
  /// - Parameters:
  ///   - remote: the node, once it has ended.
  ///   - report: called with problems.
  /// - Returns: why the results could not be written; nil if they were, or there are none.
  func putBack(from remote: RemoteNode, _ report: (NodeReport) -> Void) -> String? {
    let document: NotebookDocument
    if task.destination != nil {
      guard let executed = remote.executed(report) else { return nil }
      document = executed
    } else {
      let path = "\(remote.results)/\(NodeDescription.notebookName)"
      guard FilePath.exists(path) else { return nil }
      do throws(NotebookError) {
        document = try NotebookDocument(NotebookFile(path).read())
      } catch {
        return "the notebook with its results cannot be read: \(error)"
      }
    }
    var saver = NotebookSaver(
      task.destination ?? task.path, input: opened.original, lock: opened.lock, like: task.path)
    let ending = saver.finish(document)
    guard ending.isInFile else { return ending.message ?? "the result could not be written" }
    if let message = ending.message { report(.warning(message)) }
    return nil
  }
}
