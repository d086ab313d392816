import Pipelines

/// A job to submit: everything about it that `sbatch` is told.
struct JobRequest: Sendable, Hashable {
  /// The node's label.
  var label: String
  /// The command that the job runs.
  var command: [String]
  /// The job's working directory.
  var workingDirectory: String
  /// The file for what the command writes.
  var output: String
  /// A mark by which a later run finds the job.
  var comment: String
  /// The node's limit, in seconds; nil for none.
  var limit: Double?
  /// The cores that the node asks for; nil for the scheduler's default.
  var cores: Int?
  /// The memory that the node asks for, in bytes; nil for the scheduler's default.
  var memory: Int64?
  /// The accelerators that the node asks for.
  var accelerators = 0
  /// The settings of the run.
  var settings = SlurmSettings()
  /// The node's own options.
  var options: [String] = []
  /// The jobs that have to succeed before it starts.
  var needed: [String] = []
  /// The jobs that have to end before it starts.
  var awaited: [String] = []
  /// Whether it waits until it is released.
  var isHeld = false

  /// Takes over what a node asks for.
  init(
    _ node: PipelineNode, command: [String], workingDirectory: String, output: String,
    comment: String, limit: Double?, settings: SlurmSettings
  ) {
    label = node.label
    self.command = command
    self.workingDirectory = workingDirectory
    self.output = output
    self.comment = comment
    self.limit = limit
    self.settings = settings
    options = node.lyre.slurmOptions
    let resources = ContainerResources(node)
    // A scheduler reserves what a job may use.
    let wanted = node.resources.cpuLimit ?? node.resources.cpu
    cores = wanted.flatMap { $0 > 0 && $0 <= 65_536 ? Int($0.rounded(.up)) : nil }
    memory = resources.memory ?? resources.reserved
    accelerators = resources.accelerators
  }

  /// The arguments of `sbatch`.
  ///
  /// - Parameter script: the file with ``script``.
  func arguments(script: String) -> [String] {
    var result = [
      "--parsable", "--job-name=\(JobRequest.name(label))", "--nodes=1", "--ntasks=1",
      "--chdir=\(workingDirectory)", "--output=\(JobRequest.plain(output))", "--open-mode=append",
      // A job that started again would write into the results of the first start.
      "--no-requeue", "--comment=\(comment)",
    ]
    if let partition = settings.partition { result.append("--partition=\(partition)") }
    if let account = settings.account { result.append("--account=\(account)") }
    if let time { result.append("--time=\(time)") }
    if let cores { result.append("--cpus-per-task=\(cores)") }
    // The scheduler counts in 2²⁰ bytes.
    if let memory { result.append("--mem=\((memory + 1_048_575) / 1_048_576)M") }
    if accelerators > 0 { result.append("--gres=gpu:\(accelerators)") }
    if isHeld { result.append("--hold") }
    if let dependency {
      // Without the second one a job behind a failed one would wait for ever.
      result += ["--dependency=\(dependency)", "--kill-on-invalid-dep=yes"]
    }
    // The last ones win.
    return result + settings.options + options + [script]
  }

  /// What it waits for; nil for nothing.
  ///
  /// A comma means that all have to hold.
  private var dependency: String? {
    let parts = [("afterok", needed), ("afterany", awaited)]
      .filter { !$0.1.isEmpty }.map { "\($0.0):\($0.1.joined(separator: ":"))" }
    return parts.isEmpty ? nil : parts.joined(separator: ",")
  }

  /// The script of the job.
  var script: String {
    "#!/bin/sh\nexec \(command.map(JobRequest.quoted).joined(separator: " "))\n"
  }

  /// The job's time limit: what was asked for, or the node's limit, which `lyre node` keeps itself,
  /// and some minutes more.
  private var time: String? {
    if let time = settings.time { return time }
    guard let limit, limit < 1e8 else { return nil }
    return "\(Int((limit / 60).rounded(.up)) + 2)"
  }

  /// The name of a job: the label without what confuses lists of jobs.
  static func name(_ label: String) -> String { "lyre-" + plainName(label) }

  /// A name without what is special anywhere.
  static func plainName(_ label: String) -> String {
    let name = label.map { character in
      character.isASCII && (character.isLetter || character.isNumber || "-_.".contains(character))
        ? character : "_"
    }
    return String(name.prefix(60))
  }

  /// A path in which the scheduler replaces nothing.
  static func plain(_ path: String) -> String { path.replacing("%", with: "%%") }

  /// A word of a shell's command line.
  static func quoted(_ word: String) -> String { "'" + word.replacing("'", with: "'\\''") + "'" }
}
