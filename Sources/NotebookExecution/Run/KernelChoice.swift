import JSONCore
public import KernelLauncher
public import NotebookDocument

/// What to do if the kernel that a notebook names is not installed.
public enum KernelFallback: String, Sendable, CaseIterable {
  /// Use the environment's own kernel for the same language, or the only one that runs it; the name
  /// in the notebook does not change.
  case `default`
  /// Do not run the notebook.
  case never
}

/// The choice of a kernel to run a notebook.
public struct KernelChoice: Sendable {
  /// The kernel.
  public var spec: KernelSpec
  /// A warning if it is not the kernel that the notebook names.
  public var warning: String?

  /// Chooses the requested kernel, the notebook's own, or one for its language.
  ///
  /// A notebook without any kernel metadata is assumed to be Python, as in Jupyter.
  ///
  /// - Parameters:
  ///   - document: the notebook.
  ///   - asked: the kernel to use in any case; nil to follow the notebook.
  ///   - fallback: what to do if the kernel that the notebook names is not installed.
  /// - Throws: `KernelNotFound`.
  public init(
    _ document: NotebookDocument, asked: String?, fallback: KernelFallback = .default
  ) throws(KernelNotFound) {
    try self.init(
      named: KernelChoice.name(in: document), language: KernelChoice.language(of: document),
      asked: asked, fallback: fallback)
  }

  /// The kernel that a notebook names.
  package static func name(in document: NotebookDocument) -> String? {
    document.metadata("kernelspec", "name")?.string
  }

  /// The language that a notebook names.
  package static func language(of document: NotebookDocument) -> String? {
    document.metadata("kernelspec", "language")?.string
      ?? document.metadata("language_info", "name")?.string
  }

  /// Chooses the kernel for a notebook that names this kernel and language, as above.
  ///
  /// - Throws: `KernelNotFound`.
  package init(
    named: String?, language: String?, asked: String? = nil, fallback: KernelFallback = .default
  ) throws(KernelNotFound) {
    let finder = KernelSpecFinder()
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
