/// The files that a command reads and writes, to prevent it from overwriting a file that it needs.
///
/// A pure value based on identities of files: a file is recognised under all its names.
package struct OutputPlan: Sendable {
  /// An error: two files of a command are the same.
  package struct Conflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// The output.
    package let output: String
    /// The other use of the file: an input, or another output.
    package let other: String
    /// The path of the output, as the user named it.
    package let path: String
    /// Whether the other use writes it too.
    package let isBothWritten: Bool
    /// Whether both would be written to standard output.
    package let isStandardOutput: Bool

    /// A sentence about both.
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
  /// Files in directories that ignore the case of names.
  private var folded: [FilePlace: String] = [:]

  /// Creates an empty plan.
  package init() {}

  /// Adds a file that is read.
  ///
  /// - Parameters:
  ///   - place: the file.
  ///   - name: its name in messages.
  package mutating func reads(_ place: FilePlace, as name: String) {
    if inputs[place] == nil { inputs[place] = name }
  }

  /// Adds a file that is written.
  ///
  /// - Parameters:
  ///   - output: the file.
  ///   - name: its name in messages.
  ///   - own: the input that it may replace, as a notebook's result may replace the notebook; nil
  ///     for none.
  ///   - ignoresCase: whether its directory ignores the case of names.
  /// - Throws: ``Conflict`` if it is an input or another output.
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
    // Standard output and error use these descriptors.
    if case .descriptor(1...2) = output.kind { return }
    try write(.place(output.place), as: name, path: output.path)
    guard ignoresCase, case .free(let directory, let file) = output.place else { return }
    let place = FilePlace.free(directory: directory, name: file.lowercased())
    if let other = folded.updateValue(name, forKey: place) {
      throw Conflict(
        output: name, other: other, path: output.path, isBothWritten: true, isStandardOutput: false)
    }
  }

  /// Adds a file that is written all the time, such as a file to which standard output is
  /// redirected.
  package mutating func occupies(_ place: FilePlace, as name: String) {
    if outputs[.place(place)] == nil { outputs[.place(place)] = name }
  }

  /// Reserves names that files of the command may get during the run.
  ///
  /// - Parameters:
  ///   - directory: the directory of those files.
  ///   - prefix: the prefix of their names.
  ///   - suffix: the suffix of their names.
  ///   - name: their name in messages.
  /// - Throws: ``Conflict`` if an input or another output has such a name.
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
