/// An engine that schedules pipelines by itself.
package enum RuntimeEngine: String, Sendable, Hashable, CaseIterable {
  /// Kubeflow Pipelines.
  case kubeflow = "kfp"
  /// Apache Airflow.
  case airflow

  /// Its name for people.
  package var title: String { self == .kubeflow ? "Kubeflow Pipelines" : "Apache Airflow" }

  /// The value of `runtime_type`.
  package var type: String { self == .kubeflow ? "KUBEFLOW_PIPELINES" : "APACHE_AIRFLOW" }

  /// The members that a configuration must have.
  var requiredKeys: [RuntimeKey] {
    let common: [RuntimeKey] = [.apiEndpoint, .cosEndpoint, .cosBucket]
    guard self == .airflow else { return common }
    return common + [.gitAPIEndpoint, .gitRepository, .gitBranch, .gitToken]
  }

  /// The members that Elyra knows, in its order.
  package var keys: [RuntimeKey] {
    let git = RuntimeKey.git
    return RuntimeKey.allCases.filter { key in
      self == .kubeflow
        ? !git.contains(key) : ![.publicAPIEndpoint, .engine, .authType].contains(key)
    }
  }
}

/// How the server of an engine is told who asks: the values of `auth_type`.
package enum RuntimeLogin: String, Sendable, Hashable, CaseIterable {
  /// The server asks nobody.
  case none = "NO_AUTHENTICATION"
  /// The token that Kubernetes puts into a pod.
  case serviceAccount = "KUBERNETES_SERVICE_ACCOUNT_TOKEN"
  /// User and password that Dex itself knows.
  case dexPasswords = "DEX_STATIC_PASSWORDS"
  /// User and password of a directory behind Dex.
  case dexLDAP = "DEX_LDAP"
  /// User and password, whatever Dex asks behind.
  case dexLegacy = "DEX_LEGACY"
  /// A token.
  case token = "EXISTING_BEARER_TOKEN"
}

/// How the storage is told who asks: the values of `cos_auth_type`.
package enum StorageLogin: String, Sendable, Hashable, CaseIterable {
  /// User and password.
  case password = "USER_CREDENTIALS"
  /// In the cluster a secret, from here user and password.
  case secret = "KUBERNETES_SECRET"
  /// The role of the service account in the cluster, and from here what Amazon's programs would find.
  case role = "AWS_IAM_ROLES_FOR_SERVICE_ACCOUNTS"
}

/// A server of git with the DAGs of Airflow: the values of `git_type`.
package enum GitServer: String, Sendable, Hashable, CaseIterable {
  /// GitHub, or GitHub Enterprise.
  case gitHub = "GITHUB"
  /// GitLab.
  case gitLab = "GITLAB"
  /// Gitea, or Forgejo.
  case gitea = "GITEA"
}
