import JSONCore
package import Pipelines

/// Where Kubeflow Pipelines wants the artifacts of a task: its message `ExecutorInput`, which its
/// launcher puts in place of `{{$}}`.
package struct ExecutorInput: Sendable, Hashable {
  /// An artifact that the task may leave.
  struct Artifact: Sendable, Hashable {
    /// The name that the engine has for it.
    var name: String
    /// Where it will be.
    var uri: String
    /// The absolute path of the file from which the launcher stores it; nil if the launcher stores no
    /// files at such a place.
    var path: String? {
      if uri.hasPrefix("/") { return uri }
      for (scheme, folder) in [("gs://", "/gcs/"), ("minio://", "/minio/"), ("s3://", "/s3/")]
      where uri.hasPrefix(scheme) {
        return folder + uri.dropFirst(scheme.utf8.count)
      }
      return nil
    }
  }

  /// The artifacts, by the names of the task's outputs.
  let artifacts: [String: Artifact]
  /// The absolute path of the file that tells the launcher about artifacts; nil if there is none.
  let outputFile: String?

  /// Reads the message.
  ///
  /// - Parameter text: its JSON form.
  /// - Throws: `PipelineError` with the key and what is expected there.
  package init(_ text: String) throws(PipelineError) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: Array(text.utf8))
    } catch {
      throw PipelineError(.invalidValue, "expected a JSON object: \(error)")
    }
    func problem(_ expected: String, _ place: String) -> PipelineError {
      PipelineError(.invalidValue, "expected \(expected)", place: place)
    }
    guard value.object != nil else {
      throw PipelineError(.invalidValue, "expected an object, found \(value.kindName)")
    }
    var artifacts: [String: Artifact] = [:]
    for member in value["outputs"]?["artifacts"]?.object ?? [:] {
      let key = member.key.string
      guard let first = member.value["artifacts"]?.array?.first, let uri = first["uri"]?.string,
        !uri.utf8.contains(0)
      else {
        throw problem(
          "a list with an artifact that has a uri", "outputs.artifacts.\(key).artifacts")
      }
      artifacts[key] = Artifact(name: first["name"]?.string ?? "", uri: uri)
    }
    self.artifacts = artifacts
    guard let file = value["outputs"]?["outputFile"] else {
      outputFile = nil
      return
    }
    guard let path = file.string, path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw problem("a string with an absolute path", "outputs.outputFile")
    }
    outputFile = path
  }
}
