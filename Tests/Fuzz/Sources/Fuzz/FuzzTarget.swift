/// A reader of external bytes, with the conditions that must hold for any bytes.
struct FuzzTarget: Sendable {
  let name: String
  /// Reads an input; a trap or a violated condition ends the process.
  let run: @Sendable (Input) -> Void

  /// All targets.
  ///
  /// The folders of seeds have the same names.
  static let all: [FuzzTarget] = [
    wire, json, terminal, outputs, journal, notebook, pipeline, patterns, files, parameters, lines,
    events, edits,
  ]
}
