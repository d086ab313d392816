import JSONCore
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters

extension NotebookRun {
  /// Injects the run's parameters into a notebook, and reports those that it does not declare.
  ///
  /// - Returns: the run to continue with, whose selection of cells is adjusted to their new places.
  /// - Throws: ``UsageError`` for an invalid name, value or language, or, in strict mode, for an
  ///   undeclared parameter.
  func injectingParameters(into document: inout NotebookDocument, for spec: KernelSpec?)
    throws(UsageError) -> NotebookRun
  {
    guard !plan.parameters.values.isEmpty else { return self }
    let translator: Translator
    do throws(ParameterError) {
      translator = try self.translator(for: document, spec)
    } catch {
      throw UsageError(message: "\(error)")
    }
    let problems = problems(in: document, translator)
    if plan.parameters.isStrict, !problems.isEmpty {
      throw UsageError(message: problems.joined(separator: "; "))
    }
    problems.forEach { reporter.warn($0) }
    if translator.writesCommentsOnly {
      reporter.warn(
        "\(translator.languageName) has no variables; Lyre writes the parameters as comments")
    }
    do throws(ParameterError) {
      let injection = try document.inject(plan.parameters.values, with: translator)
      var job = self
      if let injection { job.plan.runConfiguration.take(in: injection) }
      return job
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  private func translator(for document: NotebookDocument, _ spec: KernelSpec?)
    throws(ParameterError) -> Translator
  {
    if let spec { return try Translator(kernel: spec.name, language: spec.language) }
    do throws(ParameterError) {
      return try Translator(for: document)
    } catch {
      // If nothing is run, the kernel may be missing; if it is installed, it determines the
      // language.
      guard plan.preparesOnly, let spec = try? KernelChoice(document, asked: nil).spec else {
        throw error
      }
      return try Translator(kernel: spec.name, language: spec.language)
    }
  }

  /// The messages about undeclared parameters.
  private func problems(in document: NotebookDocument, _ translator: Translator) -> [String] {
    guard document.parametersCell != nil else {
      let hasInjected = document.cells.contains { $0.tags.contains(ParameterTag.injected) }
      if hasInjected, !plan.parameters.isStrict { return [] }
      return [
        "no cell is tagged 'parameters', so the notebook declares no parameters"
          + (hasInjected ? "" : "; Lyre sets them in a new first cell")
      ]
    }
    return document.unknownParameters(plan.parameters.values, for: translator).map { unknown in
      let hint = unknown.nearest.map { "; did you mean '\($0)'?" } ?? ""
      return "unknown parameter '\(unknown.name)'\(hint)"
    }
  }
}

extension RunConfiguration {
  /// Selects the parameters cell in any case, and keeps the numbers of cells as before its
  /// injection.
  fileprivate mutating func take(in injection: ParameterInjection) {
    if !onlyTags.isEmpty { onlyTags.insert(ParameterTag.injected) }
    guard let selects = selection else { return }
    selection = { cell in
      if cell.index == injection.index { return true }
      var cell = cell
      if injection.isNewCell, cell.index > injection.index { cell.index -= 1 }
      return selects(cell)
    }
  }
}
