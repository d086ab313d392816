import Glibc
import SystemSupport

/// The files that a command reads and writes, checked before any of them is opened.
struct CommandFiles {
  /// What an output may replace.
  enum Replacing {
    /// Anything but notebooks and pipelines: a report or a picture.
    case otherFiles
    /// An event log.
    case eventLogs
    /// Anything but pipelines: the result of a notebook.
    case notebooks
    /// Anything but notebooks: a pipeline.
    case pipelines
  }

  private var plan = OutputPlan()

  /// Nothing but what standard output and standard error go to, where those are files.
  init() {
    for (number, name) in [(Int32(1), "standard output"), (2, "standard error")] {
      var status = stat()
      if fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG {
        plan.occupies(.existing(FileIdentity(status)), as: name)
      }
    }
  }

  /// Notes a file that is read; `-` is none.
  mutating func reads(_ path: String, as name: String) {
    if path != "-" { plan.reads(FilePlace(path), as: "\(name) '\(path)'") }
  }

  /// Notes a notebook that gets its outputs in place.
  ///
  /// - Throws: ``UsageError`` when it is named twice, or another output.
  mutating func writesInPlace(_ path: String) throws(UsageError) {
    // Where it is not usable, its own run says so.
    guard let place = try? OutputPlace(path), place.isFile else { return }
    try writes(place, as: "the notebook '\(path)'", over: place.place)
  }

  /// Notes a file that an option asks for.
  ///
  /// - Parameters:
  ///   - path: the path; `-` is standard output.
  ///   - option: the option.
  ///   - replaceable: what the file may replace.
  /// - Throws: ``UsageError`` when it cannot be written, is something else that the command reads or
  ///   writes, or would replace what it should not.
  mutating func writes(
    _ path: String, option: String, replacing replaceable: Replacing
  ) throws(UsageError) -> OutputPlace {
    let place = try CommandFiles.place(path, option)
    try writes(place, as: path == "-" ? "\(option) -" : "\(option) '\(path)'")
    try CommandFiles.check(place, option, replaceable)
    return place
  }

  /// Notes a file whose place is known.
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

  /// Notes the files beside a result that get all of the outputs that it has only the beginning of.
  ///
  /// - Throws: ``UsageError`` when one of them would be something else that the command reads or writes.
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

  /// Where a path leads to.
  static func place(_ path: String, _ option: String, makesDirectory: Bool = false)
    throws(UsageError) -> OutputPlace
  {
    do throws(OutputRefusal) {
      return try OutputPlace(path, makesDirectory: makesDirectory)
    } catch {
      throw UsageError(message: "\(option): \(error)")
    }
  }

  /// Refuses what must not be replaced.
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
