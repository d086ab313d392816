/// A reader of bytes from outside, with what must hold for any bytes.
struct FuzzTarget: Sendable {
  let name: String
  /// Reads an input; a trap or a broken promise ends the process.
  let run: @Sendable (Input) -> Void

  /// All targets.
  ///
  /// Their names are those of the folders of seeds.
  static let all: [FuzzTarget] = [
    wire, json, terminal, outputs, journal, notebook, pipeline, patterns, files, parameters, lines,
    events,
  ]
}
