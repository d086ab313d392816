package import JSONCore

extension ObjectStorageSettings {
  /// Reads settings from JSON.
  ///
  /// It is an object with any of `endpoint`, `region`, `addressing` (`automatic`, `path`, `virtual`),
  /// `ca_file`, `check_certificate`, `profile` and `anonymous`. Credentials have no place there.
  ///
  /// - Throws: ``ObjectStorageError`` if a member is unknown or has another type.
  package init(_ json: JSONValue) throws(ObjectStorageError) {
    self.init()
    guard let object = json.object else {
      throw ObjectStorageError(.usage, "expected an object, found \(json.kindName)")
    }
    for member in object {
      let name = "\(member.key)"
      switch name {
      case "endpoint": endpoint = try ObjectStorageSettings.text(member.value, name)
      case "region": region = try ObjectStorageSettings.text(member.value, name)
      case "ca_file": certificateFile = try ObjectStorageSettings.text(member.value, name)
      case "profile":
        credentials = .profile(try ObjectStorageSettings.text(member.value, name))
      case "check_certificate":
        checksCertificate = try ObjectStorageSettings.flag(member.value, name)
      case "anonymous":
        if try ObjectStorageSettings.flag(member.value, name) { credentials = .none }
      case "addressing":
        let text = try ObjectStorageSettings.text(member.value, name)
        guard let value = Addressing(rawValue: text) else {
          throw ObjectStorageError(
            .usage, "addressing: expected automatic, path or virtual, found '\(text)'")
        }
        addressing = value
      default: throw ObjectStorageError(.usage, "there is no setting '\(name)' of object storage")
      }
    }
  }

  /// The settings as JSON, without those that are not set.
  ///
  /// Given credentials and grants are left out.
  package var json: JSONValue {
    var object: JSONObject = [:]
    if let endpoint { object["endpoint"] = JSONValue(endpoint) }
    if let region { object["region"] = JSONValue(region) }
    if addressing != .automatic { object["addressing"] = JSONValue(addressing.rawValue) }
    if let certificateFile { object["ca_file"] = JSONValue(certificateFile) }
    if !checksCertificate { object["check_certificate"] = false }
    switch credentials {
    case .profile(let name): object["profile"] = JSONValue(name)
    case .none: object["anonymous"] = true
    case .automatic, .given, .grant: break
    }
    return .object(object)
  }

  private static func text(_ value: JSONValue, _ name: String) throws(ObjectStorageError) -> String
  {
    guard let text = value.string else {
      throw ObjectStorageError(.usage, "\(name): expected a string, found \(value.kindName)")
    }
    return text
  }

  private static func flag(_ value: JSONValue, _ name: String) throws(ObjectStorageError) -> Bool {
    guard let flag = value.bool else {
      throw ObjectStorageError(.usage, "\(name): expected true or false, found \(value.kindName)")
    }
    return flag
  }
}
