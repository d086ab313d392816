package import JSONCore

extension NodeDescription {
  /// Reads a description.
  ///
  /// - Throws: ``PipelineError`` with the key and what is allowed there.
  package init(json: JSONValue) throws(PipelineError) {
    var reader = try DescriptionReader(json)
    let version = try reader.required("version", "the number 1", \.int)
    guard version == NodeDescription.version else {
      throw reader.error(
        "this lyre reads version \(NodeDescription.version) of the description, and this is version "
          + "\(version); use the lyre that wrote it", at: "version")
    }
    guard let subject = try reader.object("subject", Subject.init) else {
      throw reader.error("this key is missing; it is an object", at: "subject")
    }
    let work = try reader.optional("work", "a string with an absolute path") {
      $0.plainText.flatMap { $0.hasPrefix("/") ? PipelinePath.joined("/", $0) : nil }
    }
    let files = try reader.list("files", "objects", Source.init)
    let inputs = try reader.object("inputs") { (reader) throws(PipelineError) in
      try Exchange(&reader, "from")
    }
    guard let node = try reader.object("node", Work.init) else {
      throw reader.error("this key is missing; it is an object", at: "node")
    }
    let outputs = try reader.object("outputs") { (reader) throws(PipelineError) in
      try Exchange(&reader, "to")
    }
    let results = try reader.object("results") { (reader) throws(PipelineError) in
      try reader.place("to")
    }
    guard let results else {
      throw reader.error("this key is missing; it is an object with the key to", at: "results")
    }
    var storage = try reader.optional("storage", "an object", \.object)
    let credentials = try NodeDescription.takeCredentials(of: &storage)
    try reader.finish()
    self.init(subject: subject, node: node, results: results)
    self.work = work
    self.files = files
    self.inputs = inputs
    self.outputs = outputs
    self.storage = storage
    storageCredentials = credentials
    try checkFile()
  }

  private static func takeCredentials(of storage: inout JSONObject?) throws(PipelineError)
    -> String?
  {
    guard let value = storage?[credentialsKey] else { return nil }
    guard let path = value.plainText, path.hasPrefix("/") else {
      throw PipelineError(
        .invalidValue, "expected a string with an absolute path",
        place: "storage.\(credentialsKey)")
    }
    storage?[credentialsKey] = Optional<JSONValue>.none
    if storage?.isEmpty == true { storage = Optional<JSONObject>.none }
    return path
  }

  /// Checks that files which are fetched stay in the work folder.
  private func checkFile() throws(PipelineError) {
    let isHere = files.isEmpty && inputs == nil && work != nil
    if !isHere, !NodeDescription.isInside(node.file) {
      throw PipelineError(
        .invalidValue, "expected a path inside the work folder, without .. and not absolute",
        place: "node.file")
    }
    guard files.isEmpty, inputs == nil, work == nil else { return }
    throw PipelineError(
      .invalidValue, "there are no files to run; give files, or work with a folder that has them",
      place: "work")
  }

  /// Whether a path is relative and does not leave its folder.
  package static func isInside(_ path: String) -> Bool {
    !path.isEmpty && path.utf8.first != UInt8(ascii: "/") && !path.utf8.contains(0)
      && PipelinePath.components(PipelinePath.joined("", path)).first.map { $0 != ".." } ?? false
      && PipelinePath.joined("", path) != "."
  }
}

extension NodeDescription.Subject {
  fileprivate init(_ reader: inout DescriptionReader) throws(PipelineError) {
    let run = try reader.optional("run", "a string or a number") { value -> Run? in
      if let number = value.int { return .number(Int64(number)) }
      return value.string.map { .name($0) }
    }
    let pipeline = try reader.text("pipeline")
    let node = try reader.required("node", "a string", \.plainText)
    let name = try reader.text("name") ?? node
    let place = try reader.optional("place", "a number from 0") { value in
      value.int.flatMap { (0..<1 << 31).contains($0) ? $0 : nil }
    }
    let attempt = try reader.optional("attempt", "a number from 1") { value in
      value.int.flatMap { (1..<1 << 31).contains($0) ? $0 : nil }
    }
    self.init(
      run: run, pipeline: pipeline, node: node, name: name, place: place ?? 0,
      attempt: attempt ?? 1)
  }
}

extension NodeDescription.Source {
  fileprivate init(_ value: JSONValue, at place: String) throws(PipelineError) {
    var reader = try DescriptionReader(value, at: place)
    let keys = ["folder", "archive", "object"].filter { value[$0] != nil }
    guard keys.count == 1 else {
      throw PipelineError(
        .invalidValue, "expected one of the keys folder, archive and object", place: place)
    }
    func hash(_ reader: inout DescriptionReader) throws(PipelineError) -> String? {
      try reader.optional("sha256", "a string of 64 hexadecimal digits") { value in
        value.string.flatMap { text in
          let isHash = text.utf8.count == 64 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
          return isHash ? text.lowercased() : nil
        }
      }
    }
    switch keys[0] {
    case "folder":
      self = .folder(
        try reader.required("folder", "a string with an absolute path") {
          $0.plainText.flatMap { $0.hasPrefix("/") ? PipelinePath.joined("/", $0) : nil }
        })
    case "archive":
      self = .archive(try reader.place("archive"), sha256: try hash(&reader))
    default:
      let from = try reader.place("object")
      let target = try reader.required("to", "a string with a path inside the work folder") {
        $0.string.flatMap { NodeDescription.isInside($0) ? PipelinePath.joined("", $0) : nil }
      }
      self = .object(from, to: target, sha256: try hash(&reader))
    }
    try reader.finish()
  }
}

extension NodeDescription.Exchange {
  fileprivate init(_ reader: inout DescriptionReader, _ name: String) throws(PipelineError) {
    self.init(
      place: try reader.optionalPlace(name), patterns: try reader.texts("patterns"),
      isElyra: try reader.flag("elyra"))
    archives = try reader.places("archives")
    if !archives.isEmpty, place == nil {
      throw reader.error("they are for files at a place, the key \(name)", at: "archives")
    }
    guard name == "from" else { return }
    includesSubfolders = try reader.flag("subfolders")
    optional = try reader.texts("optional")
    if !optional.isEmpty, place == nil {
      throw reader.error("it is for inputs that are fetched, with the key from", at: "optional")
    }
  }
}

extension NodeDescription.Work {
  fileprivate init(_ reader: inout DescriptionReader) throws(PipelineError) {
    let file = try reader.required("file", "a string with a path") {
      $0.plainText.flatMap { $0.isEmpty ? nil : $0 }
    }
    let kinds = Kind.allCases.map(\.rawValue)
    let kind = try reader.optional("kind", "a string: \(kinds.joined(separator: ", "))") {
      $0.string.flatMap(Kind.init)
    }
    self.init(file: PipelinePath.joined("", file), kind: kind)
    if self.kind == .notebook, PipelinePath.suffix(file) != "ipynb" {
      throw reader.error("a notebook's file ends with .ipynb; use another kind", at: "kind")
    }
    if self.kind != .notebook, PipelinePath.suffix(file) == "ipynb" {
      throw reader.error("a file that ends with .ipynb is of the kind notebook", at: "kind")
    }
    kernel = try reader.text("kernel")
    language = try reader.text("language")
    parameters = try reader.optional("parameters", "an object", \.object) ?? [:]
    pipelineParameters = try reader.texts("pipeline_parameters")
    environment =
      try reader.object("environment") { (reader) throws(PipelineError) in
        try reader.variables()
      } ?? [:]
    environmentFile = try reader.optional("environment_file", "a string with an absolute path") {
      $0.plainText.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
    limit = try reader.seconds("limit_seconds")
    kernelStart = try reader.seconds("kernel_start_seconds")
    kernelFallback = try reader.optional("kernel_fallback", "a string: default, never") {
      $0.string.flatMap { ["default", "never"].contains($0) ? $0 : nil }
    }
    keepsOldOutputs = try reader.flag("keep_old_outputs")
    python = try reader.text("python")
    destination = try reader.optional("destination", "a string with an absolute path") {
      $0.plainText.flatMap { $0.hasPrefix("/") ? $0 : nil }
    }
  }
}

extension DescriptionReader {
  /// All members as variables.
  fileprivate mutating func variables() throws(PipelineError) -> [String: String] {
    var variables: [String: String] = [:]
    for name in names {
      guard !name.isEmpty, !name.contains("="), !name.utf8.contains(0) else {
        throw error("the name of a variable is not empty and has no =", at: name)
      }
      variables[name] = try required(name, "a string", \.plainText)
    }
    return variables
  }
}
