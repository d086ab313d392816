import Glibc
import SystemSupport

/// The files that a command reads and writes, checked before any of them is opened.
struct CommandFiles {
  /// The kinds of files that an output may replace.
  enum Replacing {
    /// Anything except notebooks and pipelines: for a report or a picture.
    case otherFiles
    /// An event log.
    case eventLogs
    /// Anything except pipelines: for the result of a notebook.
    case notebooks
    /// Anything except notebooks: for a pipeline.
    case pipelines
  }

  private var plan = OutputPlan()

  /// Starts with only the files to which standard output and standard error are redirected.
  init() {
    for (number, name) in [(Int32(1), "standard output"), (2, "standard error")] {
      var status = stat()
      if fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        plan.occupies(.existing(FileIdentity(status)), as: name)
      }
    }
  }

  /// Adds a file that is read; `-` is not a file.
  mutating func reads(_ path: String, as name: String) {
    if path != "-" { plan.reads(FilePlace(path), as: "\(name) '\(path)'") }
  }

  /// Adds a notebook whose outputs are written in place.
  ///
  /// - Throws: ``UsageError`` when it is named twice, or is another output.
  mutating func writesInPlace(_ path: String) throws(UsageError) {
    // If it is unusable, its own run reports that.
    guard let place = try? OutputPlace(path), place.isFile else { return }
    try writes(place, as: "the notebook '\(path)'", over: place.place)
  }

  /// Adds a file named by an option.
  ///
  /// - Parameters:
  ///   - path: the path; `-` is standard output.
  ///   - option: the option.
  ///   - replaceable: what the file may replace.
  /// - Throws: ``UsageError`` when it cannot be written, is another file that the command reads or
  ///   writes, or would replace a file that it must not.
  mutating func writes(
    _ path: String, option: String, replacing replaceable: Replacing
  ) throws(UsageError) -> OutputPlace {
    let place = try CommandFiles.place(path, option)
    try writes(place, as: path == "-" ? "\(option) -" : "\(option) '\(path)'")
    try CommandFiles.check(place, option, replaceable)
    return place
  }

  /// Adds a file whose place is known.
  mutating func writes(_ place: OutputPlace, as name: String, over own: FilePlace? = nil)
    throws(UsageError)
  {
    var ignoresCase = false
    if case .free = place.place {
      let folder = FilePath.parts(FilePath.target(place.path)).directory
      ignoresCase = FilePlace.ignoresCase(in: folder.isEmpty ? "/" : folder)
    }
    do throws(OutputPlan.Conflict) {
      try plan.writes(place, as: name, over: own, ignoresCase: ignoresCase)
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  /// Adds the files beside a result that receive the complete outputs when those in the notebook
  /// are truncated.
  ///
  /// - Throws: ``UsageError`` when one of them is another file that the command reads or writes.
  func writesSpools(beside path: String) throws(UsageError) {
    let (directory, name) = FilePath.parts(path)
    let stem = name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
    do throws(OutputPlan.Conflict) {
      try plan.reserves(
        directory.isEmpty ? "/" : directory, prefix: "\(stem).cell-", suffix: ".outputs.jsonl",
        as: "the --max-output files of '\(path)'")
    } catch {
      throw UsageError(message: "\(error)")
    }
  }

  /// The place to which a path leads.
  static func place(_ path: String, _ option: String, makesDirectory: Bool = false)
    throws(UsageError) -> OutputPlace
  {
    do throws(OutputRefusal) {
      return try OutputPlace(path, makesDirectory: makesDirectory)
    } catch {
      throw UsageError(message: "\(option): \(error)")
    }
  }

  /// Throws if a file must not be replaced.
  static func check(_ place: OutputPlace, _ option: String, _ replaceable: Replacing)
    throws(UsageError)
  {
    guard place.kind == .file(isThere: true) else { return }
    let present = ExistingFile(place.path)
    let isReplaceable =
      switch (replaceable, present) {
      case (_, .nothing): true
      case (.otherFiles, let present): present != .notebook && present != .pipeline
      case (.notebooks, let present): present != .pipeline
      case (.pipelines, let present): present != .notebook
      case (.eventLogs, let present): present == .eventLog
      }
    if isReplaceable { return }
    let what = present.name.map { "is \($0)" } ?? "already exists and is not an event log"
    throw UsageError(message: "\(option): '\(place.path)' \(what); choose another file")
  }
}
