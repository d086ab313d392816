import Reports
import RunEvents
import RunRecord

extension FileComparison {
  /// How far a comparison is.
  var text: String {
    Format.count(files, "file") + ", " + Format.bytes(bytes) + ", now " + Terminal.visible(path)
  }
}
