import ArgumentParser
import Glibc
import JSONCore
import Pipelines
import SystemSupport

/// The command `lyre pipeline new`.
struct NewPipeline: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Create a pipeline from notebooks and scripts.",
    discussion: """
      Elyra's editor can open the file. Paths of notebooks and scripts are relative to the current \
      directory; the file stores them relative to the pipeline's folder. Links use the files' names.

      EXAMPLES
        lyre pipeline new analysis.pipeline load.ipynb clean.py report.ipynb --chain
        lyre pipeline new fan.pipeline load.py a.ipynb b.ipynb \\
            --link load.py:a.ipynb --link load.py:b.ipynb
        lyre pipeline new empty.pipeline --description "Nothing yet"
      """)

  @Argument(help: "The pipeline to create.", completion: Completions.pipelines) var pipeline: String
  @Argument(help: "The notebooks and scripts.", completion: .file()) var files: [String] = []

  @Flag(help: "Run each after the one before it.") var chain = false

  @Option(
    name: .customLong("link"),
    help: ArgumentHelp("Run B after A; repeatable.", valueName: "A:B"))
  var links: [String] = []

  @Option(help: ArgumentHelp("A description of the pipeline.", valueName: "text")) var description:
    String?

  @Option(
    name: .customLong("runtime-image"),
    help: ArgumentHelp(
      "The container image for remote runs; Elyra requires one.",
      valueName: "image"))
  var image = "quay.io/jupyter/minimal-notebook:latest"

  @Flag(help: "Replace an existing file.") var overwrite = false

  func run() throws {
    guard pipeline == "-" || pipeline.hasSuffix(".pipeline") else {
      Printer.shared.log(
        "error: \(pipeline): the name must end in .pipeline, as Elyra requires")
      throw ExitRequest(code: .unusableInput)
    }
    if !overwrite, pipeline != "-", access(pipeline, F_OK) == 0 {
      Printer.shared.log("error: \(pipeline): already exists; --overwrite replaces it")
      throw ExitRequest(code: .unusableInput)
    }
    let target = try CommandOutput(
      pipeline, option: "the pipeline", replacing: .pipelines,
      reading: files.map { ($0, "the file of a node") })
    let document: PipelineDocument
    do throws(PipelineError) {
      document = try make()
    } catch {
      Printer.shared.log("error: \(error)")
      throw ExitRequest(code: .unusableInput)
    }
    for file in files {
      if let problem = NewPipeline.problem(file) {
        Printer.shared.log("warning: \(file): \(problem)")
      }
    }
    try target.write(document.serialized() + [0x0A])
  }

  /// Why a file cannot be run now; nil if it is there.
  private static func problem(_ file: String) -> String? {
    if FilePath.isDirectory(file) { return "this is a directory, not a notebook or script" }
    if access(file, F_OK) == 0 { return nil }
    return "\(FilePath.missing(file)); the pipeline cannot run without it"
  }

  private func make() throws(PipelineError) -> PipelineDocument {
    let base = PipelinePath.name(pipeline)
    let suffix = ".pipeline"
    let name = base.hasSuffix(suffix) ? String(base.dropLast(suffix.count)) : base
    var document = PipelineDocument(
      name: name, description: description, runtimeImage: image.isEmpty ? nil : image)
    let here = FilePath.currentDirectory
    let folder = PipelinePath.folder(PipelinePath.joined(here, pipeline))
    var nodes: [String: [String]] = [:]
    var last: String?
    for (place, file) in files.enumerated() {
      let path = PipelinePath.relative(PipelinePath.joined(here, file), to: folder)
      let position = chain ? PipelinePoint(x: 40 + 220 * Double(place), y: 40) : nil
      let id = try document.addNode(file: path, at: position)
      for name in Set([file, path, PipelinePath.name(file)]) { nodes[name, default: []].append(id) }
      if chain, let last { try document.connect(last, to: id) }
      last = id
    }
    for link in links {
      let parts = link.split(separator: ":", maxSplits: 1).map(String.init)
      guard parts.count == 2 else {
        throw PipelineError(.invalidValue, "--link \(link): write A:B, for B to run after A")
      }
      let ids = try parts.map { name throws(PipelineError) -> String in
        guard let found = nodes[name] else {
          throw PipelineError(
            .noSuchNode, "--link \(link): '\(name)' is not among the notebooks and scripts")
        }
        guard found.count == 1 else {
          throw PipelineError(
            .invalidValue, "--link \(link): there are \(found.count) files '\(name)'")
        }
        return found[0]
      }
      guard ids[0] != ids[1] else {
        throw PipelineError(.cycle, "--link \(link): a file cannot wait for itself")
      }
      try document.connect(ids[0], to: ids[1])
    }
    return document
  }
}
