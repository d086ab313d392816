package import KernelLauncher
package import NotebookDocument

/// The run of a notebook's file, from the file to its result.
///
/// `lyre run` and the nodes of pipelines take the same steps: ``open()`` recovers the outputs of an
/// interrupted run and reads the notebook, ``kernel(for:named:fallback:)`` chooses its kernel,
/// ``repair(_:)`` adds required members, and ``ResultSaver`` saves it while `runNotebook` runs it
/// and at its end. Between these steps they differ: they inject parameters, select cells, and
/// explain errors.
package struct NotebookJob: Sendable {
  /// The notebook's file; nil for standard input.
  package let path: String?
  /// The file for the result; nil for none.
  package let result: String?
  /// Called with a problem that does not prevent the run.
  package let warn: @Sendable (String) -> Void

  /// A notebook as it was read, locked for this run.
  package struct Opened: Sendable {
    /// The notebook.
    package var document: NotebookDocument
    /// The notebook as it is in the result's file; nil if the result goes elsewhere.
    package let original: NotebookDocument?
    /// The lock on the result's file.
    package let lock: NotebookLock?
  }

  /// Creates a job.
  ///
  /// - Parameters:
  ///   - path: the notebook's file; nil for standard input.
  ///   - result: the file for the result, `path` itself for a run in place; nil for none.
  ///   - warn: called with a problem that does not prevent the run.
  package init(
    _ path: String?, result: String?, warn: @escaping @Sendable (String) -> Void
  ) {
    self.path = path
    self.result = result
    self.warn = warn
  }

  /// Whether the result goes into the notebook's own file.
  package var isInPlace: Bool { path != nil && path == result }

  /// Locks the result's file, recovers outputs of an interrupted run, and reads the notebook.
  ///
  /// - Throws: `NotebookError`, also if another run has the lock.
  package func open() throws(NotebookError) -> Opened {
    var lock: NotebookLock?
    // One run at a time, because two would overwrite each other's results.
    if let result { lock = try NotebookLock(result) }
    if let path { try recover(path, lock) }
    let bytes = if let path { try NotebookFile(path).read() } else { try NotebookFile.readAll(0) }
    let document = try NotebookDocument(bytes)
    return Opened(document: document, original: isInPlace ? document : nil, lock: lock)
  }

  private func recover(_ path: String, _ lock: NotebookLock?) throws(NotebookError) {
    NotebookSaver.foreignRemains(path).forEach(warn)
    guard NotebookSaver.hasRemains(path) else { return }
    guard isInPlace else {
      // An active run may have written them.
      guard (try? NotebookLock(path)) != nil else { return }
      return warn("an interrupted run has left outputs; `lyre recover \(path)` puts them into it")
    }
    do throws(NotebookError) {
      if let recovery = try NotebookSaver.recover(path, lock: lock) { warn(recovery.description) }
    } catch {
      // A damaged journal is left unchanged, and does not prevent the run.
      guard error.code == .unreadable else { throw error }
      warn(error.description)
    }
  }

  /// Chooses the kernel of a notebook, and warns if it is not the one that the notebook names.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - name: the kernel to use in any case; nil for the notebook's own.
  ///   - fallback: what to do if the kernel that the notebook names is not installed.
  /// - Throws: `KernelNotFound`.
  package func kernel(
    for document: NotebookDocument, named name: String? = nil, fallback: KernelFallback
  ) throws(KernelNotFound) -> KernelSpec {
    let choice = try KernelChoice(document, asked: name, fallback: fallback)
    if let warning = choice.warning { warn(warning) }
    return choice.spec
  }

  /// Adds members that nbformat requires and the notebook lacks, and warns of them.
  ///
  /// - Parameter warns: false for a notebook that is not written.
  package func repair(_ document: inout NotebookDocument, warns: Bool = true) {
    let repairs = document.repair()
    guard warns else { return }
    func cells(_ places: [Int]) -> String { places.map { "\($0 + 1)" }.joined(separator: ", ") }
    if !repairs.ids.isEmpty { warn("Lyre added missing unique ids: cell \(cells(repairs.ids))") }
    if !repairs.members.isEmpty {
      warn(
        "Lyre added missing metadata, outputs or execution_count: cell \(cells(repairs.members))")
    }
    if repairs.metadata { warn("Lyre added the missing metadata") }
  }
}
