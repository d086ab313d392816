import JSONCore
public import KernelLauncher
public import NotebookDocument

/// Which kernel a notebook is run with.
public struct KernelChoice: Sendable {
  /// The kernel.
  public var spec: KernelSpec
  /// What to say when it is not the one that the notebook names.
  public var warning: String?

  /// The kernel that was asked for, the notebook's own, or one of its language.
  ///
  /// A notebook that says nothing of its kernel is taken for Python, as Jupyter does.
  ///
  /// - Throws: `KernelNotFound`.
  public init(_ document: NotebookDocument, asked: String?) throws(KernelNotFound) {
    let finder = KernelSpecFinder()
    let named = document.metadata("kernelspec", "name")?.string
    let language =
      document.metadata("kernelspec", "language")?.string
      ?? document.metadata("language_info", "name")?.string
    if let asked {
      spec = try finder.find(asked)
    } else if let named {
      do throws(KernelNotFound) {
        spec = try finder.find(named)
      } catch {
        guard error.broken == nil, let language, let match = try? finder.find(language: language)
        else { throw error }
        spec = match
        warning = "no kernel named '\(named)'; '\(match.name)' runs \(language) too and is used"
      }
    } else if let language, language.lowercased() != "python" {
      spec = try finder.find(language: language)
    } else {
      spec = try finder.find("python3")
    }
  }
}
