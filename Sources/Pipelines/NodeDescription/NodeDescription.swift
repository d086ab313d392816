package import JSONCore

/// A node with everything that `lyre node` needs to run it anywhere, `docs/node.md`.
///
/// A value without I/O: ``init(json:)`` reads its JSON form strictly, ``json`` writes it. Secrets are
/// never part of it: they come from the environment of the program that runs the node.
package struct NodeDescription: Sendable, Hashable {
  /// The version of the JSON form.
  package static let version = 1

  /// The name of the events among the results.
  package static let eventsName = "events.ndjson"
  /// The name of the output among the results.
  package static let logName = "output.log"
  /// The name of the executed notebook among the results.
  package static let executedName = "executed.ipynb"
  /// The name of the notebook with its results and without parameters, among the results of a node
  /// that ran in a copy of its folder.
  package static let notebookName = "notebook.ipynb"
  /// The name of the folder with outputs that could not be stored where they were to go.
  package static let outputsName = "outputs"
  /// The name of the file that says how the node ended, among the results.
  package static let endingName = "ending.json"

  /// The run and the node, for the subjects of events.
  package var subject: Subject
  /// The absolute path of the folder with the node's files; nil for a new one.
  package var work: String?
  /// The files to fetch into ``work`` before the node runs, in order.
  package var files: [Source] = []
  /// The outputs of earlier nodes to fetch.
  package var inputs: Exchange?
  /// What to run.
  package var node: Work
  /// The outputs to bring back.
  package var outputs: Exchange?
  /// Where events, log, executed notebook and ending go.
  package var results: FilesPlace
  /// How to reach the object storage, in the form of `ObjectStorageSettings`; nil for the defaults.
  ///
  /// Credentials never are part of it.
  package var storage: JSONObject?
  /// The absolute path of a file with credentials for the object storage, in the form of
  /// ``Work/environmentFile``: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
  ///
  /// The node's own program does not get them.
  package var storageCredentials: String?

  /// Creates a description.
  package init(subject: Subject, node: Work, results: FilesPlace) {
    self.subject = subject
    self.node = node
    self.results = results
  }

  /// Identifies the run, the node and the attempt.
  package struct Subject: Sendable, Hashable {
    /// The run: a number in the record of runs, or a name.
    package enum Run: Sendable, Hashable {
      case number(Int64)
      case name(String)
    }

    /// The run; nil if it is not recorded.
    package var run: Run?
    /// The pipeline's file, as the user named it.
    package var pipeline: String?
    /// The node's id.
    package var node: String
    /// The node's label.
    package var name: String
    /// The node's place in the pipeline's graph, from 0.
    package var place: Int
    /// The attempt, from 1.
    package var attempt: Int

    /// Creates a subject.
    package init(
      run: Run? = nil, pipeline: String? = nil, node: String, name: String, place: Int = 0,
      attempt: Int = 1
    ) {
      self.run = run
      self.pipeline = pipeline
      self.node = node
      self.name = name
      self.place = place
      self.attempt = attempt
    }
  }

  /// Where some of the node's files come from.
  package enum Source: Sendable, Hashable {
    /// A folder, copied with everything in it.
    case folder(String)
    /// A `.tar.gz` archive, unpacked; its SHA-256 in lower-case hexadecimal is checked if given.
    case archive(FilesPlace, sha256: String?)
    /// A file, copied to a path in the folder.
    case object(FilesPlace, to: String, sha256: String?)
  }

  /// Files that nodes exchange.
  package struct Exchange: Sendable, Hashable {
    /// Where they are; nil for the work folder itself, where they only have to be.
    package var place: FilesPlace?
    /// Files, patterns and folders, relative to the folder of the node's file.
    package var patterns: [String]
    /// Further ones, which need not be there.
    package var optional: [String] = []
    /// Whether their names there are relative to the folder of the node's file, as Elyra's are,
    /// instead of the whole work folder.
    package var isElyra: Bool
    /// Whether inputs may also be in subfolders of the work folder, for patterns without a slash.
    package var includesSubfolders: Bool
    /// Archives with the same files: inputs come from these alone, in order, and outputs go there too.
    ///
    /// They are for places whose files cannot be listed, or read one by one.
    package var archives: [FilesPlace] = []

    /// Creates an exchange.
    package init(
      place: FilesPlace?, patterns: [String], isElyra: Bool = false,
      includesSubfolders: Bool = false
    ) {
      self.place = place
      self.patterns = patterns
      self.isElyra = isElyra
      self.includesSubfolders = includesSubfolders
    }
  }

  /// What to run.
  package struct Work: Sendable, Hashable {
    /// The kind of a file.
    package enum Kind: String, Sendable, CaseIterable {
      case notebook
      case python
      case r
      case script
    }

    /// The notebook or script, relative to the work folder.
    package var file: String
    /// Its kind.
    package var kind: Kind
    /// The kernel that the notebook names, to check before anything is fetched; nil if unknown.
    package var kernel: String?
    /// The language that the notebook names; nil if unknown.
    package var language: String?
    /// The values of its parameters.
    package var parameters: JSONObject = [:]
    /// The names of the pipeline parameters that the node asks for.
    package var pipelineParameters: [String] = []
    /// Its variables, in addition to those of the program that runs it.
    package var environment: [String: String] = [:]
    /// The absolute path of a file with more variables, which take precedence.
    ///
    /// It has `NAME=VALUE` entries, each ended by a NUL byte. The program that runs the node reads it
    /// once and removes it.
    package var environmentFile: String?
    /// The time limit in seconds; nil for none.
    package var limit: Double?
    /// How many seconds a kernel may take to start; nil for the default.
    package var kernelStart: Double?
    /// What to do if the kernel that the notebook names is not installed, a `KernelFallback`.
    package var kernelFallback: String?
    /// Whether cells that the run does not reach keep the results of an earlier run.
    package var keepsOldOutputs = false
    /// The Python for scripts; nil for that of the environment.
    package var python: String?
    /// The absolute path for the executed notebook; nil for results in place.
    package var destination: String?

    /// Creates the work for a file.
    package init(file: String, kind: Kind? = nil) {
      self.file = file
      self.kind = kind ?? Kind(file: file)
    }
  }
}

extension NodeDescription.Work.Kind {
  /// The kind of a file, by its extension.
  package init(file: String) {
    switch PipelineOperation.forFile(file) {
    case PipelineOperation.notebook: self = .notebook
    case PipelineOperation.pythonScript: self = .python
    case PipelineOperation.rScript: self = .r
    default: self = .script
    }
  }

  /// The operation of such a node in a pipeline.
  var operation: String {
    switch self {
    case .notebook: PipelineOperation.notebook
    case .python: PipelineOperation.pythonScript
    case .r: PipelineOperation.rScript
    case .script: PipelineOperation.script
    }
  }
}
