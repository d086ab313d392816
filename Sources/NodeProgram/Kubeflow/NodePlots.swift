import JSONCore

/// What a node has written for Kubeflow's page to show, in the form of its first version: texts,
/// tables, pages and plots.
///
/// ```json
/// {"outputs": [{"type": "markdown", "storage": "inline", "source": "# Result"}]}
/// ```
///
/// The page reads it still, but shows nothing at all of a file in which one output is not complete:
/// such outputs are left out.
struct NodePlots: Sendable, Hashable {
  /// The name of the file, in the folder of the node's file.
  static let fileName = "mlpipeline-ui-metadata.json"
  /// The longest file, in bytes; the page reads it as a whole.
  static let longest = 16 << 20

  /// The file with the outputs that can be shown; nil if there are none.
  private(set) var json: JSONValue?
  /// What cannot be shown, for people.
  private(set) var problems: [String] = []

  /// Reads the content of a file, which may be anything.
  init(_ bytes: [UInt8]) {
    // The page's reader knows no NaN.
    let options = JSONReadingOptions(maximumDepth: 100, allowsNonFinite: false)
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes, options: options)
    } catch {
      problems = ["it is not JSON: \(error)"]
      return
    }
    guard let outputs = value["outputs"]?.array else {
      problems = ["it has no list 'outputs'"]
      return
    }
    var shown: [JSONValue] = []
    for (place, output) in outputs.enumerated() {
      if let problem = NodePlots.problem(output) {
        problems.append("output \(place + 1) \(problem)")
      } else {
        shown.append(output)
      }
    }
    if !shown.isEmpty { json = ["outputs": .array(shown)] }
  }

  /// What each type needs beside its source.
  private static let needs: [String: [String]] = [
    "confusion_matrix": ["labels", "schema"], "markdown": [], "roc": ["schema"],
    "table": ["header", "format"], "tensorboard": [], "web-app": [],
  ]

  /// Places from which the page reads a source.
  private static let schemes = ["gs://", "s3://", "minio://", "http://", "https://", "volume://"]

  /// Why an output cannot be shown; nil if it can.
  private static func problem(_ output: JSONValue) -> String? {
    guard let type = output["type"]?.string, let needs = needs[type] else {
      let known = needs.keys.sorted().joined(separator: ", ")
      return "has the type \(output["type"]?.description ?? "none"), which is none of \(known)"
    }
    guard let source = output["source"]?.string, !source.isEmpty else {
      return "(\(type)) has no source"
    }
    if output["storage"]?.string != "inline", !schemes.contains(where: source.hasPrefix) {
      return "(\(type)) has a source in the container, which Kubeflow Pipelines does not read; "
        + "write its content there, with \"storage\": \"inline\""
    }
    for name in needs {
      let isThere = name == "format" ? output[name] == "csv" : output[name]?.array != nil
      if !isThere { return "(\(type)) has no '\(name)'\(name == "format" ? " csv" : "")" }
    }
    return nil
  }
}
