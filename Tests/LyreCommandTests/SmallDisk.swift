import Glibc
import KernelTesting
import RealKernels
import Testing

/// A file system of 256 KiB, for tests of a full disk.
enum SmallDisk {
  /// Whether it can be mounted, which needs root's rights.
  static let canMount =
    (try? TemporaryDirectory.with { directory in
      guard mount(directory.path) else { return false }
      return umount2(directory.path, 2) == 0
    }) == true
  static let missing: Comment = "a small disk can be mounted by root only"

  /// Runs a test with the disk as the folder `disk` of its directory.
  static func with(_ body: (Lyre) async throws -> Void) async throws {
    try await Lyre.with { lyre in
      let disk = try lyre.directory.makeDirectory("disk")
      try #require(mount(disk))
      defer { umount2(disk, 2) }
      try await body(lyre)
    }
  }

  private static func mount(_ path: String) -> Bool {
    Glibc.mount("tmpfs", path, "tmpfs", 0, "size=256k") == 0
  }
}
