import Reports
import RunEvents
import RunRecord

extension FileComparison {
  /// The progress of a comparison.
  var text: String {
    Format.count(files, "file") + ", " + Format.bytes(bytes) + ", now " + Terminal.visible(path)
  }
}
