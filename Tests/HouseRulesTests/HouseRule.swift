/// A rule of the architecture that the compiler cannot check, checked in the text of the sources.
struct HouseRule: Sendable, CustomStringConvertible {
  /// The rule with its reason.
  var description: String
  /// The numbers, from 1, of the lines that violate the rule.
  var lines: @Sendable (SwiftSource) -> [Int]

  /// Every violation, as `path:line`.
  func violations(in sources: [SwiftSource]) -> [String] {
    sources.flatMap { source in lines(source).map { "\(source.path):\($0)" } }
  }
}

extension HouseRule {
  static let all = [
    noFoundation, pureModules, importsFollowTheArchitecture, oneModuleForEachLibrary, noHiddenTasks,
    noBlockingSleeps, oneWayToTheTerminal,
  ]

  static let noFoundation = HouseRule(
    description: "nothing imports Foundation: it costs 4 ms at every start (FoundationEssentials)"
  ) { source in
    source.imports.filter { $0.module == "Foundation" }.map(\.line)
  }

  static let pureModules = HouseRule(
    description:
      "JSONCore, RunEvents, Hashing, JupyterProtocol, Pipelines and PipelineExport do no I/O: no "
      + "Foundation, clocks, threads"
  ) { source in
    let pure: Set<String> = [
      "JSONCore", "RunEvents", "Hashing", "JupyterProtocol", "Pipelines", "PipelineExport",
    ]
    let allowed: Set<String> = [
      "JSONCore", "Hashing", "COpenSSL", "Pipelines", "Synchronization", "YAMLReading",
    ]
    guard pure.contains(source.module) else { return [] }
    return source.imports.filter { !allowed.contains($0.module) }.map(\.line)
  }

  /// The project's modules that each module may import: the table of the architecture.
  static let knows: [String: Set<String>] = [
    "JSONCore": [],
    "RunEvents": ["JSONCore"],
    "SystemSupport": [],
    "Hashing": [],
    "JupyterProtocol": ["Hashing", "JSONCore"],
    "ZeroMQ": ["SystemSupport"],
    "Processes": ["SystemSupport"],
    "KernelLauncher": ["JSONCore", "JupyterProtocol", "Processes", "SystemSupport"],
    "KernelClient": [
      "JSONCore", "JupyterProtocol", "ZeroMQ", "Processes", "KernelLauncher", "SystemSupport",
    ],
    "NotebookDocument": ["JSONCore", "SystemSupport"],
    "NotebookParameters": ["JSONCore", "NotebookDocument", "SystemSupport"],
    "YAMLReading": ["JSONCore"],
    "NotebookExecution": [
      "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
      "NotebookDocument", "NotebookParameters", "SystemSupport",
    ],
    "NotebookComparison": ["JSONCore", "NotebookDocument", "SystemSupport"],
    "Pipelines": ["JSONCore"],
    // JupyterProtocol for its hash, KernelLauncher for Jupyter's directories.
    "ComponentCatalogs": [
      "JSONCore", "JupyterProtocol", "KernelLauncher", "Pipelines", "SystemSupport", "YAMLReading",
    ],
    "PipelineExport": ["Hashing", "JSONCore", "Pipelines", "YAMLReading"],
    // JupyterProtocol for its hash, from libcrypto.
    "RunRecord": ["JSONCore", "RunEvents", "JupyterProtocol", "SystemSupport"],
    "PipelineExecution": [
      "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
      "NotebookDocument", "NotebookParameters", "NotebookExecution", "Pipelines", "RunRecord",
      "SystemSupport",
    ],
    "ObjectStorage": ["Hashing", "JSONCore", "SystemSupport"],
    // KernelLauncher for Jupyter's directories, Processes for the commands of keyrings.
    "RemoteEngines": [
      "Hashing", "JSONCore", "KernelLauncher", "NodeResults", "ObjectStorage", "Pipelines",
      "Processes", "RunEvents", "RunRecord", "SystemSupport",
    ],
    "NodeResults": ["ObjectStorage", "Pipelines"],
    "NodeProgram": [
      "JSONCore", "RunEvents", "Hashing", "KernelLauncher", "NodeResults", "NotebookDocument",
      "NotebookExecution", "ObjectStorage", "Pipelines", "PipelineExecution", "Reports",
      "SystemSupport",
    ],
    "KernelTesting": [
      "JSONCore", "JupyterProtocol", "ZeroMQ", "KernelLauncher", "SystemSupport",
    ],
    "Reports": [
      "JSONCore", "RunEvents", "JupyterProtocol", "NotebookDocument", "Pipelines", "SystemSupport",
    ],
    "RunViews": [
      "JSONCore", "RunEvents", "NotebookDocument", "NotebookExecution", "PipelineExecution",
      "Pipelines", "RunRecord", "Reports", "SystemSupport",
    ],
    "WebInterface": [
      "ComponentCatalogs", "JSONCore", "RunEvents", "JupyterProtocol", "Processes",
      "KernelLauncher", "NotebookDocument",
      "NotebookExecution", "NotebookParameters", "Pipelines", "PipelineExecution", "RunRecord",
      "RunViews", "Reports", "SystemSupport",
    ],
    "scripted-kernel": ["JSONCore", "JupyterProtocol", "ZeroMQ", "KernelTesting"],
    "KernelBenchmark": [
      "JSONCore", "JupyterProtocol", "KernelLauncher", "KernelClient", "KernelTesting",
      "Pipelines", "SystemSupport",
    ],
    "lyre": [
      "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
      "NotebookDocument", "NotebookParameters", "NotebookExecution", "NotebookComparison",
      "Pipelines", "RunRecord", "PipelineExecution", "NodeProgram", "YAMLReading",
      "KernelBenchmark", "Reports", "ObjectStorage", "RunViews", "SystemSupport", "WebInterface",
      "ComponentCatalogs", "Hashing", "NodeResults", "PipelineExport", "RemoteEngines",
    ],
  ]

  static let importsFollowTheArchitecture = HouseRule(
    description: "a module imports only the modules that the architecture lets it know"
  ) { source in
    let forbidden = Set(knows.keys).subtracting(knows[source.module] ?? [])
    return source.imports.filter { forbidden.contains($0.module) }.map(\.line)
  }

  static let oneModuleForEachLibrary = HouseRule(
    description:
      "one module alone knows each library: libzmq, OpenSSL, libarchive, cmark-gfm, expat, ArgumentParser, Yams, "
      + "GRDB, Histogram, async-http-client, Hummingbird and what belongs to it; two know NIO"
  ) { source in
    let owners: [String: Set<String>] = [
      "CZeroMQ": ["ZeroMQ"], "COpenSSL": ["Hashing"], "ArgumentParser": ["lyre"],
      "CMarkdown": ["Reports"], "Yams": ["YAMLReading"], "GRDB": ["RunRecord"],
      "Histogram": ["KernelBenchmark"], "HummingbirdCore": ["WebInterface"],
      "HTTPTypes": ["WebInterface"], "Logging": ["WebInterface"], "WebPage": ["WebInterface"],
      "CArchive": ["NodeProgram"], "CExpat": ["ObjectStorage"],
      "AsyncHTTPClient": ["ObjectStorage"],
      "NIOHTTP1": ["ObjectStorage"], "NIOSSL": ["ObjectStorage"],
      "NIOCore": ["ObjectStorage", "WebInterface"], "NIOPosix": ["ObjectStorage", "WebInterface"],
    ]
    return source.imports.filter { owners[$0.module]?.contains(source.module) == false }.map(\.line)
  }

  static let noHiddenTasks = HouseRule(
    description:
      "tasks are born in scopes that end with them: no Task {…} that is not awaited there"
  ) { source in
    // At the program's entry point, the scope is the whole program.
    guard source.path != "Sources/lyre/Main.swift" else { return [] }
    return source.numbers { line in
      // Regular expressions are slow, so they are applied to few lines.
      guard line.holds("Task") else { return false }
      let starts =
        line.contains(#/\bTask\s*[{(<]/#)
        || line.contains(#/\bTask\s*\.\s*(detached|immediate|immediateDetached)\b/#)
      return starts && !line.contains(#/\bawait\s+Task\b/#)
    }
  }

  static let noBlockingSleeps = HouseRule(
    description: "no thread sleeps to wait for a state"
  ) { source in
    source.numbers {
      $0.holds("sleep")
        && $0.contains(#/(^|[^.\w])(usleep|sleep|nanosleep)\s*\(|\bThread\.sleep\b/#)
    }
  }

  /// A rule for tests only: in sources, a sleep beside other tasks is a time limit.
  static let testsWaitInOneWay = HouseRule(
    description: "tests wait for what no event tells of through `eventually` alone, and never sleep"
  ) { source in
    source.numbers {
      $0.holds("sleep")
        && $0.contains(#/(^|[^.\w])(usleep|sleep|nanosleep)\s*\(|\b(Thread|Task|clock)\.sleep\b/#)
    }
  }

  static let oneWayToTheTerminal = HouseRule(
    description:
      "lyre writes to the terminal through Printer alone, and passes through untouched only what "
      + "cells and scripts print, and documents; VisibleText(stringLiteral:) is for literals"
  ) { source in
    guard source.module == "lyre" else { return [] }
    let isPrinter = source.path.hasPrefix("Sources/lyre/Terminal/")
    // These display the output of cells and scripts, each with its own `print`.
    let reporters: Set<String> = [
      "Sources/lyre/Run/RunReporter.swift", "Sources/lyre/Pipeline/Run/PipelineProgress.swift",
      "Sources/lyre/Follow/RunFollower.swift", "Sources/lyre/Node/NodeReporter.swift",
    ]
    let passes = reporters.union([
      "Sources/lyre/Run/RunPlan+run.swift",
      "Sources/lyre/Commands/Pipeline/HistoryOfPipelines.swift",
    ])
    return source.numbers { line in
      guard
        ["VisibleText(", "print(", "Print(", "puts(", "printf(", "perror(", "passThrough("]
          .contains(where: line.holds)
      else { return false }
      return line.contains(#/VisibleText\(stringLiteral/#)
        || line.contains(#/(^|[^.\w])(print|debugPrint|puts|fputs|printf|perror)\(/#)
          && !line.contains("func print")
          && !reporters.contains(source.path)
        || !isPrinter && !passes.contains(source.path) && line.contains("passThrough(")
    }
  }
}
