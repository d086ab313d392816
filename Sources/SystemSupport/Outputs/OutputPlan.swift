/// What a command reads and what it writes, so that it writes over nothing that it needs.
///
/// A pure value over identities of files: the same file is the same by whatever names.
package struct OutputPlan: Sendable {
  /// Two things are one file.
  package struct Conflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// What was to be written.
    package let output: String
    /// What is there already: an input, or another output.
    package let other: String
    /// Where the output was to go, as it was named.
    package let path: String
    /// Whether the other one is written, too.
    package let isBothWritten: Bool
    /// Whether both would go to standard output.
    package let isStandardOutput: Bool

    /// Both, in a sentence.
    package var description: String {
      if isStandardOutput { return "\(output) and \(other) cannot both go to standard output" }
      if !isBothWritten { return "\(output) would overwrite \(other), which the command reads" }
      let place = "'\(path)'"
      return "\(output) and \(other) are the same file"
        + (output.contains(place) ? "" : ", \(place)")
    }
  }

  private enum Key: Hashable {
    case place(FilePlace)
    case standardOutput
  }

  private var inputs: [FilePlace: String] = [:]
  private var outputs: [Key: String] = [:]
  /// Files in directories that take names in upper and lower case for the same.
  private var folded: [FilePlace: String] = [:]

  /// Nothing is read or written yet.
  package init() {}

  /// Notes a file that is read.
  ///
  /// - Parameters:
  ///   - place: the file.
  ///   - name: what it is called in messages.
  package mutating func reads(_ place: FilePlace, as name: String) {
    if inputs[place] == nil { inputs[place] = name }
  }

  /// Notes a file that is written.
  ///
  /// - Parameters:
  ///   - output: the file.
  ///   - name: what it is called in messages.
  ///   - own: the input that it may replace, as a notebook's result may the notebook; nil for none.
  ///   - ignoresCase: whether its directory takes names in upper and lower case for the same.
  /// - Throws: ``Conflict`` when it is an input or another output.
  package mutating func writes(
    _ output: OutputPlace, as name: String, over own: FilePlace? = nil, ignoresCase: Bool = false
  ) throws(Conflict) {
    if output.isStandardOutput { try write(.standardOutput, as: name, path: output.path) }
    if output.isShared { return }
    if output.place != own, let input = inputs[output.place] {
      throw Conflict(
        output: name, other: input, path: output.path, isBothWritten: false, isStandardOutput: false
      )
    }
    // Its own descriptors are where standard output and error go.
    if case .descriptor(1...2) = output.kind { return }
    try write(.place(output.place), as: name, path: output.path)
    guard ignoresCase, case .free(let directory, let file) = output.place else { return }
    let place = FilePlace.free(directory: directory, name: file.lowercased())
    if let other = folded.updateValue(name, forKey: place) {
      throw Conflict(
        output: name, other: other, path: output.path, isBothWritten: true, isStandardOutput: false)
    }
  }

  /// Notes a file that is written all the time, as standard output where it is redirected into one.
  package mutating func occupies(_ place: FilePlace, as name: String) {
    if outputs[.place(place)] == nil { outputs[.place(place)] = name }
  }

  /// Refuses what has a name that files of the command may get while it runs.
  ///
  /// - Parameters:
  ///   - directory: where those files are made.
  ///   - prefix: what their names begin with.
  ///   - suffix: what their names end with.
  ///   - name: what they are called in messages.
  /// - Throws: ``Conflict`` when it is an input or another output.
  package func reserves(
    _ directory: String, prefix: String, suffix: String, as name: String
  ) throws(Conflict) {
    func isReserved(_ file: String) -> Bool { file.hasPrefix(prefix) && file.hasSuffix(suffix) }
    guard let identity = FileIdentity(directory) else { return }
    var places: [FilePlace: String] = inputs
    for case (.place(let place), let other) in outputs { places[place] = other }
    var other = places.first {
      if case .free(identity, let file) = $0.key { isReserved(file) } else { false }
    }?.value
    for file in FilePath.names(in: directory) where isReserved(file) && other == nil {
      other = places[FilePlace("\(directory)/\(file)")]
    }
    guard let other else { return }
    throw Conflict(
      output: name, other: other, path: "\(directory)/\(prefix)…\(suffix)", isBothWritten: true,
      isStandardOutput: false)
  }

  private mutating func write(_ key: Key, as name: String, path: String) throws(Conflict) {
    if let other = outputs.updateValue(name, forKey: key) {
      throw Conflict(
        output: name, other: other, path: path, isBothWritten: true,
        isStandardOutput: key == .standardOutput)
    }
  }
}
