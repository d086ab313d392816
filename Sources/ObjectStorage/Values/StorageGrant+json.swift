package import JSONCore

extension StorageGrant {
  /// The version of the JSON form.
  private static let version = 1

  /// The JSON form.
  ///
  /// It has signatures: it belongs into the storage and nowhere else.
  package var json: JSONValue {
    func urls(_ urls: [ObjectLocation: String]) -> JSONValue {
      var object = JSONObject()
      for (place, url) in urls.map({ ("\($0.key)", $0.value) }).sorted(by: { $0.0 < $1.0 }) {
        object[place] = .init(url)
      }
      return .object(object)
    }
    var fields = JSONObject()
    for field in form.fields { fields[field.name] = .init(field.value) }
    return [
      "version": .init(StorageGrant.version), "folder": .init(folder), "expires": .init(expires),
      "read": urls(reads), "list": urls(lists),
      "write": [
        "below": .init("\(form.prefix)"), "url": .init(form.url), "largest": .init(form.largest),
        "fields": .object(fields),
      ],
    ]
  }

  /// Reads the JSON form.
  ///
  /// - Throws: ``ObjectStorageError`` if it is another one; it repeats no value.
  package init(_ json: JSONValue) throws(ObjectStorageError) {
    guard let version = json["version"]?.int else {
      throw StorageGrant.unusable("it has no version")
    }
    guard version == StorageGrant.version else {
      throw StorageGrant.unusable(
        "it is of version \(version), and this lyre reads version \(StorageGrant.version)")
    }
    guard let folder = json["folder"]?.string, !folder.isEmpty, let expires = json["expires"]?.int,
      let reads = json["read"]?.object, let lists = json["list"]?.object,
      let write = json["write"], let url = write["url"]?.string,
      let below = write["below"]?.string, let largest = write["largest"]?.int,
      let fields = write["fields"]?.object
    else { throw StorageGrant.unusable("a member is missing, or of another type") }
    self.init(
      folder: folder, expires: expires, reads: try StorageGrant.urls(reads),
      lists: try StorageGrant.urls(lists),
      form: Form(
        url: url, prefix: try ObjectLocation(below),
        fields: fields.compactMap { member in
          member.value.string.map { .init(name: member.key.string, value: $0) }
        }, largest: largest))
  }

  private static func urls(_ object: JSONObject) throws(ObjectStorageError)
    -> [ObjectLocation: String]
  {
    var urls: [ObjectLocation: String] = [:]
    for member in object {
      guard let url = member.value.string else {
        throw unusable("a member is missing, or of another type")
      }
      urls[try ObjectLocation(member.key.string)] = url
    }
    return urls
  }

  private static func unusable(_ reason: String) -> ObjectStorageError {
    ObjectStorageError(
      .usage, "the access to the storage cannot be used: \(reason)",
      remedy: "Submit the pipeline again, with the lyre that the nodes run.")
  }
}
