// swift-tools-version: 6.2
import PackageDescription

/// A package of its own, so that whoever uses Lyre does not resolve what only benchmarks need.
let package = Package(
  name: "lyre-benchmarks",
  dependencies: [
    // The name, because a clone's folder may have another.
    .package(name: "lyre", path: ".."),
    // Without its traits, which count allocations with libraries that have to be installed.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // Targets in this very folder are what `swift package benchmark` runs.
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
