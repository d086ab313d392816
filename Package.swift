// swift-tools-version: 6.2
import PackageDescription

/// The settings of every Swift target: language features that will be the default, and no warnings.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),  // SE-0335
  .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
  .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
  .treatAllWarnings(as: .error),
]

/// The commit that is built, for `lyre --version`; empty outside of a git repository.
let commit = Context.gitInformation.map { git in
  git.currentCommit + (git.hasUncommittedChanges ? " modified" : "")
}

let package = Package(
  name: "lyre",
  products: [
    .library(name: "JSONCore", targets: ["JSONCore"]),
    .library(name: "RunEvents", targets: ["RunEvents"]),
    .library(name: "JupyterProtocol", targets: ["JupyterProtocol"]),
    .library(name: "KernelClient", targets: ["KernelClient"]),
    .library(name: "NotebookDocument", targets: ["NotebookDocument"]),
    .library(name: "NotebookParameters", targets: ["NotebookParameters"]),
    .library(name: "NotebookExecution", targets: ["NotebookExecution"]),
    .library(name: "YAMLReading", targets: ["YAMLReading"]),
    .library(name: "Pipelines", targets: ["Pipelines"]),
    .library(name: "RunRecord", targets: ["RunRecord"]),
    .library(name: "PipelineExecution", targets: ["PipelineExecution"]),
    .library(name: "KernelTesting", targets: ["KernelTesting"]),
    .executable(name: "lyre", targets: ["lyre"]),
    // For tests with KernelTesting in other packages.
    .executable(name: "scripted-kernel", targets: ["scripted-kernel"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.8.0"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
    // Parts of them, whose types their interfaces have.
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
  ],
  targets: [
    .systemLibrary(name: "CZeroMQ", pkgConfig: "libzmq", providers: [.apt(["libzmq3-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CMarkdown", pkgConfig: "libcmark-gfm",
      providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .target(name: "CSystemShims"),
    .target(
      name: "CLyreVersion",
      cSettings: commit.map { [.define("LYRE_COMMIT", to: "\"\($0)\"")] } ?? []),
    .target(name: "SystemSupport", dependencies: ["CSystemShims"], swiftSettings: settings),
    .target(name: "JSONCore", swiftSettings: settings),
    .target(name: "RunEvents", dependencies: ["JSONCore"], swiftSettings: settings),
    .target(name: "Hashing", dependencies: ["COpenSSL"], swiftSettings: settings),
    .target(
      name: "JupyterProtocol", dependencies: ["Hashing", "JSONCore"], swiftSettings: settings),
    .target(
      name: "ZeroMQ", dependencies: ["CZeroMQ", "CSystemShims", "SystemSupport"],
      swiftSettings: settings),
    .target(
      name: "Processes", dependencies: ["CSystemShims", "SystemSupport"], swiftSettings: settings),
    .target(
      name: "KernelLauncher",
      dependencies: ["JSONCore", "JupyterProtocol", "Processes", "CSystemShims", "SystemSupport"],
      swiftSettings: settings),
    .target(
      name: "KernelClient",
      dependencies: [
        "JSONCore", "JupyterProtocol", "ZeroMQ", "Processes", "KernelLauncher", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "NotebookDocument", dependencies: ["JSONCore", "CSystemShims", "SystemSupport"],
      swiftSettings: settings),
    .target(
      name: "NotebookParameters",
      dependencies: ["JSONCore", "NotebookDocument", "SystemSupport"],
      swiftSettings: settings),
    .target(
      name: "YAMLReading", dependencies: ["JSONCore", .product(name: "Yams", package: "Yams")],
      swiftSettings: settings),
    .target(
      name: "NotebookExecution",
      dependencies: [
        "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
        "NotebookDocument", "NotebookParameters", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "NotebookComparison",
      dependencies: ["JSONCore", "NotebookDocument", "SystemSupport"], swiftSettings: settings),
    .target(name: "Pipelines", dependencies: ["JSONCore"], swiftSettings: settings),
    .target(
      name: "ComponentCatalogs",
      dependencies: [
        "JSONCore", "JupyterProtocol", "KernelLauncher", "Pipelines", "SystemSupport",
        "YAMLReading",
      ],
      swiftSettings: settings),
    .target(
      name: "PipelineExport",
      dependencies: ["Hashing", "JSONCore", "Pipelines", "YAMLReading"], swiftSettings: settings),
    .target(
      name: "RunRecord",
      dependencies: [
        "JSONCore", "RunEvents", "JupyterProtocol", "CSystemShims", "SystemSupport",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .target(
      name: "PipelineExecution",
      dependencies: [
        "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
        "NotebookDocument", "NotebookParameters", "NotebookExecution", "Pipelines", "RunRecord",
        "CSystemShims", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "NodeResults",
      dependencies: ["ObjectStorage", "Pipelines"],
      swiftSettings: settings),
    .target(
      name: "NodeProgram",
      dependencies: [
        "JSONCore", "RunEvents", "Hashing", "KernelLauncher", "NodeResults", "NotebookDocument",
        "NotebookExecution", "Pipelines", "ObjectStorage", "PipelineExecution", "Reports",
        "CArchive", "CSystemShims", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "Reports",
      dependencies: [
        "JSONCore", "RunEvents", "JupyterProtocol", "NotebookDocument", "Pipelines",
        "SystemSupport", "CMarkdown",
      ],
      swiftSettings: settings),
    .target(
      name: "RunViews",
      dependencies: [
        "JSONCore", "RunEvents", "NotebookDocument", "NotebookExecution", "PipelineExecution",
        "Pipelines", "RunRecord", "Reports", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(name: "WebPage", exclude: ["page"]),
    .target(
      name: "WebInterface",
      dependencies: [
        "ComponentCatalogs", "JSONCore", "RunEvents", "JupyterProtocol", "Processes",
        "KernelLauncher", "NotebookDocument", "NotebookExecution", "NotebookParameters",
        "Pipelines", "PipelineExecution", "RunRecord", "RunViews", "Reports", "SystemSupport",
        "WebPage",
        .product(name: "HummingbirdCore", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: settings),
    .target(
      name: "ObjectStorage",
      dependencies: [
        "CExpat", "Hashing", "JSONCore", "SystemSupport",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: settings),
    .target(
      name: "RemoteEngines",
      dependencies: [
        "Hashing", "JSONCore", "KernelLauncher", "NodeResults", "ObjectStorage", "Pipelines",
        "Processes", "RunEvents", "RunRecord", "SystemSupport",
      ],
      swiftSettings: settings),
    .target(
      name: "KernelTesting",
      dependencies: ["JSONCore", "JupyterProtocol", "ZeroMQ", "KernelLauncher", "SystemSupport"],
      swiftSettings: settings),
    .target(
      name: "KernelBenchmark",
      dependencies: [
        "JSONCore", "JupyterProtocol", "KernelLauncher", "KernelClient", "KernelTesting",
        "SystemSupport", "Pipelines", .product(name: "Histogram", package: "hdrhistogram-swift"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "lyre",
      dependencies: [
        "JSONCore", "RunEvents", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
        "NotebookDocument", "NotebookParameters", "NotebookExecution", "NotebookComparison",
        "NodeResults", "ObjectStorage", "Pipelines", "PipelineExport", "RunRecord",
        "PipelineExecution",
        "NodeProgram", "RemoteEngines", "YAMLReading", "ComponentCatalogs", "Hashing",
        "KernelBenchmark", "Reports",
        "RunViews", "WebInterface", "CLyreVersion",
        "CSystemShims", "SystemSupport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),
    .executableTarget(
      name: "scripted-kernel", dependencies: ["KernelTesting"], swiftSettings: settings),
    // For the benchmark of transfers.
    .executableTarget(
      name: "object-copy", dependencies: ["ObjectStorage"], path: "Tests/ObjectCopy",
      swiftSettings: settings),
    .executableTarget(
      name: "kernel-holder",
      dependencies: ["JSONCore", "JupyterProtocol", "Processes", "KernelLauncher"],
      path: "Tests/KernelHolder", swiftSettings: settings),
    .target(
      name: "RealKernels", dependencies: ["SystemSupport"], path: "Tests/RealKernels",
      swiftSettings: settings),
    .testTarget(
      name: "HouseRulesTests", dependencies: ["RealKernels"], swiftSettings: settings),
    .testTarget(
      name: "SystemSupportTests", dependencies: ["SystemSupport", "KernelTesting"],
      swiftSettings: settings),
    .testTarget(name: "JSONCoreTests", dependencies: ["JSONCore"], swiftSettings: settings),
    .testTarget(
      name: "RunEventsTests", dependencies: ["JSONCore", "RunEvents"], swiftSettings: settings),
    .testTarget(
      name: "JupyterProtocolTests", dependencies: ["JSONCore", "JupyterProtocol"],
      exclude: ["Vectors"], swiftSettings: settings),
    .testTarget(
      name: "ZeroMQTests", dependencies: ["ZeroMQ", "KernelTesting"], swiftSettings: settings),
    .testTarget(
      name: "KernelLauncherTests",
      dependencies: [
        "JSONCore", "JupyterProtocol", "Processes", "KernelLauncher", "KernelTesting",
        "RealKernels", "SystemSupport", "kernel-holder",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "KernelTestingTests",
      dependencies: [
        "JSONCore", "JupyterProtocol", "ZeroMQ", "KernelTesting", "scripted-kernel",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "KernelClientTests",
      dependencies: [
        "JSONCore", "JupyterProtocol", "ZeroMQ", "Processes", "KernelLauncher", "KernelClient",
        "KernelTesting", "RealKernels", "scripted-kernel",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "NotebookDocumentTests",
      dependencies: [
        "JSONCore", "NotebookDocument", "KernelTesting", "RealKernels", "CSystemShims",
      ],
      exclude: ["Reference"], swiftSettings: settings),
    .testTarget(
      name: "NotebookParametersTests",
      dependencies: [
        "JSONCore", "NotebookDocument", "NotebookParameters", "KernelTesting", "RealKernels",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "YAMLReadingTests", dependencies: ["JSONCore", "YAMLReading"],
      swiftSettings: settings),
    .testTarget(
      name: "NotebookExecutionTests",
      dependencies: [
        "JSONCore", "JupyterProtocol", "Processes", "KernelLauncher", "KernelClient",
        "NotebookDocument", "NotebookExecution", "KernelTesting", "RealKernels",
      ],
      exclude: ["Reference"], swiftSettings: settings),
    .testTarget(
      name: "NotebookComparisonTests",
      dependencies: ["JSONCore", "NotebookComparison", "NotebookDocument"],
      swiftSettings: settings),
    .testTarget(
      name: "PipelinesTests",
      dependencies: ["JSONCore", "Pipelines", "KernelTesting", "RealKernels"],
      exclude: ["Reference"], swiftSettings: settings),
    .testTarget(
      name: "ComponentCatalogsTests",
      dependencies: [
        "ComponentCatalogs", "JSONCore", "KernelLauncher", "KernelTesting", "Pipelines",
        "RealKernels",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "PipelineExportTests",
      dependencies: [
        "JSONCore", "KernelTesting", "PipelineExport", "Pipelines", "RealKernels", "SystemSupport",
        "YAMLReading",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "RunRecordTests",
      dependencies: [
        "JSONCore", "RunEvents", "RunRecord", "SystemSupport", "KernelTesting",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: settings),
    .testTarget(
      name: "PipelineExecutionTests",
      dependencies: [
        "JSONCore", "RunEvents", "Processes", "KernelLauncher", "Pipelines", "PipelineExecution",
        "KernelTesting", "RealKernels",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "NodeResultsTests",
      dependencies: ["KernelTesting", "NodeResults", "ObjectStorage", "RealKernels"],
      swiftSettings: settings),
    .testTarget(
      name: "NodeProgramTests",
      dependencies: [
        "JSONCore", "RunEvents", "Pipelines", "PipelineExecution", "NodeProgram", "NodeResults",
        "ObjectStorage", "KernelTesting", "RealKernels", "SystemSupport",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "JSONCore", "NotebookDocument", "Pipelines", "RealKernels", "Reports", "RunEvents",
      ],
      swiftSettings: settings),
    .testTarget(
      name: "WebInterfaceTests",
      dependencies: ["JSONCore", "SystemSupport", "KernelTesting", "RealKernels", "WebInterface"],
      swiftSettings: settings),
    .testTarget(
      name: "ObjectStorageTests",
      dependencies: [
        "Hashing", "JSONCore", "KernelTesting", "ObjectStorage", "RealKernels", "SystemSupport",
      ],
      exclude: ["Vectors"], swiftSettings: settings),
    .testTarget(
      name: "RemoteEnginesTests",
      dependencies: [
        "Hashing", "JSONCore", "KernelLauncher", "KernelTesting", "ObjectStorage", "Pipelines",
        "RealKernels", "RemoteEngines", "RunEvents", "RunRecord", "SystemSupport",
      ],
      exclude: ["Recorded"], swiftSettings: settings),
    .testTarget(
      name: "KernelBenchmarkTests", dependencies: ["JSONCore", "KernelBenchmark"],
      swiftSettings: settings),
    .testTarget(
      name: "LyreCommandTests",
      dependencies: [
        "Hashing", "JSONCore", "NodeProgram", "ObjectStorage", "PipelineExecution", "Pipelines",
        "RunEvents", "SystemSupport", "KernelTesting", "RealKernels", "lyre", "YAMLReading",
        "scripted-kernel",
      ],
      swiftSettings: settings),
  ]
)
