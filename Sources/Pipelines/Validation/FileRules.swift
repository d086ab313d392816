import JSONCore

/// The rules for the file that a node runs.
enum FileRules {
  /// The kernels found for notebooks, so that each is looked up only once.
  struct KernelCache {
    struct Key: Hashable {
      var name: String?
      var language: String?
    }
    var known: [Key: PipelineKernel] = [:]
  }

  static func check(
    _ node: PipelineNode, _ files: some PipelineFiles, _ kernels: inout KernelCache,
    _ report: inout Report
  ) {
    let property = "filename"
    guard let file = node.file else {
      return report.error(
        .missingFilename, "the node has no file", remedy: "name a notebook or script", node: node,
        property: property)
    }
    guard checkPlace(file, of: node, property, files, &report) else { return }
    switch files.kind(of: file) {
    case nil:
      report.error(
        .fileNotFound, files.missing(file),
        remedy: "paths are relative to the folder of the pipeline's file", node: node,
        property: property)
    case .directory?:
      report.error(
        .notAFile, "'\(file)' is a directory", remedy: "name a notebook or script", node: node,
        property: property)
    case .other?:
      report.error(
        .notAFile, "'\(file)' is not a regular file", remedy: "name a notebook or script",
        node: node, property: property)
    case .file?:
      switch node.kind {
      case .notebook: checkNotebook(file, node, files, &kernels, &report)
      case .pythonScript: checkScript(file, ["python3", "python"], "Python", node, files, &report)
      case .rScript: checkScript(file, ["Rscript"], "R", node, files, &report)
      case .script: checkProgram(file, node, files, &report)
      case .component, .superNode, .binding, .unknown: break
      }
    }
  }

  /// Whether a path may be accessed: it must be inside the project.
  static func checkPlace(
    _ path: String, of node: PipelineNode, _ property: String, _ files: some PipelineFiles,
    _ report: inout Report
  ) -> Bool {
    if path.utf8.contains(0) {
      report.error(
        .fileNotFound, "the path contains a NUL character", remedy: "name a file", node: node,
        property: property)
      return false
    }
    switch files.isInsideProject(path) {
    case false?:
      report.error(
        .outsideProject, "'\(path)' lies outside of the project",
        remedy: "copy it into the project, or name the project's folder with --root", node: node,
        property: property)
      return false
    case nil where path.hasPrefix("/"):
      report.warning(
        .outsideProject, "'\(path)' is an absolute path, which other machines do not have",
        remedy: "use a path relative to the folder of the pipeline's file", node: node,
        property: property)
    case true?, nil: break
    }
    return true
  }

  // MARK: Notebooks

  private static func checkNotebook(
    _ file: String, _ node: PipelineNode, _ files: some PipelineFiles,
    _ kernels: inout KernelCache, _ report: inout Report
  ) {
    let property = "filename"
    guard let bytes = files.read(file) else {
      return report.error(
        .badNotebook, "'\(file)' cannot be read", remedy: "check its permissions", node: node,
        property: property)
    }
    let needs: NotebookNeeds
    do throws(JSONError) {
      needs = try NotebookNeeds(bytes)
    } catch {
      if let text = ForeignText(bytes) {
        return report.error(
          .badNotebook, "'\(file)' is not a notebook: \(text.description)", remedy: text.remedy,
          node: node, property: property)
      }
      return report.error(
        .badNotebook, "'\(file)' is not a notebook, because it is not JSON: \(error)",
        remedy: "`lyre check` lists every fault", node: node, property: property)
    }
    if let fault = needs.fault {
      return report.error(
        .badNotebook, "'\(file)' is not a notebook: \(fault)",
        remedy: "`lyre check` lists every fault",
        node: node, property: property)
    }
    guard !report.target.isCluster else { return }
    if needs.kernel == nil {
      report.refusedByElyra(
        .kernelNotNamed, "the notebook '\(file)' does not name its kernel",
        remedy: "Lyre uses a kernel for \(needs.language ?? "Python")", node: node,
        property: property)
    }
    let key = KernelCache.Key(name: needs.kernel, language: needs.language)
    let kernel = kernels.known[key] ?? files.kernel(named: needs.kernel, language: needs.language)
    kernels.known[key] = kernel
    switch kernel {
    case .installed, .unknown: break
    case .substitute(let other):
      if let name = needs.kernel {
        report.refusedByElyra(
          .missingKernel, "the kernel '\(name)' of '\(file)' is not installed",
          remedy: "'\(other)' runs the same language and is used", node: node, property: property)
      }
    case .missing(let installed, let rivals):
      let name =
        needs.kernel.map { "the kernel '\($0)'" } ?? "a kernel for \(needs.language ?? "Python")"
      report.error(
        .missingKernel,
        "\(name) of '\(file)' is not installed"
          + (rivals.isEmpty
            ? "" : ", and several run its language: \(rivals.joined(separator: ", "))"),
        remedy: installed.isEmpty
          ? "no kernel is installed; `pip install ipykernel` installs one for Python"
          : "installed: \(installed.joined(separator: ", "))", node: node, property: property)
    }
  }

  /// The requirements of a notebook, read without decoding its cells.
  private struct NotebookNeeds {
    var kernel: String?
    var language: String?
    var fault: String?

    init(_ bytes: [UInt8]) throws(JSONError) {
      let result = bytes.withUnsafeBytes { buffer in
        Result { () throws(JSONError) in
          let index = try JSONIndex(buffer)
          return NotebookNeeds(index, buffer)
        }
      }
      self = try result.get()
    }

    private init(_ index: JSONIndex, _ bytes: UnsafeRawBufferPointer) {
      guard index.kind(index.root) == .object else {
        fault = "it is not a JSON object"
        return
      }
      let cells =
        index.member("cells", of: index.root, in: bytes)
        ?? index.member("worksheets", of: index.root, in: bytes)
      guard let cells, index.kind(cells) == .array else {
        fault = "there are no cells"
        return
      }
      func text(_ path: [String]) -> String? {
        var node = index.root
        for name in path {
          guard let next = index.member(name, of: node, in: bytes) else { return nil }
          node = next
        }
        return index.value(node, in: bytes).string.flatMap { $0.isEmpty ? nil : $0 }
      }
      kernel = text(["metadata", "kernelspec", "name"])
      language =
        text(["metadata", "kernelspec", "language"]) ?? text(["metadata", "language_info", "name"])
    }
  }

  // MARK: Scripts

  private static func checkScript(
    _ file: String, _ programs: [String], _ language: String, _ node: PipelineNode,
    _ files: some PipelineFiles, _ report: inout Report
  ) {
    guard let bytes = files.read(file) else {
      return report.error(
        .notRunnable, "'\(file)' cannot be read", remedy: "check its permissions", node: node,
        property: "filename")
    }
    if String(validating: bytes, as: UTF8.self) == nil {
      report.warning(
        .notText, "'\(file)' is not text in UTF-8", remedy: "save it in UTF-8", node: node,
        property: "filename")
    }
    guard !report.target.isCluster, !programs.contains(where: files.hasProgram) else { return }
    report.error(
      .missingInterpreter, "\(programs[0]), which runs '\(file)', is not installed",
      remedy: "install \(language), or add it to PATH", node: node, property: "filename")
  }

  private static func checkProgram(
    _ file: String, _ node: PipelineNode, _ files: some PipelineFiles, _ report: inout Report
  ) {
    guard let bytes = files.read(file) else {
      return report.error(
        .notRunnable, "'\(file)' cannot be read", remedy: "check its permissions", node: node,
        property: "filename")
    }
    guard let interpreter = interpreter(bytes) else {
      if files.isExecutable(file) { return }
      return report.error(
        .notRunnable, "Lyre does not know how to run '\(file)'",
        remedy: "start it with a line such as #!/usr/bin/env bash, or make it executable",
        node: node, property: "filename")
    }
    if !files.hasProgram(interpreter) {
      report.error(
        .missingInterpreter, "\(interpreter), which runs '\(file)', is not installed",
        remedy: "install it, or change the first line of the file", node: node,
        property: "filename")
    }
  }

  /// The interpreter in the first line of a script: the argument of `env`, or a path.
  static func interpreter(_ bytes: [UInt8]) -> String? {
    guard bytes.starts(with: "#!".utf8) else { return nil }
    let line = bytes.dropFirst(2).prefix(1024).prefix { $0 != 0x0A && $0 != 0x0D }
    let words = String(decoding: line, as: UTF8.self).split { $0 == " " || $0 == "\t" }
    guard let first = words.first else { return nil }
    guard PipelinePath.name(String(first)) == "env" else { return String(first) }
    return words.dropFirst().first { !$0.hasPrefix("-") && !$0.contains("=") }.map(String.init)
  }
}
