import Glibc
import JSONCore
import KernelLauncher
import SystemSupport

/// The files of Elyra's metadata of one kind, in its folders.
///
/// A file in an earlier folder hides those of the same name in later ones. Only the first folder is
/// written to.
package struct MetadataStore: Sendable {
  /// A file that was found.
  package struct Entry: Sendable {
    /// Its name without `.json`.
    package var name: String
    /// Its path.
    package var path: String
    /// The file, or why it is not usable.
    package var file: Result<MetadataFile, EngineError>
    /// The path of the file that hides it; nil if none does.
    package var hiddenBy: String?
  }

  /// The folders, in the order in which they are searched.
  package let folders: [String]
  /// What a file is, for messages: "runtime configuration".
  let noun: String
  /// The command for them, for messages: "runtimes".
  let command: String

  /// Creates a store; nothing is read yet.
  ///
  /// - Parameters:
  ///   - kind: the folder's name, such as `runtimes`.
  ///   - noun: what a file is, for messages.
  ///   - command: the command for them, for messages.
  ///   - paths: Jupyter's folders.
  init(_ kind: String, noun: String, command: String, _ paths: JupyterPaths) {
    folders = paths.metadataDirectories(kind)
    self.noun = noun
    self.command = command
  }

  /// The folder to which files are written: that of the user, or the first of `ELYRA_METADATA_PATH`.
  var ownFolder: String { folders.first ?? "" }

  /// All files, by name, the one that counts before those that it hides.
  package var entries: [Entry] {
    var places: [(name: String, path: String)] = []
    for folder in folders {
      for file in FilePath.names(in: folder) where file.hasSuffix(".json") {
        places.append((String(file.dropLast(5)), "\(folder)/\(file)"))
      }
    }
    var first: [String: String] = [:]
    var entries: [Entry] = []
    for (name, path) in places {
      let file = Result { () throws(EngineError) in try MetadataFile(reading: path) }
      entries.append(Entry(name: name, path: path, file: file, hiddenBy: first[name]))
      if first[name] == nil { first[name] = path }
    }
    return entries.enumerated().sorted {
      ($0.element.name, $0.offset) < ($1.element.name, $1.offset)
    }.map(\.element)
  }

  /// The names that can be chosen.
  package var names: [String] { Set(entries.map(\.name)).sorted() }

  /// The file with a name.
  ///
  /// - Throws: ``EngineError`` if there is none, or it is not usable.
  package func file(_ name: String) throws(EngineError) -> MetadataFile {
    guard let path = path(of: name) else {
      let names = names
      let known =
        names.isEmpty
        ? "none is configured here; `lyre \(command) add` makes one"
        : "there \(names.count == 1 ? "is" : "are") \(names.joined(separator: ", "))"
      throw EngineError(.missing, "there is no \(noun) '\(name)'; \(known)")
    }
    return try MetadataFile(reading: path)
  }

  /// The path of the file with a name; nil if there is none.
  func path(of name: String) -> String? {
    guard !name.isEmpty, !name.contains("/") else { return nil }
    return folders.map { "\($0)/\(name).json" }.first(where: FilePath.isFile)
  }

  /// A new file in the user's folder, which is not written yet.
  ///
  /// - Parameters:
  ///   - displayName: the name that people see.
  ///   - name: its own name; nil for the one that Elyra would derive.
  /// - Throws: ``EngineError`` if the name is not valid, or in use.
  func newFile(displayName: String, name: String?, schema: String) throws(EngineError)
    -> MetadataFile
  {
    guard displayName.contains(where: { !$0.isWhitespace }) else {
      throw EngineError(.unusable, "the name is empty; give the \(noun) a name")
    }
    guard let name = name ?? MetadataName.derived(from: displayName) else {
      throw EngineError(
        .unusable,
        "no file can be named after '\(displayName)', which has no letter of a to z and no digit; add "
          + "--name NAME")
    }
    guard MetadataName.isValid(name) else {
      throw EngineError(
        .unusable,
        "'\(name)' cannot be the name of a \(noun): use small letters, digits, '-' and '_', with a "
          + "letter at the beginning and a letter or digit at the end")
    }
    if let path = path(of: name) {
      throw EngineError(
        .conflict,
        "there is a \(noun) '\(name)' already; change it with `lyre \(command) edit \(name)`, or add "
          + "--name NAME", place: path)
    }
    return MetadataFile(
      name: name, path: "\(ownFolder)/\(name).json", displayName: displayName, schema: schema,
      metadata: [:])
  }

  /// Writes a file to the user's folder, with mode 0600 in a folder of mode 0700; others see the old file or
  /// the whole new one.
  ///
  /// - Returns: its path.
  /// - Throws: ``EngineError``.
  @discardableResult
  package func write(_ file: MetadataFile) throws(EngineError) -> String {
    let path = "\(ownFolder)/\(file.name).json"
    let target = FilePath.target(path)
    let temporary = FilePath.hidden(target, "\(getpid()).new")
    do throws(SystemError) {
      try FilePath.makeDirectories(ownFolder, mode: 0o700)
      unlink(temporary)
      try createPrivateFile(temporary, [file.bytes[...]])
      guard rename(temporary, target) == 0 else {
        let error = SystemError()
        unlink(temporary)
        throw error
      }
    } catch {
      throw EngineError(.file, "cannot be written: \(error)", place: path)
    }
    syncDirectory(ownFolder)
    return path
  }

  /// Removes a file from the user's folder.
  ///
  /// - Returns: its path, and that of a file of the same name that counts from now on.
  /// - Throws: ``EngineError`` if it is in another folder, or cannot be removed.
  package func remove(_ name: String) throws(EngineError) -> (path: String, next: String?) {
    guard let path = path(of: name) else {
      _ = try file(name)
      throw EngineError(.missing, "there is no \(noun) '\(name)'")
    }
    guard path == "\(ownFolder)/\(name).json" else {
      throw EngineError(
        .denied,
        "is not removed: it belongs to everybody on this machine or to an environment; remove the "
          + "file itself if that is meant", place: path)
    }
    guard unlink(path) == 0 else {
      throw EngineError(.file, "cannot be removed: \(SystemError())", place: path)
    }
    return (path, self.path(of: name))
  }
}
