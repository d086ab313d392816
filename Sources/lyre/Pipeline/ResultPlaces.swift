import Glibc
import PipelineExecution
import Pipelines
import SystemSupport

/// Determines the paths of executed notebooks that are not written in place.
enum ResultPlaces {
  /// A notebook's path in a directory: its path relative to the pipeline's folder; if several nodes
  /// run it, with the node's number, such as `load-2.ipynb`.
  ///
  /// - Parameter nodes: the files of all nodes of a pipeline; nil for nodes without a notebook.
  /// - Returns: the paths by the nodes' places.
  static func names(_ nodes: [String?]) -> [Int: String] {
    var names: [Int: String] = [:]
    for (place, file) in nodes.enumerated() {
      guard let file, PipelinePath.suffix(file) == "ipynb" else { continue }
      let parts = FilePath.normalized("/" + PipelinePath.joined("", file)).split(separator: "/")
      names[place] = parts.joined(separator: "/")
    }
    var counts: [String: Int] = [:]
    for name in names.values { counts[name.lowercased(), default: 0] += 1 }
    var taken = Set(names.values.filter { counts[$0.lowercased()] == 1 }.map { $0.lowercased() })
    for (place, name) in names.sorted(by: { $0.key < $1.key })
    where counts[name.lowercased(), default: 0] > 1 {
      var own = "\(name.dropLast(6))-\(place + 1).ipynb"
      while !taken.insert(own.lowercased()).inserted { own = "\(own.dropLast(6))-.ipynb" }
      names[place] = own
    }
    return names
  }

  /// The output files of a pipeline's nodes.
  ///
  /// - Throws: `UsageError` if one would replace a notebook of the pipeline, or is not a file.
  static func destinations(
    in directory: String?, of graph: PipelineGraph, folder: PipelineFolder,
    files: inout CommandFiles
  ) throws(UsageError) -> [Int: String] {
    guard let directory else { return [:] }
    let root = PipelinePath.joined(FilePath.currentDirectory, directory)
    let names = names(graph.nodes.map { $0.kind == .notebook ? $0.file : nil })
    let sources = Set(graph.nodes.compactMap(\.file).map { FilePlace(folder.absolute($0)) })
    var destinations: [Int: String] = [:]
    for (place, name) in names.sorted(by: { $0.key < $1.key }) {
      let path = PipelinePath.joined(root, name)
      if sources.contains(FilePlace(path)) {
        throw UsageError(
          message:
            "--output-dir: '\(path)' is a file of the pipeline itself; choose another directory")
      }
      let result = try CommandFiles.place(path, "--output-dir", makesDirectory: true)
      if !result.isFile {
        throw UsageError(
          message: "--output-dir: '\(path)' is not a regular file; choose another directory")
      }
      try files.writes(result, as: "the result of node '\(graph.nodes[place].label)'")
      try CommandFiles.check(result, "--output-dir", .notebooks)
      destinations[place] = path
    }
    return destinations
  }

  /// Creates the directories of results.
  ///
  /// - Throws: `UsageError`.
  static func makeDirectories(of destinations: [Int: String]) throws(UsageError) {
    for folder in Set(destinations.values.map(PipelinePath.folder)).sorted() {
      do throws(SystemError) {
        try FilePath.makeDirectories(folder)
      } catch {
        throw UsageError(message: "--output-dir: '\(folder)' cannot be made: \(error)")
      }
    }
  }
}
