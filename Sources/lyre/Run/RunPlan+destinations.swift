import JSONCore
import SystemSupport

extension RunPlan {
  /// The destination of a result.
  enum Destination: Sendable {
    /// The notebook itself.
    case inPlace
    /// Another file.
    case file(String)
    /// A pipe or a device, which is opened once the command has been checked.
    case stream(OutputPlace, OutputFile?)
    case standardOutput
    case nowhere
  }

  /// The destinations of the notebooks' results, each in a file of its own.
  ///
  /// - Throws: ``UsageError``.
  static func destinations(
    _ inputs: [String], _ options: ResultOptions, _ parameters: JSONObject,
    _ files: inout CommandFiles, _ remote: RemoteFiles
  ) throws(UsageError) -> [Destination] {
    let choices = [options.output != nil, options.outputDir != nil, options.noSave]
    guard choices.filter(\.self).count <= 1 else {
      throw UsageError(message: "use only one of --output, --output-dir and --no-save")
    }
    guard inputs.filter({ $0 == "-" }).count <= 1 else {
      throw UsageError(message: "standard input can be read only once")
    }
    let output = options.output.map { OutputTemplate(text: $0) }
    if let output, inputs.count > 1, !output.hasName {
      throw UsageError(
        message: "--output: with several notebooks it needs {name} in it, as in out/{name}.ipynb")
    }
    if options.output == nil, options.outputDir == nil, !options.noSave {
      try refusePapermillOutput(inputs)
    }
    for input in inputs { files.reads(input, as: "the notebook") }
    let today = OutputTemplate.today
    var destinations: [Destination] = []
    for input in inputs {
      if options.noSave {
        destinations.append(.nowhere)
      } else if let directory = options.outputDir {
        let path = try remote.output(
          "\(stem(input)).ipynb", in: directory, option: "--output-dir")
        let place = try CommandFiles.place(path, "--output-dir", makesDirectory: true)
        destinations.append(try destination(place, of: input, "--output-dir", &files))
      } else if let output {
        let named = try output.path(name: stem(input), parameters: parameters, date: today)
        let path = try remote.output(named, option: "--output")
        destinations.append(
          try destination(try place(path, stem(input)), of: input, "--output", &files))
      } else if input == "-" {
        let place = try CommandFiles.place("-", "standard output")
        destinations.append(try destination(place, of: input, "--output", &files))
      } else {
        try remote.writesInPlace(input)
        try files.writesInPlace(input)
        destinations.append(.inPlace)
      }
    }
    return destinations
  }

  private static func destination(
    _ place: OutputPlace, of input: String, _ option: String, _ files: inout CommandFiles
  ) throws(UsageError) -> Destination {
    if input != "-", place.isFile, place.place == FilePlace(input) {
      try files.writesInPlace(input)
      return .inPlace
    }
    try files.writes(
      place,
      as: place.isStandardOutput ? "a notebook" : "the result of '\(NotebookInput.name(input))'")
    try CommandFiles.check(place, option, .notebooks)
    if place.isStandardOutput { return .standardOutput }
    if place.isNull { return .nowhere }
    return place.isFile ? .file(place.path) : .stream(place, nil)
  }

  /// The place of `--output`, checked now so that an invalid one is not reported only after hours.
  private static func place(_ path: String, _ stem: String) throws(UsageError) -> OutputPlace {
    do throws(OutputRefusal) {
      return try OutputPlace(path)
    } catch {
      var remedy = ""
      switch error {
      case .noDirectory: remedy = "; --output-dir makes one"
      case .directory(let path): remedy = "; --output-dir '\(path)' writes '\(stem).ipynb' into it"
      default: break
      }
      throw UsageError(message: "--output: \(error)\(remedy)")
    }
  }

  /// The places of the notebooks' pages, in their order.
  ///
  /// - Throws: ``UsageError``.
  static func pages(
    _ inputs: [String], _ path: String?, option: String, _ parameters: JSONObject,
    _ files: inout CommandFiles, _ remote: RemoteFiles? = nil
  ) throws(UsageError) -> [OutputPlace]? {
    guard let template = path.map({ OutputTemplate(text: $0, option: option) }) else { return nil }
    if inputs.count > 1, !template.hasName {
      throw UsageError(
        message: "\(option): with several notebooks it needs {name} in it, as in out/{name}.html")
    }
    let today = OutputTemplate.today
    var places: [OutputPlace] = []
    for input in inputs {
      let named = try template.path(name: stem(input), parameters: parameters, date: today)
      let path = try remote?.output(named, option: option) ?? named
      places.append(try files.writes(path, option: option, replacing: .otherFiles))
    }
    return places
  }

  /// The name of a notebook without directory and extension.
  private static func stem(_ path: String) -> String {
    if path == "-" { return "notebook" }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return name.hasSuffix(".ipynb") ? String(name.dropLast(6)) : name
  }
}

extension RunPlan.Destination {
  var isStandardOutput: Bool {
    if case .standardOutput = self { true } else { false }
  }

  /// Whether the result is still there after the run, or written nowhere.
  var isKept: Bool {
    switch self {
    case .inPlace, .file, .nowhere: true
    case .stream, .standardOutput: false
    }
  }

  /// Whether the result is not written.
  var isNowhere: Bool {
    if case .nowhere = self { true } else { false }
  }

  /// The output file of a notebook; nil if there is none.
  func path(for argument: String) -> String? {
    switch self {
    case .inPlace: argument
    case .file(let path): path
    case .stream, .standardOutput, .nowhere: nil
    }
  }

  /// The destination, opened for writing.
  func opened() throws(UsageError) -> RunPlan.Destination {
    guard case .stream(let place, nil) = self else { return self }
    do throws(OutputRefusal) {
      return .stream(place, try OutputFile(place))
    } catch {
      throw UsageError(message: "--output: \(error)")
    }
  }
}
