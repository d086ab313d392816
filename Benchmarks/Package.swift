// swift-tools-version: 6.2
import PackageDescription

/// A separate package, so that users of Lyre do not have to resolve dependencies of benchmarks.
let package = Package(
  name: "lyre-benchmarks",
  dependencies: [
    // Explicit, because a clone's folder may have another name.
    .package(name: "lyre", path: ".."),
    // Without its traits, which need installed libraries to count allocations.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // `swift package benchmark` runs the targets in this folder.
    .executableTarget(
      name: "Micro",
      dependencies: [
        .product(name: "JSONCore", package: "lyre"),
        .product(name: "JupyterProtocol", package: "lyre"),
        .product(name: "NotebookDocument", package: "lyre"),
        .product(name: "Benchmark", package: "benchmark"),
      ],
      path: "Micro",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(
      name: "notebook-copy",
      dependencies: [.product(name: "NotebookDocument", package: "lyre")],
      path: "Sources/NotebookCopy"),
  ]
)
