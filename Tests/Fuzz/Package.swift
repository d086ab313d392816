// swift-tools-version: 6.2
import PackageDescription

/// A separate package, because everything in it is built with libFuzzer (`scripts/fuzz`).
let package = Package(
  name: "lyre-fuzz",
  dependencies: [
    // Explicit, because a clone's folder may have another name.
    .package(name: "lyre", path: "../..")
  ],
  targets: [
    .executableTarget(
      name: "Fuzz",
      dependencies: [
        .product(name: "JSONCore", package: "lyre"),
        .product(name: "JupyterProtocol", package: "lyre"),
        .product(name: "KernelClient", package: "lyre"),
        .product(name: "NotebookDocument", package: "lyre"),
        .product(name: "NotebookParameters", package: "lyre"),
        .product(name: "NotebookExecution", package: "lyre"),
        .product(name: "Pipelines", package: "lyre"),
        .product(name: "PipelineExecution", package: "lyre"),
        .product(name: "RunEvents", package: "lyre"),
        .product(name: "YAMLReading", package: "lyre"),
      ],
      // libFuzzer provides `main`.
      swiftSettings: [.unsafeFlags(["-parse-as-library"])])
  ]
)
