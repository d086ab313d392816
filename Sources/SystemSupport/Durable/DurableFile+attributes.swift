import CSystemShims
import Glibc

extension DurableFile {
  /// Whether a new file can be given the owner of an old one.
  static func canGiveAway(_ status: stat) -> Bool {
    if geteuid() == 0 || status.st_uid == geteuid() && status.st_gid == getegid() { return true }
    guard status.st_uid == geteuid() else { return false }
    var groups = [gid_t](repeating: 0, count: max(0, Int(getgroups(0, nil))))
    let count = getgroups(Int32(groups.count), &groups)
    return groups.prefix(max(0, Int(count))).contains(status.st_gid)
  }

  /// The mode for a new file with the content of another file.
  ///
  /// It gives no user a read permission that the other file does not give; the owner can always
  /// write.
  package static func mode(like model: String?) -> UInt32 {
    var status = stat()
    guard let model, stat(model, &status) == 0 else { return 0o666 }
    return status.st_mode & 0o666 | 0o600
  }

  /// Copies the owner, mode, access control list and other attributes of another file.
  static func copyAttributes(of path: String, _ status: stat, to descriptor: Int32) {
    var mode = status.st_mode & 0o7777
    if status.st_uid != geteuid() || status.st_gid != getegid() {
      if fchown(descriptor, status.st_uid, status.st_gid) != 0,
        fchown(descriptor, uid_t.max, status.st_gid) != 0
      {
        // A different group gets only permissions that everybody has.
        mode = mode & ~0o2070 | (mode & 0o7) << 3 & mode & 0o70
      }
    }
    fchmod(descriptor, mode)
    // The access control list is one of these. Attributes that the file system rejects are left
    // out.
    let length = listxattr(path, nil, 0)
    guard length > 0 else { return }
    var names = [CChar](repeating: 0, count: length)
    guard listxattr(path, &names, length) == length else { return }
    for name in names.split(separator: 0) {
      let name = Array(name) + [0]
      let size = getxattr(path, name, nil, 0)
      guard size >= 0 else { continue }
      var value = [UInt8](repeating: 0, count: size)
      guard getxattr(path, name, &value, size) == size else { continue }
      _ = fsetxattr(descriptor, name, &value, size, 0)
    }
  }
}
