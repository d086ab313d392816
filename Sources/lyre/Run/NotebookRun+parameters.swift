import JSONCore
import KernelLauncher
import NotebookDocument
import NotebookExecution
import NotebookParameters

extension NotebookRun {
  /// Puts the run's parameters into a notebook, and says which of them it does not declare.
  ///
  /// - Returns: the job as it goes on, with its selection of cells moved to where they are now.
  /// - Throws: ``UsageError``: a name, a value or a language that cannot be, or, when asked to be
  ///   strict, a parameter that is not declared.
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
    problems.forEach(reporter.warn)
    if translator.writesCommentsOnly {
      reporter.warn("\(translator.languageName) has no variables: the parameters are comments only")
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
      // Where nothing is run the kernel need not be there; where it is, it tells its language.
      guard plan.preparesOnly, let spec = try? KernelChoice(document, asked: nil).spec else {
        throw error
      }
      return try Translator(kernel: spec.name, language: spec.language)
    }
  }

  /// What is to be said of parameters that the notebook does not declare.
  private func problems(in document: NotebookDocument, _ translator: Translator) -> [String] {
    guard document.parametersCell != nil else {
      let hasInjected = document.cells.contains { $0.tags.contains(ParameterTag.injected) }
      if hasInjected, !plan.parameters.isStrict { return [] }
      return [
        "no cell is tagged 'parameters', so the notebook declares no parameters"
          + (hasInjected ? "" : "; they are set in a new first cell")
      ]
    }
    return document.unknownParameters(plan.parameters.values, for: translator).map { unknown in
      let hint = unknown.nearest.map { "; did you mean '\($0)'?" } ?? ""
      return "unknown parameter '\(unknown.name)'\(hint)"
    }
  }
}

extension RunConfiguration {
  /// Has the cell with the parameters run, whatever cells are selected, and counts cells as they
  /// were counted before it was put in.
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
