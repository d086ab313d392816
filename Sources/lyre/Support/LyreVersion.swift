/// The version of the program.
enum LyreVersion {
  static let text = "0.1.0"
}
