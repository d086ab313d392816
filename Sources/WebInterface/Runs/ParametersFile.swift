import Glibc
import JSONCore
import JupyterProtocol
import SystemSupport

/// A file with the parameters of a run, for this user only: other users can see the arguments of
/// processes.
struct ParametersFile: ~Copyable {
  /// The file; nil without parameters.
  let path: String?

  /// Writes the parameters.
  ///
  /// - Throws: ``WebError`` if they cannot be written.
  init(_ parameters: JSONObject) throws(WebError) {
    guard !parameters.isEmpty else {
      path = nil
      return
    }
    guard let folder = StateDirectory.make("ui") else {
      throw .failure("there is no folder of this user for the parameters of the run")
    }
    let path = "\(folder)/\(hexadecimal(randomBytes(count: 8))).json"
    do throws(SystemError) {
      try createPrivateFile(path, [JSONValue.object(parameters).serialized()[...]])
    } catch {
      throw .failure("the parameters of the run cannot be written: \(error)")
    }
    self.path = path
  }

  deinit {
    if let path { unlink(path) }
  }
}
