import RemoteEngines
import Reports
import SystemSupport

extension RecordOptions {
  /// Says that there are runs that the record does not have, because an engine has kept them.
  ///
  /// - Parameter file: the pipeline; nil for all.
  func tellOfSubmitted(_ file: String?) {
    let pipeline = file.map { FilePath.normalized($0) }
    let count = SubmissionStore(directory: stateDirectory).all()
      .count { pipeline == nil || $0.pipeline == pipeline }
    guard count > 0 else { return }
    let name = file.map { " \($0)" } ?? ""
    Printer.shared.log(
      "\(Format.count(count, "more run")), submitted to an engine: `lyre pipeline submitted\(name)`"
    )
  }
}
