import PipelineExecution
import Reports
import RunRecord

extension HashingProgress {
  /// How far a comparison is.
  var text: String {
    Format.count(files, "file") + ", " + Format.bytes(bytes) + ", now " + Terminal.visible(path)
  }
}
