import Glibc
import ObjectStorage

/// Copies a file to an object or an object to a file, for `Benchmarks/storage.py`: `object-copy FILE s3://BUCKET/KEY`.
@main
enum Main {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, let from = arguments.first, let to = arguments.last else {
      fatalError("usage: object-copy FILE s3://BUCKET/KEY, or object-copy s3://BUCKET/KEY FILE")
    }
    do {
      let store = try ObjectStore()
      if ObjectLocation.isLocation(from) {
        try await store.get(try ObjectLocation(from), toFile: to)
      } else {
        try await store.put(file: from, to: try ObjectLocation(to))
      }
    } catch {
      print("error: \(error)")
      exit(1)
    }
  }
}
