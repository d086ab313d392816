import JSONCore
public import KernelLauncher
public import NotebookDocument

/// What is done where the kernel that a notebook names is not installed.
public enum KernelFallback: String, Sendable, CaseIterable {
  /// The environment's own kernel of the same language is used, or the only one that runs it; the
  /// notebook keeps the name that it has.
  case `default`
  /// The notebook is not run.
  case never
}

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
  /// - Parameters:
  ///   - document: the notebook.
  ///   - asked: the kernel that is used whatever the notebook says; nil for none.
  ///   - fallback: what is done where the kernel that the notebook names is not installed.
  /// - Throws: `KernelNotFound`.
  public init(
    _ document: NotebookDocument, asked: String?, fallback: KernelFallback = .default
  ) throws(KernelNotFound) {
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
        guard error.broken == nil, let language, fallback == .default else { throw error }
        let match: KernelSpec
        do throws(KernelNotFound) {
          match = try finder.find(language: language)
        } catch let other {
          var error = error
          error.rivals = other.rivals
          throw error
        }
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
