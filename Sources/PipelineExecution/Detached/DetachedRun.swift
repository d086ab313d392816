import JSONCore
import Pipelines
import SystemSupport

/// A run that Slurm was given as a whole, by the folder with its descriptions, results and marks.
///
/// The folder says everything that any program has to know about the run; each step of it is on
/// disk before the next one begins.
package struct DetachedRun: Sendable, Hashable {
  /// A node.
  package struct Node: Sendable, Hashable {
    /// Its id in the pipeline's file.
    package var id: String
    /// Its label.
    package var label: String
    /// The path of its notebook or script, relative to the pipeline's folder.
    package var file: String?
    /// The places of the nodes that have to succeed before it.
    package var parents: [Int]
    /// The name of its folder.
    package var name: String

    /// Creates a node.
    package init(id: String, label: String, file: String?, parents: [Int], name: String) {
      self.id = id
      self.label = label
      self.file = file
      self.parents = parents
      self.name = name
    }
  }

  /// What is known about a run, each the name of an empty file.
  enum Mark: String {
    /// All its jobs were submitted.
    case complete
    /// Its first jobs may start.
    case released
    /// It was stopped.
    case stopped
    /// It has ended.
    case over
  }

  /// The absolute path of its folder.
  package let folder: String
  /// Its nodes, parents first.
  package let nodes: [Node]

  /// Creates a value for a run.
  package init(folder: String, nodes: [Node]) {
    self.folder = folder
    self.nodes = nodes
  }

  /// The id of the run: the name of its folder.
  package var id: String { PipelinePath.name(folder) }

  /// The folder of a node.
  func folder(of place: Int) -> String { "\(folder)/\(nodes[place].name)" }

  /// The folder of a node's events, log, executed notebook and ending.
  package func results(of place: Int) -> String { "\(folder(of: place))/results" }

  /// The file with a node's variables, which is there until the node starts.
  func variables(of place: Int) -> String { "\(folder(of: place))/environment" }

  /// The file with a node's credentials for the storage, which is there until the node starts.
  func credentials(of place: Int) -> String { "\(folder(of: place))/credentials" }

  /// The file with what the job itself writes.
  func output(of place: Int) -> String { "\(folder(of: place))/job.log" }

  /// The file with the number of a node's job.
  private func jobFile(of place: Int) -> String { "\(folder(of: place))/job.json" }

  /// The file with the reason why a job will never start.
  private func obstacleFile(of place: Int) -> String { "\(folder(of: place))/obstacle" }

  // MARK: Marks

  private func path(_ mark: Mark) -> String { "\(folder)/\(mark.rawValue)" }

  /// Whether nothing has to be asked to know that it does not run.
  package var isKnownToBeOver: Bool { !FilePath.isDirectory(folder) || has(.over) }

  func has(_ mark: Mark) -> Bool { FilePath.exists(path(mark)) }

  /// Sets a mark, which may be there already.
  ///
  /// - Throws: `SystemError`.
  func set(_ mark: Mark) throws(SystemError) {
    if has(mark) { return }
    try createPrivateFile(path(mark), [], isDurable: true)
  }

  // MARK: Jobs

  /// A job of the run.
  struct Job: Sendable, Hashable {
    /// Its number.
    var number: String
    /// The program that it runs.
    var program: String
    /// The memory that it has, in bytes; nil for the scheduler's default.
    var memory: Int64?
  }

  /// Notes the job of a node.
  ///
  /// - Throws: `SystemError`.
  func note(_ job: Job, of place: Int) throws(SystemError) {
    var object: JSONObject = ["job": .init(job.number), "program": .init(job.program)]
    if let memory = job.memory { object["memory"] = .init(Int(memory)) }
    let text = JSONValue.object(object).serialized(.pretty) + [0x0A]
    try createPrivateFile(jobFile(of: place), [text[...]], isDurable: true)
  }

  /// The job of a node; nil if it was not noted.
  func job(of place: Int) -> Job? {
    guard let bytes = try? fileContent(jobFile(of: place), maximum: 1 << 16),
      let json = try? JSONValue(parsing: bytes), let number = json["job"]?.string,
      !number.isEmpty, number.allSatisfy({ $0.isASCII && $0.isNumber })
    else { return nil }
    return Job(
      number: number, program: json["program"]?.string ?? "lyre",
      memory: json["memory"]?.int.map(Int64.init))
  }

  /// Notes why the job of a node will never start.
  ///
  /// - Throws: `SystemError`.
  func note(obstacle: String, of place: Int) throws(SystemError) {
    try createPrivateFile(
      obstacleFile(of: place), [Array(obstacle.utf8)[...]], isDurable: true)
  }

  /// Why the job of a node will never start; nil if nothing was noted.
  func obstacle(of place: Int) -> String? {
    (try? fileContent(obstacleFile(of: place), maximum: 4096)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }
}
